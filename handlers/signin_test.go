package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/okta-gin/mockokta"
)

const unverified = "Okta's answer could not be verified"

// checkRefused reports where r is not the error page with that status and
// heading, or where somebody is signed in after it.
func checkRefused(t *testing.T, b *browser, r reply, status int, heading string) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", r.StatusCode, status, r.body)
	}
	page := r.page(t)
	if got := page.Find(".problem h1").Text(); got != heading {
		t.Errorf("heading %q, want %q", got, heading)
	}
	if page.Find(".problem .lead").Text() == "" {
		t.Error("the page explains nothing")
	}
	if got := page.Find(".problem .request code").Text(); got == "" || got != r.Header.Get("X-Request-Id") {
		t.Errorf("request id on the page %q, in the header %q", got, r.Header.Get("X-Request-Id"))
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if b.signedIn() {
		t.Error("somebody is signed in")
	}
}

// checkCause reports where the log does not give cause as why r was refused.
func checkCause(t *testing.T, r reply, a *app, cause string) {
	t.Helper()
	if got, _ := a.line(r)["error"].(string); !strings.Contains(got, cause) {
		t.Errorf("logged %q, want %q in it", got, cause)
	}
}

// authorizeQuery returns the parameters with which r sends a browser to Okta.
func authorizeQuery(t *testing.T, a *app, r reply) url.Values {
	t.Helper()
	target, err := url.Parse(r.location())
	if err != nil || r.StatusCode != http.StatusFound || !strings.HasPrefix(r.location(), a.org.URL()+"/oauth2/") || !strings.HasSuffix(target.Path, "/v1/authorize") {
		t.Fatalf("status %d to %q, want a redirect to the authorize endpoint", r.StatusCode, r.location())
	}
	return target.Query()
}

func TestSignInShowsTheClaimsAndSignOutEndsBothSessions(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()

	greeting := b.signIn("/greet", ada)
	if greeting.StatusCode != http.StatusOK || greeting.Request.URL.Path != "/greet" {
		t.Fatalf("got %d at %s, want the page that was asked for", greeting.StatusCode, greeting.Request.URL)
	}
	profile := b.get(profilePath).page(t)
	if got := strings.TrimSpace(profile.Find("#claim-email").Text()); got != ada {
		t.Errorf("#claim-email: got %q, want %q", got, ada)
	}
	signedOut := b.follow(b.post(logoutPath, nil))
	if signedOut.StatusCode != http.StatusOK || signedOut.page(t).Find("#login-button").Length() == 0 || b.signedIn() {
		t.Errorf("after sign-out: got %d at %s, signed in %v", signedOut.StatusCode, signedOut.Request.URL, b.signedIn())
	}
	again := b.follow(b.get("/login"))
	if again.page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Errorf("the provider's session is still open: got %s", again.Request.URL)
	}
}

func TestSignInWithTheOrgServer(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_OAUTH2_ISSUER": "org"}})
	b := app.browser()
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK || !b.signedIn() {
		t.Fatalf("status %d", r.StatusCode)
	}
	if got := strings.TrimSpace(b.get(profilePath).page(t).Find("#claim-iss").Text()); got != app.org.OrgIssuer() {
		t.Errorf("iss %q, want %q", got, app.org.OrgIssuer())
	}
}

func TestAuthorizeRequest(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	seen := map[string]bool{}
	for range 20 {
		q := authorizeQuery(t, app, app.browser().get(loginPath+"?return_to=%2Fgreet&login_hint=ada&prompt=login", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example"))
		want := map[string]string{
			"client_id": mockokta.DefaultClientID, "redirect_uri": app.URL + callbackPath, "response_type": "code",
			"response_mode": "query", "scope": "openid profile email", "code_challenge_method": "S256",
			"login_hint": "ada", "prompt": "login",
		}
		for name, value := range want {
			if q.Get(name) != value {
				t.Errorf("%s: %q, want %q", name, q.Get(name), value)
			}
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if value := q.Get(name); len(value) != 43 || seen[value] { // 256 bits
				t.Errorf("%s: %q, want 43 characters never seen before", name, value)
			}
			seen[q.Get(name)] = true
		}
		if len(q) != len(want)+3 {
			t.Errorf("parameters %v", q)
		}
	}
}

func TestSettingsOfTheAuthorizeRequest(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{
		"OKTA_PROMPT": "consent", "OKTA_RESPONSE_MODE": "form_post", "OKTA_SCOPES": "openid email offline_access",
	}})
	q := authorizeQuery(t, app, app.browser().get(loginPath))
	for name, want := range map[string]string{"prompt": "consent", "response_mode": "form_post", "scope": "openid email offline_access"} {
		if got := q.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := authorizeQuery(t, app, app.browser().get(loginPath+"?prompt=login")).Get("prompt"); got != "login" {
		t.Errorf("prompt of the link: %q", got)
	}
}

func TestLoginRefuses(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	tests := []struct{ name, query string }{
		{"prompt that is none", "prompt=please"},
		{"prompt with more", "prompt=none+login"},
		{"long login hint", "login_hint=" + strings.Repeat("a", 300)},
		{"display", "display=page"},
		{"pop-up for nobody", "display=popup"},
		{"pop-up for a stranger", "display=popup&origin=https%3A%2F%2Fevil.example"},
		{"twice", "prompt=login&prompt=none"},
		{"control characters", "login_hint=a%0d%0ab"},
		{"another issuer", "iss=https%3A%2F%2Fevil.example"},
		{"an issuer that begins as ours", "iss=" + url.QueryEscape(app.org.Issuer()+".evil.example")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := app.browser()
			r := b.get(loginPath + "?" + test.query)
			checkRefused(t, b, r, http.StatusBadRequest, "That request can't be understood")
			if len(r.Cookies()) > 0 {
				t.Errorf("cookies %v", r.Cookies())
			}
		})
	}
}

func TestDashboardStartsASignIn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	for _, issuer := range []string{app.org.Issuer(), app.org.OrgIssuer()} {
		b := app.browser()
		if r := b.signIn("/login?iss="+url.QueryEscape(issuer), ada); r.StatusCode != http.StatusOK || !b.signedIn() {
			t.Errorf("iss=%s: status %d", issuer, r.StatusCode)
		}
	}
}

// Scripts can follow no redirect to Okta: they get a status and problem JSON
// (RFC 9457).
func TestScriptsGetAStatus(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	ways := map[string][]string{
		"Accept":         {"Accept", "application/json"},
		"problem JSON":   {"Accept", "application/problem+json, application/json;q=0.9"},
		"fetch":          {"Sec-Fetch-Mode", "cors"},
		"same-origin":    {"Sec-Fetch-Mode", "same-origin", "Accept", "*/*"},
		"no-cors":        {"Sec-Fetch-Mode", "no-cors"},
		"fetch for HTML": {"Sec-Fetch-Mode", "cors", "Accept", "text/html"},
	}
	for name, headers := range ways {
		for _, path := range []string{"/greet", "/profile", profilePath, "/login", loginPath, "/api/me"} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				r := app.browser().get(path, headers...)
				if headers[0] == "Accept" && strings.Contains(path, "login") { // a program that asks for a sign-in gets one
					authorizeQuery(t, app, r)
					return
				}
				p := problemJSON(t, r)
				if r.StatusCode != http.StatusUnauthorized || r.location() != "" || r.Header.Get("WWW-Authenticate") == "" || len(r.Cookies()) > 0 {
					t.Errorf("status %d, Location %q, WWW-Authenticate %q, cookies %v", r.StatusCode, r.location(), r.Header.Get("WWW-Authenticate"), r.Cookies())
				}
				if p["reason"] != "not_signed_in" {
					t.Errorf("problem %v", p)
				}
			})
		}
	}
	for _, headers := range [][]string{
		{"Accept", "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"}, {"Accept", "*/*"}, {"Sec-Fetch-Mode", "navigate"},
	} {
		if r := app.browser().get("/greet", headers...); r.StatusCode != http.StatusSeeOther || r.location() != loginPath+"?return_to=%2Fgreet" {
			t.Errorf("%v: status %d to %q, want a person's redirect", headers, r.StatusCode, r.location())
		}
	}
}

// Page views cost nothing at Okta, and a sign-in two requests.
func TestRequestsToOkta(t *testing.T) {
	t.Parallel()
	const signIns, atOnce, views = 100, 50, 100
	app := start(t, setup{})

	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	browsers := make([]*browser, signIns)
	for i := range browsers {
		browsers[i] = app.browser()
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if r := browsers[i].signIn("/greet", ada); r.StatusCode != http.StatusOK {
				t.Errorf("sign-in %d: status %d", i, r.StatusCode)
			}
		})
	}
	wg.Wait()
	for endpoint, want := range map[string][2]int{"token": {signIns, signIns}, "userinfo": {signIns, signIns}, "discovery": {1, 2}, "keys": {1, 1}} {
		if got := app.org.Count(endpoint); got < want[0] || got > want[1] {
			t.Errorf("%s: %d requests, want %d to %d", endpoint, got, want[0], want[1])
		}
	}

	app.org.ResetCounts()
	for range views / 4 {
		for _, path := range []string{"/", "/greet", profilePath, "/api/me"} {
			if r := browsers[0].get(path); r.StatusCode != http.StatusOK {
				t.Fatalf("%s: status %d", path, r.StatusCode)
			}
		}
	}
	if got := app.org.Count("") + app.org.Count("authorize"); got != 0 {
		t.Errorf("%d page views cost %d requests to Okta", views, got)
	}
}
