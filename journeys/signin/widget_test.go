package signin_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestWidgetPage(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	r := b.Get(apptest.CustomPath+"?return_to=%2Fgreet%3Fa%3D1&login_hint=ada", "Accept-Language", "de")
	w := b.Widget(r)
	page := r.Page(t)
	policy := r.Header.Get("Content-Security-Policy")
	nonce := page.Find("script").First().AttrOr("nonce", "")
	for _, want := range []string{"default-src 'none'", "script-src 'nonce-" + nonce + "';", "connect-src 'self' " + app.Org.URL() + ";", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if len(nonce) < 22 || strings.Contains(policy, "unsafe") || page.Find("script:not([nonce='"+nonce+"']), style, [style], [onload]").Length() > 0 {
		t.Errorf("the page and its policy do not fit: %s\n%s", policy, r.Body)
	}
	if r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("headers %v", r.Header)
	}
	if again := b.Get(apptest.CustomPath).Page(t).Find("script").First().AttrOr("nonce", ""); again == nonce {
		t.Error("the nonce is the same twice")
	}
	if w.Widget.Username != "ada" || w.Widget.Language != "de" || w.Widget.UseClassicEngine || w.Stale != 480 {
		t.Errorf("the widget is given %+v", w)
	}
	if strings.Contains(strings.ToLower(r.Body), "verifier") || strings.Contains(r.Body, mockokta.DefaultClientSecret) {
		t.Error("the page holds a secret")
	}
	hosted, err := url.Parse(page.Find("#hosted-sign-in").AttrOr("href", ""))
	if err != nil || hosted.Path != testkit.LoginPath || hosted.Query().Get("return_to") != "/greet?a=1" || hosted.Query().Get("login_hint") != "ada" {
		t.Errorf("the hosted page is at %v, %v", hosted, err)
	}
	if q := apptest.AuthorizeQuery(t, app, b.Get(hosted.String())); q.Get("login_hint") != "ada" {
		t.Errorf("the hosted page is asked %v", q)
	}
	for name, tc := range map[string]struct {
		method  string
		headers []string
		want    int
	}{
		"HEAD":        {http.MethodHead, nil, http.StatusNoContent},
		"speculative": {http.MethodGet, []string{"Sec-Purpose", "prefetch"}, http.StatusNoContent},
		"script":      {http.MethodGet, []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, http.StatusUnauthorized},
	} {
		if r := app.Browser().Do(tc.method, apptest.CustomPath, nil, tc.headers...); r.StatusCode != tc.want {
			t.Errorf("%s: status %d, want %d", name, r.StatusCode, tc.want)
		}
	}
	if r := app.Browser().Get(apptest.CustomPath+"?return_to=%2Fx", "Host", "other.example"); r.Location() != app.URL+apptest.CustomPath+"?moved=1&return_to=%2Fx" {
		t.Errorf("under another name: status %d to %q", r.StatusCode, r.Location())
	}
	for _, query := range []string{"return_to=//evil.example", "prompt=bogus", "iss=https://evil.example", "display=popup&origin=https://evil.example", "login_hint=" + strings.Repeat("a", 300), "recovery_token=" + strings.Repeat("a", 600), "state=a&state=b"} {
		if r := app.Browser().Get(apptest.CustomPath + "?" + query); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", query, r.StatusCode)
		}
	}
}

func TestClosedPagesLeadToTheWidget(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	b := app.Browser()
	if r := b.Get("/greet?a=1"); r.Location() != apptest.CustomPath+"?return_to=%2Fgreet%3Fa%3D1" {
		t.Errorf("a closed page leads to %q", r.Location())
	}
	if r := b.Get("/login?return_to=%2Fgreet"); r.Location() != apptest.CustomPath+"?return_to=%2Fgreet" {
		t.Errorf("/login leads to %q", r.Location())
	}
	if r := b.Get("/"); r.Page(t).Find("#login-button").AttrOr("href", "") != apptest.CustomPath {
		t.Error("the front page leads elsewhere")
	}
	if r := b.Get(testkit.LoginPath); !strings.HasPrefix(r.Location(), app.Org.Issuer()) {
		t.Errorf("the hosted way leads to %q", r.Location())
	}
	if got := b.Get("/").Page(t).Find("#other-way").AttrOr("href", ""); got != testkit.LoginPath { // the org is on this machine
		t.Errorf("the other way on the front page is %q", got)
	}
	hosted := apptest.Start(t, apptest.Setup{}).Browser()
	if got := hosted.Get("/").Page(t).Find("#other-way").AttrOr("href", ""); got != apptest.CustomPath {
		t.Errorf("without SIGN_IN=widget the other way is %q", got)
	}
	elsewhere := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default"}}).Browser()
	if elsewhere.Get("/").Page(t).Find("#other-way").Length() != 0 {
		t.Error("an app of a real org offers two ways")
	}
}

func TestWidgetSignsIn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	b := app.Browser()
	w := b.Widget(b.Get(apptest.CustomPath + "?return_to=%2Fgreet%3Fa%3D1"))
	callback := b.Interact(w, testkit.Ada)
	before := app.Org.Count("token")
	r := b.Get(callback)
	if r.StatusCode != http.StatusSeeOther || r.Location() != "/greet?a=1" || !b.SignedIn() {
		t.Fatalf("status %d to %q", r.StatusCode, r.Location())
	}
	if got := app.Org.Count("token") - before; got != 1 {
		t.Errorf("%d token requests", got)
	}
	if r := b.Get("/metrics"); !strings.Contains(r.Body, `okta_sign_ins_total{outcome="success"} 1`) {
		t.Error("the sign-in is not counted")
	}
	if r := b.Get(callback); r.Location() != "/" { // the same once more
		t.Errorf("once more: status %d to %q", r.StatusCode, r.Location())
	}
	if r := b.Get(apptest.CustomPath + "?return_to=%2Fgreet"); r.Location() != "/greet" {
		t.Errorf("signed in already: status %d to %q", r.StatusCode, r.Location())
	}
	if len(b.Attempts()) != 0 {
		t.Errorf("%d attempts are left", len(b.Attempts()))
	}
}

func TestWhatTheWidgetCannotAskIsAskedAtOkta(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	for _, prompt := range []string{"none", "consent", "login consent"} {
		r := app.Browser().Get(apptest.CustomPath + "?" + url.Values{"prompt": {prompt}}.Encode())
		if q := apptest.AuthorizeQuery(t, app, r); q.Get("prompt") != prompt {
			t.Errorf("%s: asked %v", prompt, q)
		}
	}
	b := app.Browser()
	b.Get(b.Interact(b.Widget(b.Get(apptest.CustomPath)), testkit.Ada))
	w := b.Widget(b.Get(apptest.CustomPath + "?prompt=login&return_to=%2Fgreet"))
	if r := b.Get(b.Interact(w, testkit.Grace)); r.Location() != "/greet" {
		t.Errorf("as somebody else: status %d to %q", r.StatusCode, r.Location())
	}
	if r := b.Get("/api/me"); !strings.Contains(r.Body, testkit.Grace) {
		t.Errorf("signed in as %s", r.Body)
	}
}

func TestEngineIsTheOrgsOwnWord(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		setting string
		classic bool // the org
		want    bool
		asked   int
	}{{"", false, false, 1}, {"", true, true, 1}, {"identity", true, false, 0}, {"classic", false, true, 0}} {
		app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_ENGINE": tc.setting}})
		app.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
		b := app.Browser()
		for range 3 {
			w := b.Widget(b.Get(apptest.CustomPath))
			if w.Widget.UseClassicEngine != tc.want {
				t.Errorf("%+v: classic %t", tc, w.Widget.UseClassicEngine)
			}
			if tc.want && (w.Widget.AuthParams["codeChallenge"] == nil || w.Widget.AuthParams["nonce"] == nil || w.Widget.AuthParams["pkce"] != nil) {
				t.Errorf("%+v: given %v", tc, w.Widget.AuthParams)
			}
		}
		if got := app.Org.Count("organization"); got != tc.asked {
			t.Errorf("%+v: asked %d times", tc, got)
		}
	}
	away := apptest.Start(t, apptest.Setup{})
	away.Org.Close()
	b := away.Browser()
	if w := b.Widget(b.Get(apptest.CustomPath)); w.Widget.UseClassicEngine || !strings.Contains(away.Logs.String(), "does not say which engine") {
		t.Errorf("while Okta is away: %+v", w)
	}
}

func TestClassicWidgetSignsIn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	app.Org.Set(func(k *mockokta.Knobs) { k.Classic = true })
	b := app.Browser()
	params := b.Widget(b.Get(apptest.CustomPath + "?return_to=%2Fgreet")).Widget.AuthParams
	req, err := http.NewRequest(http.MethodPost, app.Org.URL()+"/api/v1/authn", strings.NewReader(`{"username":"`+testkit.Ada+`","password":"`+testkit.PasswordOf(testkit.Ada)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	var answer struct{ SessionToken string }
	if err := json.Unmarshal([]byte(b.Send(req).Body), &answer); err != nil || answer.SessionToken == "" {
		t.Fatalf("no session token: %v", err)
	}
	r := b.Get(app.Org.Issuer() + "/v1/authorize?" + url.Values{
		"client_id": {mockokta.DefaultClientID}, "redirect_uri": {app.URL + testkit.CallbackPath}, "response_type": {"code"}, "scope": {"openid profile email"},
		"sessionToken": {answer.SessionToken}, "state": {params["state"].(string)}, "nonce": {params["nonce"].(string)},
		"code_challenge": {params["codeChallenge"].(string)}, "code_challenge_method": {"S256"},
	}.Encode())
	if r = b.Follow(r); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
	if q := apptest.AuthorizeQuery(t, app, b.Get(apptest.CustomPath+"?prompt=login")); q.Get("prompt") != "login" {
		t.Errorf("to ask anew, Okta is asked %v", q)
	}
}

func TestWidgetInAPopup(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"}})
	b := app.Browser()
	r := b.Get(apptest.CustomPath + "?display=popup&origin=https%3A%2F%2Fspa.example")
	if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != "" {
		t.Errorf("the opener is cut off: %s", got)
	}
	if got := b.Get(apptest.CustomPath).Header.Get("Cross-Origin-Opener-Policy"); got != "same-origin" {
		t.Errorf("without a pop-up: %q", got)
	}
	done := b.Get(b.Interact(b.Widget(r), testkit.Ada))
	if got := done.Page(t).Find("#popup-done").AttrOr("data-result", ""); got != "success" {
		t.Errorf("the window that waits is told %q", got)
	}
}
