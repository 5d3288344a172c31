//go:build conformance

package conformance_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/clientauth"
	"example.com/okta-gin/okta/dpop"
)

const (
	api           = "https://api.example.test/messages"
	apiScope      = "messages.read"
	probeRedirect = "http://localhost:9/callback" // nobody is there: the code is read off the address
)

// TestSecondProvider runs the app at a provider that knows nothing of Okta and keeps to the FAPI 2.0 security profile:
// private_key_jwt, PAR, JAR and DPoP with nonces are demanded there, of everybody.
func TestSecondProvider(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048) // signs with PS256, for RS256 is not offered
	if err != nil {
		t.Fatal(err)
	}
	a, b := newSecondApp(t, "app", newKey(t)), newSecondApp(t, "caller", rsaKey)
	probes := map[string]crypto.Signer{"probe": newKey(t), "thief": newKey(t)}
	clients := []any{a.client(), b.client()}
	for id, key := range probes {
		clients = append(clients, map[string]any{
			"client_id": id, "redirect_uris": []string{probeRedirect}, "jwks": map[string]any{"keys": []any{publicJWK(t, key)}},
		})
	}
	p := startSecond(t, installSecond(t), map[string]any{
		"clients":        clients,
		"person":         map[string]any{"sub": "ada", "email": login, "name": "Ada Lovelace", "nickname": "Countess"},
		"resource":       map[string]any{"uri": api, "scope": apiScope},
		"accessTokenTTL": 29, // which is due for renewal at once
	})
	a.serve(t, p, nil)
	b.serve(t, p, map[string]string{
		"OKTA_RESOURCE": api, "OKTA_API_AUDIENCE": api, "OKTA_API_SCOPES": apiScope,
		"OKTA_SCOPES": "openid profile email offline_access " + apiScope,
	})
	probe := func(t *testing.T, id string, more map[string]string) prober {
		return newProber(t, p, id, probes[id], more)
	}

	t.Run("sign in, renew, sign out", func(t *testing.T) { testSecondJourney(t, p, a) })
	t.Run("tokens for a service", func(t *testing.T) { testSecondResource(t, p, b) })
	t.Run("the API", func(t *testing.T) {
		testSecondAPI(t, b, probe(t, "probe", map[string]string{"OKTA_RESOURCE": api, "OKTA_SCOPES": "openid " + apiScope}))
	})
	t.Run("assertions", func(t *testing.T) { testSecondAssertions(t, p, probe(t, "probe", nil)) })
	t.Run("pushed requests", func(t *testing.T) { testSecondPushes(t, p, probe(t, "probe", nil), probe(t, "thief", nil)) })
	t.Run("bound tokens", func(t *testing.T) { testSecondBinding(t, probe(t, "probe", nil), probe(t, "thief", nil)) })
	t.Run("what is demanded", func(t *testing.T) {
		for setting, want := range map[string]string{"OKTA_PAR": "OKTA_PAR is off", "OKTA_JAR": "OKTA_JAR is off"} {
			rp := probe(t, "probe", map[string]string{setting: "off"})
			if err := rp.Ready(t.Context()); !errors.Is(err, okta.ErrUntrusted) || !strings.Contains(err.Error(), want) {
				t.Errorf("with %s off: %v", setting, err)
			}
		}
	})
	if n := p.count(event("server error")); n != 0 {
		t.Errorf("the provider failed %d times", n)
	}
}

// testSecondJourney: nothing of the sign-in is in the browser's address, userinfo is read with a bound token, each
// request renews the session, and signing out ends everything at the provider too.
func testSecondJourney(t *testing.T, p *second, app *secondApp) {
	b := newBrowser(t, app.URL)
	toProvider := b.get(b.get(closedPath).Header.Get("Location"))
	address := toProvider.Header.Get("Location")
	if query := toProvider.resolve(t, address).Query(); !strings.HasPrefix(address, p.issuer+"/") || len(query) != 2 || query.Get("client_id") != app.id || query.Get("request_uri") == "" {
		t.Fatalf("the browser is sent to %s", address)
	}
	if page := b.goOn(toProvider); page.StatusCode != http.StatusOK || page.Request.URL.String() != app.URL+closedPath {
		t.Fatalf("status %d at %s: %s", page.StatusCode, page.Request.URL, page.body)
	}
	for name, want := range map[string]string{"sub": "ada", "email": login, "nickname": "Countess"} {
		if got := app.claim(b, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	p.waits(t, 3, grant("refresh_token")) // one for each page
	if n := p.count(grant("authorization_code")); n != 1 {
		t.Errorf("%d sign-ins", n)
	}

	action, err := url.Parse(app.URL + logoutPath)
	if err != nil {
		t.Fatal(err)
	}
	out := b.post(app.URL, action, url.Values{})
	out = b.open(out.resolve(t, refresh(t, out)).String())
	form := out.page(t).Find("form[action]").First()
	fields := url.Values{}
	for _, input := range form.Find("input").EachIter() {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	}
	action = out.resolve(t, form.AttrOr("action", ""))
	out = b.goOn(b.post(originOf(action), action, fields))
	if out.Request.URL.String() != app.URL+signedOutPath || !strings.Contains(out.body, "so has the one at Okta") {
		t.Errorf("signing out ends at %s: %s", out.Request.URL, out.body)
	}
	p.waits(t, 1, event("back-channel logout"))
	if b.get(profilePath).StatusCode == http.StatusOK {
		t.Error("somebody is still signed in")
	}
	for _, endpoint := range []string{"grant refused", "userinfo refused"} { // the first of all: each answer brings the next nonce
		if n := p.count(func(h happening) bool { return h.Event == endpoint && h.Error == "use_dpop_nonce" }); n != 1 {
			t.Errorf("%s %d times for want of a nonce", endpoint, n)
		}
	}
	refused := func(h happening) bool { return strings.HasSuffix(h.Event, " refused") && h.Error != "use_dpop_nonce" }
	if n := p.count(refused); n != 0 {
		t.Errorf("the provider refused %d requests", n)
	}
}

// testSecondResource: an access token for a service is none for userinfo, and the claims are in the ID token, at the
// sign-in and at renewals.
func testSecondResource(t *testing.T, p *second, app *secondApp) {
	before := p.count(grant("refresh_token"))
	b := newBrowser(t, app.URL)
	if page := b.open(closedPath); page.StatusCode != http.StatusOK || page.Request.URL.String() != app.URL+closedPath {
		t.Fatalf("status %d at %s: %s", page.StatusCode, page.Request.URL, page.body)
	}
	for range 2 {
		if got := app.claim(b, "email"); got != login {
			t.Errorf("email is %q", got)
		}
	}
	p.waits(t, before+3, grant("refresh_token"))
	if app.logs.has("renewal_failed") || app.logs.has("userinfo failed") {
		t.Error("there is no userinfo to be had, and it is an error")
	}
}

// testSecondAPI: the app's API takes the provider's JWT access token with a proof of its key, and with nothing else.
func testSecondAPI(t *testing.T, app *secondApp, rp prober) {
	id, _ := rp.signsIn(t)
	other, err := dpop.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		key    *dpop.Key
		status int
		says   string
	}{
		"its own key": {id.Key, http.StatusOK, ""},
		"another key": {other, http.StatusUnauthorized, `DPoP algs="ES256 PS256 RS256", error="invalid_token"`},
		"no key":      {nil, http.StatusUnauthorized, `error="invalid_token"`},
	} {
		resp := rp.calls(t, app.URL+"/api/messages", id.AccessToken, tc.key)
		if challenges := strings.Join(resp.Header.Values("WWW-Authenticate"), ", "); resp.StatusCode != tc.status || !strings.Contains(challenges, tc.says) {
			t.Errorf("%s: status %d, %q", name, resp.StatusCode, challenges)
		}
	}
}

// testSecondAssertions: an assertion counts at its own provider, once, and with the issuer as its audience.
func testSecondAssertions(t *testing.T, p *second, rp prober) {
	form := func() url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"of nobody"}}
	}
	token := clientauth.Endpoint{Name: "token", Address: p.issuer + "/token"}
	for audience, want := range map[string]string{
		p.issuer:                        "invalid_grant", // the client is known, the refresh token is not
		p.issuer + "/token":             "invalid_client",
		p.issuer + "/":                  "invalid_client",
		"https://other.example.test/op": "invalid_client",
	} {
		cfg := rp.cfg
		cfg.Issuer = audience // which goes into aud as it is
		credential, err := clientauth.New(cfg, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		fields := form()
		req, err := credential.Request(t.Context(), token, fields)
		if err != nil {
			t.Fatal(err)
		}
		if got := refusal(t, req); got != want {
			t.Errorf("audience %s: %s, want %s", audience, got, want)
		}
		again, err := http.NewRequestWithContext(t.Context(), http.MethodPost, token.Address, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		again.Header = req.Header
		if got := refusal(t, again); got != "invalid_client" {
			t.Errorf("audience %s, once more: %s", audience, got)
		}
	}
}

// testSecondPushes: a request_uri is for the client that pushed it, and for one sign-in; parameters in the address and
// a pushed request that nobody signed are refused.
func testSecondPushes(t *testing.T, p *second, rp, thief prober) {
	attempt, address := rp.begins(t)
	stolen := strings.Replace(address, "client_id=probe", "client_id=thief", 1)
	if answer := goTo(t, newBrowser(t, p.issuer), stolen); answer.Get("code") != "" {
		t.Errorf("another client's request_uri gives %v", answer)
	}
	b := newBrowser(t, p.issuer)
	answer := goTo(t, b, address)
	if answer.Get("code") == "" || answer.Get("state") != attempt.State || answer.Get("iss") != p.issuer {
		t.Fatalf("the answer is %v", answer)
	}
	if again := goTo(t, b, address); again.Get("code") != "" {
		t.Errorf("a request_uri used twice gives %v", again)
	}
	open := url.Values{
		"client_id": {"probe"}, "response_type": {"code"}, "redirect_uri": {probeRedirect}, "scope": {"openid"}, "state": {"s"},
		"code_challenge": {attempt.Challenge()}, "code_challenge_method": {"S256"},
	}
	if answer := goTo(t, b, p.issuer+"/auth?"+open.Encode()); answer.Get("code") != "" {
		t.Errorf("parameters in the address give %v", answer)
	}
	credential, err := clientauth.New(rp.cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	req, err := credential.Request(t.Context(), clientauth.Endpoint{Name: "par", Address: p.issuer + "/request"}, open)
	if err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, req); got != "invalid_request" {
		t.Errorf("an unsigned push: %s", got)
	}
	if _, err := thief.SignIn(t.Context(), answer.Get("code"), attempt); codeOf(err) != "invalid_grant" {
		t.Errorf("another client redeems the code: %v", err)
	}
}

// testSecondBinding: a code is worth nothing without the key of its sign-in, and a refresh token without the client's
// own key. By RFC 9449 section 5 that is all that binds the refresh token of a client that has one.
func testSecondBinding(t *testing.T, rp, thief prober) {
	other, err := dpop.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]*dpop.Key{"another key": other, "no key": nil} {
		attempt, address := rp.begins(t)
		answer := goTo(t, newBrowser(t, rp.cfg.Issuer), address)
		redeeming := rp
		if attempt.Key = key; key == nil {
			redeeming = rp.unbound(t)
		}
		if _, err := redeeming.SignIn(t.Context(), answer.Get("code"), attempt); codeOf(err) != "invalid_grant" {
			t.Errorf("a code with %s: %v", name, err)
		}
	}

	attempt, address := rp.unbound(t).begins(t)
	answer := goTo(t, newBrowser(t, rp.cfg.Issuer), address)
	if _, err := rp.unbound(t).SignIn(t.Context(), answer.Get("code"), attempt); codeOf(err) != "invalid_grant" {
		t.Errorf("a sign-in without DPoP: %v", err)
	}

	id, claims := rp.signsIn(t)
	for name, tc := range map[string]struct {
		key  *dpop.Key
		want int
	}{"its own key": {id.Key, http.StatusOK}, "another key": {other, http.StatusUnauthorized}, "no key": {nil, http.StatusUnauthorized}} {
		if status := rp.calls(t, rp.cfg.Issuer+"/me", id.AccessToken, tc.key).StatusCode; status != tc.want {
			t.Errorf("userinfo with %s: status %d", name, status)
		}
	}
	previous := okta.Previous{Claims: claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken, Key: id.Key}
	if _, err := thief.Renew(t.Context(), previous); codeOf(err) != "invalid_grant" {
		t.Errorf("a refresh token of another client: %v", err)
	}
	renewed, err := rp.Renew(t.Context(), previous)
	if err != nil || renewed.Claims["email"] != login || renewed.RefreshToken == id.RefreshToken {
		t.Fatalf("renewal: %v, %v", renewed.Claims, err)
	}
	if _, err := rp.Renew(t.Context(), previous); codeOf(err) != "invalid_grant" {
		t.Errorf("a spent refresh token: %v", err)
	}
}
