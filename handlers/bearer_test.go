package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// machineToken is an access token by client_credentials.
func machineToken(a *apptest.App, scope string) string {
	a.T.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}
	req, err := http.NewRequest(http.MethodPost, a.Org.Issuer()+"/v1/token", strings.NewReader(form.Encode()))
	if err != nil {
		a.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(mockokta.MachineClientID, mockokta.MachineClientSecret)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	r := a.Browser().Send(req)
	if err := json.Unmarshal([]byte(r.Body), &answer); err != nil || answer.AccessToken == "" {
		a.T.Fatalf("status %d: %s (%v)", r.StatusCode, r.Body, err)
	}
	return answer.AccessToken
}

// tokensOf signs somebody in and returns the tokens that the org gave the app.
func tokensOf(a *apptest.App, login string) (idToken, accessToken string) {
	a.T.Helper()
	a.Org.Set(func(k *mockokta.Knobs) {
		k.TamperToken = func(answer map[string]any) {
			idToken, _ = answer["id_token"].(string)
			accessToken, _ = answer["access_token"].(string)
		}
	})
	a.Browser().SignIn("/login", login)
	a.Org.Set(func(k *mockokta.Knobs) { k.TamperToken = nil })
	if idToken == "" || accessToken == "" {
		a.T.Fatal("the org gave no tokens")
	}
	return idToken, accessToken
}

var (
	badToken = verdict{
		status: http.StatusUnauthorized, reason: "invalid_token",
		challenge: `Bearer error="invalid_token", error_description="The access token is not valid here"`,
	}
	noScope = verdict{
		status: http.StatusForbidden, reason: "insufficient_scope",
		challenge: `Bearer error="insufficient_scope", error_description="The access token needs more scope", scope="messages:read messages:write"`,
	}
	weakToken = verdict{
		status: http.StatusUnauthorized, reason: "insufficient_user_authentication",
		challenge: `Bearer ` + stepUpError + `acr_values="` + strong + `"`,
	}
	oldToken = verdict{
		status: http.StatusUnauthorized, reason: "insufficient_user_authentication",
		challenge: `Bearer ` + stepUpError + `max_age="600"`,
	}
)

func badBearer(detail string) verdict {
	return verdict{
		status: http.StatusBadRequest, reason: "invalid_request",
		challenge: `Bearer error="invalid_request", error_description="` + detail + `"`,
	}
}

func TestEveryRuleForEveryBearer(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	app := apptest.Start(t, g.setup(map[string]string{"OKTA_API_CLIENT_IDS": mockokta.MachineClientID + "," + mockokta.DefaultClientID}))
	type object = map[string]any
	now := app.Clock.Now().Unix()
	signed := func(changes object) []string { return []string{"Bearer " + app.Sign(changes)} }
	idToken, personToken := tokensOf(app, testkit.Ada)

	// scopes is what "/scope" answers, and so on; the rules that do not read
	// access tokens take every bearer for nobody.
	type row struct{ scope, write, admins, recent, strong verdict }
	all := func(a verdict) row { return row{a, a, a, a, a} }
	malformed := badBearer("The Authorization header does not hold exactly one token.")
	for name, tc := range map[string]struct {
		authorization []string
		query         string
		want          row
	}{
		"a machine's token":             {authorization: []string{"Bearer " + machineToken(app, "messages:read")}, want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"a machine's with both scopes":  {authorization: []string{"Bearer " + machineToken(app, "messages:read messages:write")}, want: row{pass, pass, noGroup, oldToken, weakToken}},
		"a person's, just signed in":    {authorization: []string{"Bearer " + personToken}, want: row{pass, noScope, pass, pass, weakToken}},
		"in lower case":                 {authorization: []string{"bearer " + personToken}, want: row{pass, noScope, pass, pass, weakToken}},
		"signed in long ago":            {authorization: signed(object{"auth_time": now - 1200}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"signed in in the future":       {authorization: signed(object{"auth_time": now + 1200}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"auth_time not a number":        {authorization: signed(object{"auth_time": "now"}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"two factors":                   {authorization: signed(object{"acr": strong}), want: row{pass, noScope, noGroup, oldToken, pass}},
		"a stronger factor":             {authorization: signed(object{"acr": "phr"}), want: row{pass, noScope, noGroup, oldToken, pass}},
		"one factor":                    {authorization: signed(object{"acr": "urn:okta:loa:1fa:any"}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"groups as a list":              {authorization: signed(object{"groups": []string{"Admins"}}), want: row{pass, noScope, pass, oldToken, weakToken}},
		"groups as a string":            {authorization: signed(object{"groups": "Admins"}), want: row{pass, noScope, pass, oldToken, weakToken}},
		"groups of another name":        {authorization: signed(object{"groups": []string{"admins", "Admins2", "Adm"}}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"groups that are no names":      {authorization: signed(object{"groups": []any{7, object{"Admins": true}, nil}}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"no scope at all":               {authorization: signed(object{"scp": []string{}}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"scopes in one string":          {authorization: signed(object{"scp": []string{"messages:read messages:write"}}), want: row{pass, noScope, noGroup, oldToken, weakToken}},
		"expired":                       {authorization: signed(object{"exp": now - 180}), want: all(badToken)},
		"not valid yet":                 {authorization: signed(object{"nbf": now + 180}), want: all(badToken)},
		"issued in the future":          {authorization: signed(object{"iat": now + 180}), want: all(badToken)},
		"another audience":              {authorization: signed(object{"aud": "api://other"}), want: all(badToken)},
		"another issuer":                {authorization: signed(object{"iss": "https://evil.example/oauth2/default"}), want: all(badToken)},
		"the org server's":              {authorization: signed(object{"iss": app.Org.OrgIssuer()}), want: all(badToken)},
		"another client's":              {authorization: signed(object{"cid": "0oaSomeoneElse"}), want: all(badToken)},
		"another key under the same id": {authorization: []string{"Bearer " + app.Org.Forge(app.AccessClaims(nil), nil)}, want: all(badToken)},
		"an unknown key":                {authorization: []string{"Bearer " + app.Org.Forge(app.AccessClaims(nil), object{"kid": "unknown"})}, want: all(badToken)},
		"an ID token":                   {authorization: []string{"Bearer " + idToken}, want: all(badToken)},
		"a logout token":                {authorization: []string{"Bearer " + app.Org.LogoutToken(app.URL, func(_, claims object) { claims["aud"] = "api://default" })}, want: all(badToken)},
		"garbage":                       {authorization: []string{"Bearer garbage"}, want: all(badToken)},
		"a header that lies":            {authorization: []string{"Bearer e30.e30.e30"}, want: all(badToken)},
		"no token":                      {authorization: []string{"Bearer"}, want: all(malformed)},
		"two tokens in one header":      {authorization: []string{"Bearer " + personToken + ", " + personToken}, want: all(malformed)},
		"two headers":                   {authorization: []string{"Bearer " + personToken, "Bearer " + personToken}, want: all(badBearer("There is more than one Authorization header."))},
		"two headers, one of them good": {authorization: []string{"Basic YTpi", "Bearer " + personToken}, want: all(badBearer("There is more than one Authorization header."))},
		"in the query":                  {query: "?access_token=" + personToken, want: all(badBearer("The access token must be in the Authorization header, not in the query."))},
		"in the query and the header":   {authorization: []string{"Bearer " + personToken}, query: "?access_token=" + personToken, want: all(badBearer("The access token must be in the Authorization header, not in the query."))},
	} {
		t.Run(name, func(t *testing.T) {
			w := tc.want
			for path, want := range map[string]verdict{
				"/scope": w.scope, "/scope/write": w.write, "/scope+admins": w.admins, "/scope+recent": w.recent, "/scope+strong": w.strong,
			} {
				g.check(t, path, want, func() testkit.Reply { return app.Ask(path+tc.query, tc.authorization...) })
			}
			for _, path := range []string{"/undeclared", "/login-only", "/admins", "/recent", "/strong"} {
				g.check(t, path, noSession, func() testkit.Reply { return app.Ask(path+tc.query, tc.authorization...) })
			}
		})
	}
	if logged := app.Logs.String(); strings.Contains(logged, personToken) || strings.Contains(logged, idToken) {
		t.Error("a token is in the log")
	}
}

func TestBearersAreNeverSentToSignIn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, newGuarded().setup(nil))
	for _, path := range []string{"/scope", "/login-only", "/api/me"} {
		r := app.Browser().Get(path, "Accept", "text/html,*/*", "Authorization", "Bearer garbage")
		if apptest.ProblemJSON(t, r); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", path, r.StatusCode)
		}
	}
}

func TestATokenGoesBeforeASession(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	for _, tc := range []struct {
		name, token string
		status      int
		sub         any
	}{
		{"no token", "", http.StatusOK, "00u9mockAdaLove1a5d7"},
		{"good token", app.Sign(nil), http.StatusOK, mockokta.MachineClientID},
		{"bad token", "garbage", http.StatusUnauthorized, nil},
	} {
		headers := []string{"Accept", "application/json"}
		if tc.token != "" {
			headers = append(headers, "Authorization", "Bearer "+tc.token)
		}
		r := b.Get("/api/me", headers...)
		var claims map[string]any
		if err := json.Unmarshal([]byte(r.Body), &claims); err != nil {
			t.Fatal(err)
		}
		if r.StatusCode != tc.status || claims["sub"] != tc.sub {
			t.Errorf("%s: status %d as %v, want %d as %v", tc.name, r.StatusCode, claims["sub"], tc.status, tc.sub)
		}
	}
}

// TestTheFirstRuleDecidesWhoAsks: a token must not borrow the groups of the
// session that comes along with it, nor the other way round.
func TestTheFirstRuleDecidesWhoAsks(t *testing.T) {
	t.Parallel()
	var seen string
	app := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		auth.Handle(http.MethodGet, "/admins+scope", auth.RequireGroup("Admins"), auth.RequireScope(), func(c *gin.Context) {
			seen = auth.Known(c).Subject
		})
	})})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	if r := b.Get("/admins+scope", "Authorization", "Bearer "+app.Sign(nil)); r.StatusCode != http.StatusOK || seen != "00u9mockAdaLove1a5d7" {
		t.Errorf("status %d as %q, want the person whose group was checked", r.StatusCode, seen)
	}
}
