package mockokta_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestAuthorizePages(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	for name, tt := range map[string]struct {
		changes map[string]string
		code    string
		text    string
	}{
		"no client":            {map[string]string{"client_id": ""}, "invalid_client", "Invalid value for 'client_id' parameter."},
		"unknown client":       {map[string]string{"client_id": "0oanobody"}, "invalid_client", "Invalid value for 'client_id' parameter."},
		"no redirect URI":      {map[string]string{"redirect_uri": ""}, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
		"foreign redirect URI": {map[string]string{"redirect_uri": "https://evil.example/"}, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
		"longer redirect URI":  {map[string]string{"redirect_uri": callback + "/"}, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
		"other host":           {map[string]string{"redirect_uri": strings.Replace(callback, "localhost", "127.0.0.1", 1)}, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newBrowser(t, org).authorize(tt.changes)
			doc := got.doc(t)
			if got.StatusCode != http.StatusBadRequest || doc.Find("#error-code").Text() != tt.code || !strings.HasPrefix(doc.Find("#error-description").Text(), tt.text) {
				t.Errorf("got %d %s", got.StatusCode, doc.Find("dl").Text())
			}
			if got.Header.Get("Location") != "" {
				t.Error("redirected")
			}
		})
	}
}

func TestAuthorizeErrors(t *testing.T) {
	t.Parallel()
	public := mockokta.Client{ID: "0oapublic", RedirectURIs: []string{callback}}
	org := start(t, mockokta.Options{Clients: []mockokta.Client{mockokta.DefaultClient(), public}})
	for name, tt := range map[string]struct {
		changes     map[string]string
		code        string
		description string
		stateless   bool
	}{
		"no state":              {map[string]string{"state": ""}, "invalid_request", "The authentication request has an invalid 'state' parameter.", true},
		"state with a newline":  {map[string]string{"state": "a\r\nb"}, "invalid_request", "The authentication request has an invalid 'state' parameter.", true},
		"implicit":              {map[string]string{"response_type": "id_token"}, "unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [code].", false},
		"bad response mode":     {map[string]string{"response_mode": "pigeon"}, "unsupported_response_mode", "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].", false},
		"no scope":              {map[string]string{"scope": ""}, "invalid_scope", "No scopes were requested.", false},
		"unknown scope":         {map[string]string{"scope": "openid cats"}, "invalid_scope", "One or more scopes are not configured for the authorization server resource.", false},
		"groups at a custom AS": {map[string]string{"scope": "openid groups"}, "invalid_scope", "One or more scopes are not configured for the authorization server resource.", false},
		"profile alone":         {map[string]string{"scope": "profile"}, "invalid_scope", "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.", false},
		"public without PKCE":   {map[string]string{"client_id": "0oapublic", "code_challenge": "", "code_challenge_method": ""}, "invalid_request", "PKCE code challenge is required by the application.", false},
		"plain PKCE":            {map[string]string{"code_challenge_method": "plain"}, "invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]", false},
		"no PKCE method":        {map[string]string{"code_challenge_method": ""}, "invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]", false},
		"odd challenge":         {map[string]string{"code_challenge": strings.Repeat("!", 43)}, "invalid_request", "PKCE code challenge contains illegal characters.", false},
		"bad prompt":            {map[string]string{"prompt": "none login"}, "invalid_request", "Invalid value for 'prompt' parameter. Supported values: [none, login, consent, login consent, consent login]", false},
		"bad max_age":           {map[string]string{"max_age": "-1"}, "invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.", false},
		"huge max_age":          {map[string]string{"max_age": "2147483648"}, "invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.", false},
		"none with max_age 0":   {map[string]string{"prompt": "none", "max_age": "0"}, "invalid_request", "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.", false},
		"foreign idp":           {map[string]string{"idp": "0oafacebook"}, "invalid_request", "Identity provider is not valid.", false},
		"none, no session":      {map[string]string{"prompt": "none"}, "login_required", "The client specified not to prompt, but the user is not logged in.", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newBrowser(t, org).authorize(tt.changes)
			answer := got.redirect(t, callback)
			if answer.Get("error") != tt.code || answer.Get("error_description") != tt.description {
				t.Errorf("got %v", answer)
			}
			if answer.Has("state") == tt.stateless || !tt.stateless && answer.Get("state") != "state-1" {
				t.Errorf("state %q", answer["state"])
			}
			if answer.Has("iss") || answer.Has("code") {
				t.Errorf("unexpected parameters in %v", answer)
			}
			if got.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Error("no Referrer-Policy")
			}
		})
	}
}

func TestAuthorizeRefusesDuplicates(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	for name, want := range map[string]struct{ state string }{"nonce": {"state-1"}, "state": {""}} {
		params := authorizeParams(nil)
		params.Add(name, "again")
		answer := b.get(b.as+"/v1/authorize?"+params.Encode()).redirect(t, callback)
		if answer.Get("error_description") != "Duplicate parameter provided in request. Duplicated parameters: ["+name+"]." || answer.Get("state") != want.state {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestAuthorizeByPost(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	if got := b.post(b.as+"/v1/authorize", authorizeParams(nil)); got.doc(t).Find("form.primary-auth").Length() != 1 {
		t.Errorf("no sign-in page: %d %s", got.StatusCode, got.body)
	}
	if got := b.post(b.as+"/v1/authorize?client_id=x", authorizeParams(nil)); got.StatusCode != http.StatusBadRequest {
		t.Errorf("with a query: %d", got.StatusCode)
	}
	cross := b.do(http.MethodPost, b.org.URL()+b.as+"/v1/authorize", authorizeParams(nil), http.Header{"Sec-Fetch-Site": {"cross-site"}})
	if cross.StatusCode != http.StatusSeeOther {
		t.Errorf("without cookies: %d", cross.StatusCode)
	}
	if got := b.do(http.MethodPut, b.org.URL()+b.as+"/v1/authorize", nil, nil); got.StatusCode != http.StatusMethodNotAllowed || got.json(t)["errorCode"] != "E0000022" {
		t.Errorf("PUT: %d %s", got.StatusCode, got.body)
	}
}

func TestSignInPage(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	page := b.authorize(map[string]string{"login_hint": `ada@acme.test`})
	doc := page.doc(t)
	for _, selector := range []string{
		`[data-se="o-form-input-username"] input[name=username][value="ada@acme.test"]`,
		`[data-se="o-form-input-password"] input[type=password]`,
		`input[type=submit][data-type="save"]`, `label[for=username]`, `label[for=password]`, `details code`,
	} {
		if doc.Find(selector).Length() == 0 {
			t.Errorf("page lacks %s", selector)
		}
	}
	if !strings.Contains(doc.Find(".stand-in").Text(), "not a real Okta page") {
		t.Error("the page does not say what it is")
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self' http://localhost:8080") {
		t.Errorf("policy %q", csp)
	}

	wrong := b.submit(page, "ada@acme.test", "nope")
	doc = wrong.doc(t)
	if !strings.Contains(doc.Find("[role=alert]").Text(), "Unable to sign in") || doc.Find("#username").AttrOr("value", "") != "ada@acme.test" {
		t.Errorf("after a wrong password: %s", wrong.body)
	}
	if len(wrong.Cookies()) != 0 {
		t.Error("a wrong password set a cookie")
	}
	right := b.submit(wrong, "ada@acme.test", "correct-horse-ada")
	if right.redirect(t, callback).Get("state") != "state-1" {
		t.Error("right password after a wrong one")
	}
	if cookies := right.Cookies(); len(cookies) != 1 || cookies[0].Name != "sid" || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || cookies[0].Path != "/" {
		t.Errorf("cookies %v", cookies)
	}
	if got := b.submit(wrong, "ada@acme.test", "correct-horse-ada"); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "Request expired") {
		t.Errorf("the form works twice: %d", got.StatusCode)
	}
}

func TestSessionsAndPrompts(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	b.signIn("ada@acme.test", nil)
	if got := b.authorize(map[string]string{"max_age": "0"}); got.doc(t).Find("#password").Length() != 1 {
		t.Errorf("max_age=0 in the moment of a sign-in: %d", got.StatusCode)
	}
	now.add(time.Minute)

	silent := func(name string, changes map[string]string) {
		t.Helper()
		if got := b.authorize(changes); got.StatusCode != http.StatusFound || got.redirect(t, callback).Get("code") == "" {
			t.Errorf("%s: not silent: %d %s", name, got.StatusCode, got.Header.Get("Location"))
		}
	}
	asks := func(name string, changes map[string]string) {
		t.Helper()
		if got := b.authorize(changes); got.doc(t).Find("#password").Length() != 1 {
			t.Errorf("%s: no sign-in page: %d %s", name, got.StatusCode, got.Header.Get("Location"))
		}
	}
	silent("single sign-on", nil)
	silent("prompt=none", map[string]string{"prompt": "none"})
	silent("max_age not over", map[string]string{"max_age": "60"})
	silent("one factor", map[string]string{"acr_values": "urn:okta:loa:1fa:any"})
	silent("unknown acr", map[string]string{"acr_values": "urn:example"})
	asks("prompt=login", map[string]string{"prompt": "login"})
	asks("prompt=login consent", map[string]string{"prompt": "login consent"})
	asks("max_age over", map[string]string{"max_age": "59"})
	asks("max_age=0", map[string]string{"max_age": "0"})
	asks("two factors", map[string]string{"acr_values": "urn:okta:loa:2fa:any"})

	again := "The client specified not to prompt, but the client app requires re-authentication or MFA."
	for _, extra := range []map[string]string{{"max_age": "1"}, {"acr_values": "phr"}} {
		extra["prompt"] = "none"
		if answer := b.authorize(extra).redirect(t, callback); answer.Get("error") != "login_required" || answer.Get("error_description") != again {
			t.Errorf("%v: %v", extra, answer)
		}
	}

	claims := claimsOf(t, b.token(tokenParams(b.signIn("ada@acme.test", map[string]string{"acr_values": "urn:okta:loa:2fa:any", "max_age": "0"}), nil)).json(t)["id_token"])
	if claims["acr"] != "urn:okta:loa:2fa:any" || claims["auth_time"] != float64(now.Now().Unix()) {
		t.Errorf("step-up claims: %v", claims)
	}
	silent("two factors now", map[string]string{"acr_values": "urn:okta:loa:2fa:any", "prompt": "none"})

	now.add(3 * time.Hour)
	asks("idle session", nil)
	b.signIn("ada@acme.test", nil)
	b.org.EndSessions("ada@acme.test")
	asks("ended session", nil)
}

func TestConsent(t *testing.T) {
	t.Parallel()
	asking := mockokta.DefaultClient()
	asking.Consent = true
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{asking}}))
	decide := func(page reply, decision string) url.Values {
		t.Helper()
		transaction, found := page.doc(t).Find("input[name=transaction]").Attr("value")
		if !found || page.doc(t).Find("button[value=deny]").Length() != 1 {
			t.Fatalf("no consent page: %s", page.body)
		}
		return b.post("/login/consent", url.Values{"transaction": {transaction}, "decision": {decision}}).redirect(t, callback)
	}
	page := b.submit(b.authorize(nil), "ada@acme.test", "correct-horse-ada")
	if answer := decide(page, "deny"); answer.Get("error") != "access_denied" || answer.Get("error_description") != "The resource owner or authorization server denied the request." || answer.Get("state") != "state-1" {
		t.Errorf("denied: %v", answer)
	}
	if answer := b.authorize(map[string]string{"prompt": "none"}).redirect(t, callback); answer.Get("error") != "consent_required" || answer.Get("error_description") != "The following scopes require user consent: [email, openid, profile]." {
		t.Errorf("none: %v", answer)
	}
	if answer := decide(b.authorize(nil), "allow"); answer.Get("code") == "" {
		t.Errorf("allowed: %v", answer)
	}
	if answer := b.authorize(map[string]string{"prompt": "none"}).redirect(t, callback); answer.Get("code") == "" {
		t.Errorf("remembered: %v", answer)
	}
	page = b.authorize(map[string]string{"prompt": "consent"})
	if answer := decide(page, "allow"); answer.Get("code") == "" {
		t.Errorf("prompt=consent: %v", answer)
	}
	transaction := b.authorize(map[string]string{"prompt": "consent"}).doc(t).Find("input[name=transaction]").AttrOr("value", "")
	grace := newBrowser(t, b.org)
	grace.submit(grace.get("/login/login.htm"), "grace@acme.test", "correct-horse-grace")
	for name, other := range map[string]*browser{"nobody": newBrowser(t, b.org), "someone else": grace} {
		form := url.Values{"transaction": {transaction}, "decision": {"allow"}}
		if got := other.post("/login/consent", form); got.StatusCode != http.StatusBadRequest || transaction == "" {
			t.Errorf("%s consented for another: %d", name, got.StatusCode)
		}
		transaction = b.authorize(map[string]string{"prompt": "consent"}).doc(t).Find("input[name=transaction]").AttrOr("value", "")
	}
}

func TestAccessDenied(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		login       string
		set         func(*mockokta.Knobs)
		changes     map[string]string
		code        string
		description string
	}{
		"not assigned":    {"eve", func(*mockokta.Knobs) {}, nil, "access_denied", "User is not assigned to the client application."},
		"no policy":       {"ada", func(k *mockokta.Knobs) { k.NoPolicy = true }, nil, "access_denied", "Policy evaluation failed for this request, please check the policy configurations."},
		"refused":         {"ada", func(k *mockokta.Knobs) { k.DenyConsent = true }, nil, "access_denied", "The resource owner or authorization server denied the request."},
		"unmet acr":       {"ada", func(k *mockokta.Knobs) { k.UnmetACR = true }, map[string]string{"acr_values": "phrh"}, "unmet_authentication_requirements", "Unable to meet the authentication requirements imposed by 'acr_values' parameter."},
		"too many groups": {"many", func(k *mockokta.Knobs) { k.GroupsExpression = true }, nil, "server_error", "The groups claim matched too many groups and must be configured to match fewer groups."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, start(t, mockokta.Options{}))
			b.org.Set(tt.set)
			answer := b.submit(b.authorize(tt.changes), tt.login+"@acme.test", "correct-horse-"+tt.login).redirect(t, callback)
			if answer.Get("error") != tt.code || answer.Get("error_description") != tt.description || answer.Get("state") != "state-1" {
				t.Errorf("got %v", answer)
			}
		})
	}
}

func TestResponseModes(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.signIn("ada@acme.test", nil)

	fragment := b.authorize(map[string]string{"response_mode": "fragment"})
	if location := fragment.Header.Get("Location"); !strings.HasPrefix(location, callback+"#code=") {
		t.Errorf("fragment: %q", location)
	}
	posted := b.authorize(map[string]string{"response_mode": "form_post", "state": `"><script>`})
	form := posted.doc(t).Find("form")
	if posted.StatusCode != http.StatusOK || form.AttrOr("action", "") != callback || form.Find("input[name=code]").AttrOr("value", "") == "" ||
		form.Find("input[name=state]").AttrOr("value", "") != `"><script>` || form.Find("button").Length() != 1 {
		t.Errorf("form_post: %d %s", posted.StatusCode, posted.body)
	}
	none := b.authorize(map[string]string{"response_mode": "form_post", "scope": "cats"})
	if none.doc(t).Find("input[name=error]").AttrOr("value", "") != "invalid_scope" {
		t.Errorf("form_post error: %s", none.body)
	}
}

func TestDeactivatedPersonCannotSignIn(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.signIn("grace@acme.test", nil)
	suspended := b.org.People()[1]
	suspended.Status = "SUSPENDED"
	b.org.AddPerson(suspended)
	if b.signedIn() {
		t.Error("a suspended person's session goes on")
	}
	b.org.DeactivateUser("Grace@acme.test")
	page := b.authorize(nil)
	if got := b.submit(page, "grace@acme.test", "correct-horse-grace"); !strings.Contains(got.body, "Unable to sign in") {
		t.Errorf("signed in: %d", got.StatusCode)
	}
}

func TestInteractionCodeAppIsSentBackToItsOwnPage(t *testing.T) {
	t.Parallel()
	client := mockokta.WebClient("http://localhost:8080")
	client.Grants = []string{"interaction_code"}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	answer := b.authorize(nil).redirect(t, callback)
	want := "Your client is configured to use the interaction code flow and user interaction is required to complete the request."
	if answer.Get("error") != "interaction_required" || answer.Get("error_description") != want || answer.Get("state") != "state-1" {
		t.Errorf("answer %v", answer)
	}
}
