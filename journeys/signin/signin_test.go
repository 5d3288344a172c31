package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestSignInShowsTheClaimsAndSignOutEndsBothSessions(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()

	greeting := b.SignIn("/greet", testkit.Ada)
	if greeting.StatusCode != http.StatusOK || greeting.Request.URL.Path != "/greet" {
		t.Fatalf("got %d at %s, want the page that was asked for", greeting.StatusCode, greeting.Request.URL)
	}
	profile := b.Get(apptest.ProfilePath).Page(t)
	if got := strings.TrimSpace(profile.Find("#claim-email").Text()); got != testkit.Ada {
		t.Errorf("#claim-email: got %q, want %q", got, testkit.Ada)
	}
	signedOut := b.Follow(b.Post(testkit.LogoutPath, nil))
	if signedOut.StatusCode != http.StatusOK || signedOut.Page(t).Find("#login-button").Length() == 0 || b.SignedIn() {
		t.Errorf("after sign-out: got %d at %s, signed in %v", signedOut.StatusCode, signedOut.Request.URL, b.SignedIn())
	}
	again := b.Follow(b.Get("/login"))
	if again.Page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Errorf("the provider's session is still open: got %s", again.Request.URL)
	}
}

func TestSignInWithTheOrgServer(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_OAUTH2_ISSUER": "org"}})
	b := app.Browser()
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK || !b.SignedIn() {
		t.Fatalf("status %d", r.StatusCode)
	}
	if got := strings.TrimSpace(b.Get(apptest.ProfilePath).Page(t).Find("#claim-iss").Text()); got != app.Org.OrgIssuer() {
		t.Errorf("iss %q, want %q", got, app.Org.OrgIssuer())
	}
}

func TestAuthorizeRequest(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	seen := map[string]bool{}
	for range 20 {
		q := apptest.AuthorizeQuery(t, app, app.Browser().Get(testkit.LoginPath+"?return_to=%2Fgreet&login_hint=ada&prompt=login", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example"))
		want := map[string]string{
			"client_id": mockokta.DefaultClientID, "redirect_uri": app.URL + testkit.CallbackPath, "response_type": "code",
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
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{
		"OKTA_PROMPT": "consent", "OKTA_RESPONSE_MODE": "form_post", "OKTA_SCOPES": "openid email offline_access",
	}})
	q := apptest.AuthorizeQuery(t, app, app.Browser().Get(testkit.LoginPath))
	for name, want := range map[string]string{"prompt": "consent", "response_mode": "form_post", "scope": "openid email offline_access"} {
		if got := q.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := apptest.AuthorizeQuery(t, app, app.Browser().Get(testkit.LoginPath+"?prompt=login")).Get("prompt"); got != "login" {
		t.Errorf("prompt of the link: %q", got)
	}
}

func TestLoginRefuses(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
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
		{"an issuer that begins as ours", "iss=" + url.QueryEscape(app.Org.Issuer()+".evil.example")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := app.Browser()
			r := b.Get(testkit.LoginPath + "?" + test.query)
			apptest.CheckRefused(t, b, r, http.StatusBadRequest, "That request can't be understood")
			if len(r.Cookies()) > 0 {
				t.Errorf("cookies %v", r.Cookies())
			}
		})
	}
}

func TestDashboardStartsASignIn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for _, issuer := range []string{app.Org.Issuer(), app.Org.OrgIssuer()} {
		b := app.Browser()
		if r := b.SignIn("/login?iss="+url.QueryEscape(issuer), testkit.Ada); r.StatusCode != http.StatusOK || !b.SignedIn() {
			t.Errorf("iss=%s: status %d", issuer, r.StatusCode)
		}
	}
}

// Scripts can follow no redirect to Okta: they get a status and problem JSON
// (RFC 9457).
func TestScriptsGetAStatus(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	ways := map[string][]string{
		"Accept":         {"Accept", "application/json"},
		"problem JSON":   {"Accept", "application/problem+json, application/json;q=0.9"},
		"fetch":          {"Sec-Fetch-Mode", "cors"},
		"same-origin":    {"Sec-Fetch-Mode", "same-origin", "Accept", "*/*"},
		"no-cors":        {"Sec-Fetch-Mode", "no-cors"},
		"fetch for HTML": {"Sec-Fetch-Mode", "cors", "Accept", "text/html"},
	}
	for name, headers := range ways {
		for _, path := range []string{"/greet", "/profile", apptest.ProfilePath, "/login", testkit.LoginPath, "/api/me"} {
			t.Run(name+path, func(t *testing.T) {
				t.Parallel()
				r := app.Browser().Get(path, headers...)
				if headers[0] == "Accept" && strings.Contains(path, "login") { // a program that asks for a sign-in gets one
					apptest.AuthorizeQuery(t, app, r)
					return
				}
				p := apptest.ProblemJSON(t, r)
				if r.StatusCode != http.StatusUnauthorized || r.Location() != "" || r.Header.Get("WWW-Authenticate") == "" || len(r.Cookies()) > 0 {
					t.Errorf("status %d, Location %q, WWW-Authenticate %q, cookies %v", r.StatusCode, r.Location(), r.Header.Get("WWW-Authenticate"), r.Cookies())
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
		if r := app.Browser().Get("/greet", headers...); r.StatusCode != http.StatusSeeOther || r.Location() != testkit.LoginPath+"?return_to=%2Fgreet" {
			t.Errorf("%v: status %d to %q, want a person's redirect", headers, r.StatusCode, r.Location())
		}
	}
}

// Page views cost nothing at Okta, and a sign-in two requests.
func TestRequestsToOkta(t *testing.T) {
	t.Parallel()
	const signIns, atOnce, views = 100, 50, 100
	app := apptest.Start(t, apptest.Setup{})

	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	browsers := make([]*apptest.Browser, signIns)
	for i := range browsers {
		browsers[i] = app.Browser()
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if r := browsers[i].SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
				t.Errorf("sign-in %d: status %d", i, r.StatusCode)
			}
		})
	}
	wg.Wait()
	for endpoint, want := range map[string][2]int{"token": {signIns, signIns}, "userinfo": {signIns, signIns}, "discovery": {1, 2}, "keys": {1, 1}} {
		if got := app.Org.Count(endpoint); got < want[0] || got > want[1] {
			t.Errorf("%s: %d requests, want %d to %d", endpoint, got, want[0], want[1])
		}
	}

	app.Org.ResetCounts()
	for range views / 4 {
		for _, path := range []string{"/", "/greet", apptest.ProfilePath, "/api/me"} {
			if r := browsers[0].Get(path); r.StatusCode != http.StatusOK {
				t.Fatalf("%s: status %d", path, r.StatusCode)
			}
		}
	}
	if got := app.Org.Count("") + app.Org.Count("authorize"); got != 0 {
		t.Errorf("%d page views cost %d requests to Okta", views, got)
	}
}
