package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/mockokta"
)

const customPath = "/authorization-code/login-custom"

// shownWidget is what a page gives the widget.
type shownWidget struct {
	Widget struct {
		Issuer, ClientID, RedirectURI, State, Nonce, CodeChallenge, CodeChallengeMethod, Language, Username, OTP, RecoveryToken string

		Scopes           []string
		UseClassicEngine bool
		AuthParams       map[string]any
	}
	Resume, Report string
	Stale          int
}

// widget reads the page r, which must show the widget.
func (b *browser) widget(r reply) shownWidget {
	b.t.Helper()
	config, shown := r.page(b.t).Find("#sign-in-widget").Attr("data-config")
	if !shown || r.StatusCode != http.StatusOK {
		b.t.Fatalf("status %d at %s, want the widget; it goes on to %q", r.StatusCode, r.Request.URL, r.location())
	}
	var w shownWidget
	if err := json.Unmarshal([]byte(config), &w); err != nil {
		b.t.Fatal(err)
	}
	return w
}

// interact does with Identity Engine what the widget does, and returns where that goes
// in the end: the callback.
func (b *browser) interact(w shownWidget, login string) string {
	b.t.Helper()
	form := url.Values{
		"client_id": {w.Widget.ClientID}, "redirect_uri": {w.Widget.RedirectURI}, "scope": {strings.Join(w.Widget.Scopes, " ")},
		"state": {w.Widget.State}, "nonce": {w.Widget.Nonce}, "code_challenge": {w.Widget.CodeChallenge}, "code_challenge_method": {w.Widget.CodeChallengeMethod},
	}
	for option, name := range map[string]string{"acrValues": "acr_values", "maxAge": "max_age"} {
		if value, asked := w.Widget.AuthParams[option].(string); asked {
			form.Set(name, value)
		}
	}
	r := b.post(w.Widget.Issuer+"/v1/interact", form)
	var answer struct {
		Handle  string `json:"interaction_handle"`
		State   string `json:"stateHandle"`
		Success struct {
			Value []struct{ Name, Value string }
		} `json:"successWithInteractionCode"`
	}
	step := func(r reply) {
		b.t.Helper()
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != http.StatusOK {
			b.t.Fatalf("%s: status %d, %v\n%s", r.Request.URL, r.StatusCode, err, r.body)
		}
	}
	step(r)
	ask := func(path string, body map[string]any) {
		b.t.Helper()
		content, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		req, err := http.NewRequest(http.MethodPost, b.app.org.URL()+"/idp/idx/"+path, strings.NewReader(string(content)))
		if err != nil {
			b.t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		step(b.send(req))
	}
	ask("introspect", map[string]any{"interactionHandle": answer.Handle})
	ask("identify", map[string]any{"stateHandle": answer.State, "identifier": login})
	ask("challenge/answer", map[string]any{"stateHandle": answer.State, "credentials": map[string]string{"passcode": passwordOf(login)}})
	for _, field := range answer.Success.Value {
		if field.Name == "interaction_code" {
			return w.Widget.RedirectURI + "?" + url.Values{"interaction_code": {field.Value}, "state": {w.Widget.State}}.Encode()
		}
	}
	b.t.Fatal("there is no interaction code")
	return ""
}

var withWidget = map[string]string{"SIGN_IN": "widget"}

func TestWidgetPage(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	r := b.get(customPath+"?return_to=%2Fgreet%3Fa%3D1&login_hint=ada", "Accept-Language", "de")
	w := b.widget(r)
	page := r.page(t)
	policy := r.Header.Get("Content-Security-Policy")
	nonce := page.Find("script").First().AttrOr("nonce", "")
	for _, want := range []string{"default-src 'none'", "script-src 'nonce-" + nonce + "';", "connect-src 'self' " + app.org.URL() + ";", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy lacks %q: %s", want, policy)
		}
	}
	if len(nonce) < 22 || strings.Contains(policy, "unsafe") || page.Find("script:not([nonce='"+nonce+"']), style, [style], [onload]").Length() > 0 {
		t.Errorf("the page and its policy do not fit: %s\n%s", policy, r.body)
	}
	if r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("headers %v", r.Header)
	}
	if again := b.get(customPath).page(t).Find("script").First().AttrOr("nonce", ""); again == nonce {
		t.Error("the nonce is the same twice")
	}
	if w.Widget.Username != "ada" || w.Widget.Language != "de" || w.Widget.UseClassicEngine || w.Stale != 480 {
		t.Errorf("the widget is given %+v", w)
	}
	if strings.Contains(strings.ToLower(r.body), "verifier") || strings.Contains(r.body, mockokta.DefaultClientSecret) {
		t.Error("the page holds a secret")
	}
	hosted, err := url.Parse(page.Find("#hosted-sign-in").AttrOr("href", ""))
	if err != nil || hosted.Path != loginPath || hosted.Query().Get("return_to") != "/greet?a=1" || hosted.Query().Get("login_hint") != "ada" {
		t.Errorf("the hosted page is at %v, %v", hosted, err)
	}
	if q := authorizeQuery(t, app, b.get(hosted.String())); q.Get("login_hint") != "ada" {
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
		if r := app.browser().do(tc.method, customPath, nil, tc.headers...); r.StatusCode != tc.want {
			t.Errorf("%s: status %d, want %d", name, r.StatusCode, tc.want)
		}
	}
	if r := app.browser().get(customPath+"?return_to=%2Fx", "Host", "other.example"); r.location() != app.URL+customPath+"?moved=1&return_to=%2Fx" {
		t.Errorf("under another name: status %d to %q", r.StatusCode, r.location())
	}
	for _, query := range []string{"return_to=//evil.example", "prompt=bogus", "iss=https://evil.example", "display=popup&origin=https://evil.example", "login_hint=" + strings.Repeat("a", 300), "recovery_token=" + strings.Repeat("a", 600), "state=a&state=b"} {
		if r := app.browser().get(customPath + "?" + query); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", query, r.StatusCode)
		}
	}
}

func TestClosedPagesLeadToTheWidget(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	b := app.browser()
	if r := b.get("/greet?a=1"); r.location() != customPath+"?return_to=%2Fgreet%3Fa%3D1" {
		t.Errorf("a closed page leads to %q", r.location())
	}
	if r := b.get("/login?return_to=%2Fgreet"); r.location() != customPath+"?return_to=%2Fgreet" {
		t.Errorf("/login leads to %q", r.location())
	}
	if got := app.auth.LoginURL("/greet"); got != customPath+"?return_to=%2Fgreet" {
		t.Errorf("LoginURL is %q", got)
	}
	if r := b.get("/"); r.page(t).Find("#login-button").AttrOr("href", "") != customPath {
		t.Error("the front page leads elsewhere")
	}
	if r := b.get(loginPath); !strings.HasPrefix(r.location(), app.org.Issuer()) {
		t.Errorf("the hosted way leads to %q", r.location())
	}
	if got := b.get("/").page(t).Find("#other-way").AttrOr("href", ""); got != loginPath { // the org is on this machine
		t.Errorf("the other way on the front page is %q", got)
	}
	hosted := start(t, setup{}).browser()
	if got := hosted.get("/").page(t).Find("#other-way").AttrOr("href", ""); got != customPath {
		t.Errorf("without SIGN_IN=widget the other way is %q", got)
	}
	elsewhere := start(t, setup{env: map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default"}}).browser()
	if elsewhere.get("/").page(t).Find("#other-way").Length() != 0 {
		t.Error("an app of a real org offers two ways")
	}
}

func TestWidgetAnswersByQueryWhateverTheMode(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"SIGN_IN": "widget", "OKTA_RESPONSE_MODE": "form_post"}})
	b := app.browser()
	if r := b.get(b.interact(b.widget(b.get(customPath+"?return_to="+customPath)), ada)); r.location() != "/" || !b.signedIn() {
		t.Errorf("status %d to %q", r.StatusCode, r.location())
	}
}

func TestWidgetSignsIn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	b := app.browser()
	w := b.widget(b.get(customPath + "?return_to=%2Fgreet%3Fa%3D1"))
	callback := b.interact(w, ada)
	before := app.org.Count("token")
	r := b.get(callback)
	if r.StatusCode != http.StatusSeeOther || r.location() != "/greet?a=1" || !b.signedIn() {
		t.Fatalf("status %d to %q", r.StatusCode, r.location())
	}
	if got := app.org.Count("token") - before; got != 1 {
		t.Errorf("%d token requests", got)
	}
	if r := b.get("/metrics"); !strings.Contains(r.body, `okta_sign_ins_total{outcome="success"} 1`) {
		t.Error("the sign-in is not counted")
	}
	if r := b.get(callback); r.location() != "/" { // the same once more
		t.Errorf("once more: status %d to %q", r.StatusCode, r.location())
	}
	if r := b.get(customPath + "?return_to=%2Fgreet"); r.location() != "/greet" {
		t.Errorf("signed in already: status %d to %q", r.StatusCode, r.location())
	}
	if len(b.attempts()) != 0 {
		t.Errorf("%d attempts are left", len(b.attempts()))
	}
}

func TestBadAnswersOfTheWidget(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	good := func(b *browser) (callback string, w shownWidget) {
		w = b.widget(b.get(customPath + "?return_to=%2Fgreet"))
		return b.interact(w, ada), w
	}
	with := func(callback, name, value string) string {
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	for name, visit := range map[string]func(b *browser) reply{
		"a spent code": func(b *browser) reply {
			other := app.browser()
			callback, w := good(other)
			other.get(callback)
			mine := b.widget(b.get(customPath))
			return b.get(strings.Replace(callback, w.Widget.State, mine.Widget.State, 1))
		},
		"another browser's code": func(b *browser) reply {
			callback, w := good(app.browser())
			mine := b.widget(b.get(customPath))
			return b.get(strings.Replace(callback, w.Widget.State, mine.Widget.State, 1))
		},
		"a made-up code": func(b *browser) reply {
			return b.get(callbackPath + "?interaction_code=made-up&state=" + b.widget(b.get(customPath)).Widget.State)
		},
		"no attempt of this browser": func(b *browser) reply {
			callback, _ := good(app.browser())
			return b.get(callback)
		},
		"no state": func(b *browser) reply {
			callback, _ := good(b)
			return b.get(with(callback, "state", ""))
		},
		"two codes": func(b *browser) reply {
			callback, _ := good(b)
			return b.get(with(callback, "code", "x"))
		},
		"no code": func(b *browser) reply {
			callback, _ := good(b)
			return b.get(with(callback, "interaction_code", ""))
		},
		"another issuer": func(b *browser) reply {
			callback, _ := good(b)
			return b.get(with(callback, "iss", "https://evil.example"))
		},
		"posted": func(b *browser) reply {
			callback, _ := good(b)
			u, err := url.Parse(callback)
			if err != nil {
				t.Fatal(err)
			}
			return b.post(callbackPath, u.Query())
		},
		"an attempt at the hosted page": func(b *browser) reply {
			callback, w := good(b)
			return b.get(strings.Replace(callback, w.Widget.State, authorizeQuery(t, app, b.get(loginPath)).Get("state"), 1))
		},
		"too late": func(b *browser) reply {
			late := start(t, setup{env: withWidget})
			b.app = late
			callback, _ := good(b)
			late.clock.add(11 * time.Minute)
			return b.get(callback)
		},
		"a link without state": func(b *browser) reply { good(b); return b.get(callbackPath + "?otp=123456") },
		"a link of another browser": func(b *browser) reply {
			_, w := good(app.browser())
			return b.get(callbackPath + "?otp=123456&state=" + w.Widget.State)
		},
		"a link to the hosted page": func(b *browser) reply {
			return b.get(callbackPath + "?otp=123456&state=" + authorizeQuery(t, app, b.get(loginPath)).Get("state"))
		},
		"a long link": func(b *browser) reply {
			_, w := good(b)
			return b.get(callbackPath + "?otp=" + strings.Repeat("1", 65) + "&state=" + w.Widget.State)
		},
		"a link with a code": func(b *browser) reply {
			callback, _ := good(b)
			return b.get(callback + "&otp=123456")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := app.browser()
			r := visit(b)
			if r.StatusCode != http.StatusBadRequest || b.signedIn() {
				t.Errorf("status %d to %q, signed in %t", r.StatusCode, r.location(), b.signedIn())
			}
			if got := r.page(t).Find(".actions a.button").First().AttrOr("href", ""); !strings.HasPrefix(got, customPath) {
				t.Errorf("the new start is at %q", got)
			}
		})
	}
}

func TestInteractionRequiredShowsTheWidgetAgain(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	b := app.browser()
	w := b.widget(b.get(customPath + "?return_to=%2Fgreet"))
	for _, query := range []string{"error=interaction_required&error_description=x", "otp=123456"} {
		again := b.widget(b.get(callbackPath + "?" + query + "&state=" + w.Widget.State))
		if again.Widget.State != w.Widget.State || again.Widget.CodeChallenge != w.Widget.CodeChallenge || again.Widget.Nonce != w.Widget.Nonce {
			t.Errorf("%s: another sign-in is shown", query)
		}
		if want := map[bool]string{true: "123456"}[strings.HasPrefix(query, "otp")]; again.Widget.OTP != want {
			t.Errorf("%s: the widget is given the code %q", query, again.Widget.OTP)
		}
	}
	if again := b.widget(b.get(w.Resume)); again.Widget.State != w.Widget.State {
		t.Error("a reload shows another sign-in")
	}
	app.clock.add(8 * time.Minute)
	stale := b.widget(b.get(w.Resume))
	if stale.Widget.State == w.Widget.State || stale.Widget.CodeChallenge == w.Widget.CodeChallenge {
		t.Error("a stale sign-in is shown again")
	}
	if r := b.get(b.interact(stale, ada)); r.location() != "/greet" {
		t.Errorf("then: status %d to %q", r.StatusCode, r.location())
	}

	r := app.browser().get(callbackPath + "?error=interaction_required&state=unknown")
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("of an unknown sign-in: status %d", r.StatusCode)
	}
}

func TestWidgetStepsUp(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget, routes: func(auth further) {
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR(strong), func(c *gin.Context) { c.String(http.StatusOK, "inside") })
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(0), func(c *gin.Context) { c.String(http.StatusOK, "inside") })
	}})
	b := app.browser()
	b.get(b.interact(b.widget(b.get(customPath)), ada))
	if !b.signedIn() {
		t.Fatal("nobody is signed in")
	}
	for path, option := range map[string]string{"/strong": "acrValues=" + strong, "/recent": "maxAge=0"} {
		app.clock.add(3 * time.Minute)
		r := b.follow(b.get(path))
		w := b.widget(r)
		name, want, _ := strings.Cut(option, "=")
		if got := w.Widget.AuthParams[name]; got != want {
			t.Errorf("%s: %s is %v", path, name, got)
		}
		hosted := r.page(t).Find("#hosted-sign-in").AttrOr("href", "")
		if q := authorizeQuery(t, app, b.get(hosted)); q.Get("acr_values")+q.Get("max_age") != want {
			t.Errorf("%s: the hosted page is asked %v", path, q)
		}
		if r := b.follow(b.get(b.interact(w, ada))); r.body != "inside" {
			t.Errorf("%s: status %d at %s", path, r.StatusCode, r.Request.URL)
		}
	}
}

func TestWhatTheWidgetCannotAskIsAskedAtOkta(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	for _, prompt := range []string{"none", "consent", "login consent"} {
		r := app.browser().get(customPath + "?" + url.Values{"prompt": {prompt}}.Encode())
		if q := authorizeQuery(t, app, r); q.Get("prompt") != prompt {
			t.Errorf("%s: asked %v", prompt, q)
		}
	}
	b := app.browser()
	b.get(b.interact(b.widget(b.get(customPath)), ada))
	w := b.widget(b.get(customPath + "?prompt=login&return_to=%2Fgreet"))
	if r := b.get(b.interact(w, grace)); r.location() != "/greet" {
		t.Errorf("as somebody else: status %d to %q", r.StatusCode, r.location())
	}
	if r := b.get("/api/me"); !strings.Contains(r.body, grace) {
		t.Errorf("signed in as %s", r.body)
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
		app := start(t, setup{env: map[string]string{"OKTA_ENGINE": tc.setting}})
		app.org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
		b := app.browser()
		for range 3 {
			w := b.widget(b.get(customPath))
			if w.Widget.UseClassicEngine != tc.want {
				t.Errorf("%+v: classic %t", tc, w.Widget.UseClassicEngine)
			}
			if tc.want && (w.Widget.AuthParams["codeChallenge"] == nil || w.Widget.AuthParams["nonce"] == nil || w.Widget.AuthParams["pkce"] != nil) {
				t.Errorf("%+v: given %v", tc, w.Widget.AuthParams)
			}
		}
		if got := app.org.Count("organization"); got != tc.asked {
			t.Errorf("%+v: asked %d times", tc, got)
		}
	}
	away := start(t, setup{})
	away.org.Close()
	b := away.browser()
	if w := b.widget(b.get(customPath)); w.Widget.UseClassicEngine || !strings.Contains(away.logs.String(), "does not say which engine") {
		t.Errorf("while Okta is away: %+v", w)
	}
}

func TestClassicWidgetSignsIn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withWidget})
	app.org.Set(func(k *mockokta.Knobs) { k.Classic = true })
	b := app.browser()
	params := b.widget(b.get(customPath + "?return_to=%2Fgreet")).Widget.AuthParams
	req, err := http.NewRequest(http.MethodPost, app.org.URL()+"/api/v1/authn", strings.NewReader(`{"username":"`+ada+`","password":"`+passwordOf(ada)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	var answer struct{ SessionToken string }
	if err := json.Unmarshal([]byte(b.send(req).body), &answer); err != nil || answer.SessionToken == "" {
		t.Fatalf("no session token: %v", err)
	}
	r := b.get(app.org.Issuer() + "/v1/authorize?" + url.Values{
		"client_id": {mockokta.DefaultClientID}, "redirect_uri": {app.URL + callbackPath}, "response_type": {"code"}, "scope": {"openid profile email"},
		"sessionToken": {answer.SessionToken}, "state": {params["state"].(string)}, "nonce": {params["nonce"].(string)},
		"code_challenge": {params["codeChallenge"].(string)}, "code_challenge_method": {"S256"},
	}.Encode())
	if r = b.follow(r); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
	if q := authorizeQuery(t, app, b.get(customPath+"?prompt=login")); q.Get("prompt") != "login" {
		t.Errorf("to ask anew, Okta is asked %v", q)
	}
}

func TestWidgetInAPopup(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"}})
	b := app.browser()
	r := b.get(customPath + "?display=popup&origin=https%3A%2F%2Fspa.example")
	if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != "" {
		t.Errorf("the opener is cut off: %s", got)
	}
	if got := b.get(customPath).Header.Get("Cross-Origin-Opener-Policy"); got != "same-origin" {
		t.Errorf("without a pop-up: %q", got)
	}
	done := b.get(b.interact(b.widget(r), ada))
	if got := done.page(t).Find("#popup-done").AttrOr("data-result", ""); got != "success" {
		t.Errorf("the window that waits is told %q", got)
	}
}

func TestTokensOfMailsArePassedOn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/login", ada)
	w := b.widget(b.get(customPath + "?recovery_token=rrr"))
	if w.Widget.RecoveryToken != "rrr" || strings.Contains(w.Resume, "rrr") {
		t.Errorf("the widget is given %+v", w)
	}
	if w := b.widget(b.get(customPath + "?activation_token=aaa")); w.Widget.AuthParams["activationToken"] != "aaa" {
		t.Errorf("the widget is given %+v", w)
	}
}

func TestWhatKeepsTheWidgetAwayIsLogged(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	w := b.widget(b.get(customPath))
	const place = "Security → API → Trusted Origins"
	report := func(b *browser, state, reason string, headers ...string) int {
		return b.post(w.Report, url.Values{"state": {state}, "reason": {reason}}, headers...).StatusCode
	}
	if got := report(b, w.Widget.State, "origin", "Sec-Fetch-Site", "cross-site"); got != http.StatusForbidden {
		t.Errorf("from another site: status %d", got)
	}
	if got := report(b, w.Widget.State, "nonsense\nline"); got != http.StatusBadRequest {
		t.Errorf("an unknown word: status %d", got)
	}
	if got := report(app.browser(), w.Widget.State, "origin"); got != http.StatusNoContent || strings.Contains(app.logs.String(), place) {
		t.Errorf("from a browser without the sign-in: status %d, logged %t", got, strings.Contains(app.logs.String(), place))
	}
	for range 50 {
		if got := report(b, w.Widget.State, "origin"); got != http.StatusNoContent {
			t.Fatalf("status %d", got)
		}
	}
	if got := strings.Count(app.logs.String(), place); got < 1 || got > 12 {
		t.Errorf("%d lines name the place", got)
	}
	if r := b.get("/metrics"); !strings.Contains(r.body, `okta_sign_ins_total{outcome="widget_origin"}`) {
		t.Error("it is not counted")
	}
	if r := b.get(w.Report); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", r.StatusCode)
	}
}

func TestWidgetFilesAreServedBelowTheBasePath(t *testing.T) {
	t.Parallel()
	plain := start(t, setup{})
	below := start(t, setup{env: map[string]string{"BASE_URL": plain.URL + "/portal"}})
	for base, app := range map[string]*app{"": plain, "/portal": below} {
		b := app.browser()
		r := b.get(base+customPath, "Host", strings.TrimPrefix(plain.URL, "http://"))
		found := 0
		r.page(t).Find("script[src], link[rel=stylesheet]").Each(func(_ int, e *goquery.Selection) {
			address := e.AttrOr("src", e.AttrOr("href", ""))
			if !strings.Contains(address, "/widget/") {
				return
			}
			found++
			file := b.get(address)
			if file.StatusCode != http.StatusOK || !strings.HasPrefix(address, base+"/authorization-code/widget/7.") || file.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: status %d, %v", address, file.StatusCode, file.Header)
			}
		})
		if found != 4 {
			t.Errorf("the page loads %d files of the widget", found)
		}
	}
	if r := plain.browser().get("/authorization-code/widget/7.0.0/start.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("of another version: status %d", r.StatusCode)
	}
}
