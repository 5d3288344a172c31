package answers_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

const unreachable = "Okta can't be reached"

// hang keeps requests to an endpoint waiting until they are given up.
func hang(endpoint string) func(*mockokta.Knobs) {
	return apptest.Intercept(endpoint, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then is a lost connection noticed
		<-r.Context().Done()
	})
}

// redirect sends requests to an endpoint on, to where a good answer is to be had.
func redirect(endpoint string) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(name string, w http.ResponseWriter, r *http.Request) bool {
			if name != endpoint || r.URL.Query().Has("again") {
				return false
			}
			http.Redirect(w, r, r.URL.Path+"?again=1", http.StatusTemporaryRedirect)
			return true
		}
	}
}

// wellAgain undoes what the functions above did.
func wellAgain(k *mockokta.Knobs) {
	k.Intercept, k.TamperDiscovery, k.TamperUserinfo, k.TamperKeys, k.RateLimited = nil, nil, nil, nil, nil
}

const (
	jsonType = "application/json"
	htmlType = "text/html"
)

func TestDiscoveryFails(t *testing.T) {
	t.Parallel()
	document := func(change func(apptest.Object)) func(*mockokta.Knobs) {
		return func(k *mockokta.Knobs) { k.TamperDiscovery = change }
	}
	lacks := func(name string) func(*mockokta.Knobs) { return document(func(d apptest.Object) { delete(d, name) }) }
	tests := []struct {
		name    string
		knob    func(*mockokta.Knobs)
		status  int
		heading string
	}{
		{"another issuer", document(func(d apptest.Object) { d["issuer"] = "https://evil.example" }), 502, apptest.Unverified},
		{"issuer with a slash more", document(func(d apptest.Object) { d["issuer"] = d["issuer"].(string) + "/" }), 502, apptest.Unverified},
		{"no issuer", lacks("issuer"), 502, apptest.Unverified},
		{"no authorize endpoint", lacks("authorization_endpoint"), 502, apptest.Unverified},
		{"no token endpoint", lacks("token_endpoint"), 502, apptest.Unverified},
		{"no keys", lacks("jwks_uri"), 502, apptest.Unverified},
		{"endpoint of another type", document(func(d apptest.Object) { d["token_endpoint"] = 1 }), 502, apptest.Unverified},
		{"no JSON", apptest.Answer("discovery", 200, htmlType, "<h1>Welcome to the hotel</h1>"), 502, apptest.Unverified},
		{"a list", apptest.Answer("discovery", 200, jsonType, "[]"), 502, apptest.Unverified},
		{"null", apptest.Answer("discovery", 200, jsonType, "null"), 502, apptest.Unverified},
		{"nothing", apptest.Answer("discovery", 200, jsonType, ""), 502, apptest.Unverified},
		{"2 MB", apptest.Answer("discovery", 200, jsonType, `{"x":"`+strings.Repeat("x", 2<<20)+`"}`), 502, apptest.Unverified},
		{"not found", apptest.Answer("discovery", 404, jsonType, "{}"), 502, apptest.Unverified},
		{"failure", apptest.Answer("discovery", 500, jsonType, "{}"), 503, unreachable},
		{"maintenance", apptest.Answer("discovery", 503, htmlType, "<h1>Later</h1>"), 503, unreachable},
		{"rate limit", func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "discovery" } }, 503, unreachable},
		{"redirect", redirect("discovery"), 502, apptest.Unverified},
	}
	for _, kind := range []string{"custom", "org"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			if kind == "org" {
				env["OKTA_OAUTH2_ISSUER"] = "org"
			}
			app := apptest.Start(t, apptest.Setup{Env: env})
			b := app.Browser()
			for _, test := range tests {
				app.Org.Set(func(k *mockokta.Knobs) { wellAgain(k); test.knob(k) })
				app.Clock.Add(2 * time.Minute) // no case is spared for what came before it
				r := b.Get(testkit.LoginPath + "?return_to=%2Fgreet")
				t.Log(test.name)
				apptest.CheckRefused(t, b, r, test.status, test.heading)
				if len(r.Cookies()) > 0 || r.Page(t).Find(".actions a.button").AttrOr("href", "") != testkit.LoginPath+"?return_to=%2Fgreet" {
					t.Errorf("%s: cookies %v", test.name, r.Cookies())
				}
				if ready := b.Get("/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("%s: /readyz answers %d", test.name, ready.StatusCode)
				}
			}
			app.Org.Set(wellAgain)
			app.Clock.Add(2 * time.Minute)
			if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
				t.Errorf("then: status %d", r.StatusCode)
			}
			if r := b.Get("/readyz"); r.StatusCode != http.StatusOK {
				t.Errorf("then /readyz answers %d", r.StatusCode)
			}
		})
	}
}

func TestDiscoveryHangs(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_TIMEOUT": apptest.AtOnce}})
	app.Org.Set(hang("discovery"))
	b := app.Browser()
	r := b.Get(testkit.LoginPath + "?return_to=%2Fgreet")
	apptest.CheckRefused(t, b, r, http.StatusServiceUnavailable, unreachable)
	if len(r.Cookies()) > 0 {
		t.Errorf("cookies %v", r.Cookies())
	}
}

func TestTokenEndpointHangs(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_TIMEOUT": apptest.AtOnce}})
	b := app.Browser()
	testkit.AwaitBeside(t, "discovery", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
	callback := b.ToCallback("/greet", testkit.Ada)
	app.Org.Set(hang("token"))
	began := time.Now()
	apptest.CheckRefused(t, b, b.Get(callback), http.StatusServiceUnavailable, unreachable)
	if took := time.Since(began); took > 4*time.Second { // the usual time-out is longer
		t.Errorf("it took %v", took)
	}
}

func TestTokenEndpointFails(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	const refused = "Okta refused the sign-in"
	oauth := func(status int, code string) func(*mockokta.Knobs) {
		return apptest.Answer("token", status, jsonType, `{"error":"`+code+`","error_description":"<b>Because.</b>"}`)
	}
	tests := []struct {
		name    string
		knob    func(*mockokta.Knobs)
		status  int
		heading string
		says    string
	}{
		{"invalid client", oauth(401, "invalid_client"), 502, refused, "<b>Because.</b>"},
		{"invalid request", oauth(400, "invalid_request"), 502, refused, "<b>Because.</b>"},
		{"unauthorized client", oauth(400, "unauthorized_client"), 502, refused, "<b>Because.</b>"},
		{"unsupported grant type", oauth(400, "unsupported_grant_type"), 502, refused, "<b>Because.</b>"},
		{"invalid scope", oauth(400, "invalid_scope"), 502, refused, "<b>Because.</b>"},
		{"access denied", oauth(403, "access_denied"), 403, "Okta did not let you in", "<b>Because.</b>"},
		{"an error with status 200", oauth(200, "invalid_client"), 502, refused, "<b>Because.</b>"},
		{"rate limit", func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "token" } }, 503, unreachable, ""},
		{"failure", apptest.Answer("token", 500, jsonType, "{}"), 503, unreachable, ""},
		{"failure with an error", oauth(500, "server_error"), 503, unreachable, ""},
		{"gateway", apptest.Answer("token", 502, htmlType, "<h1>Bad Gateway</h1>"), 503, unreachable, ""},
		{"a page", apptest.Answer("token", 200, htmlType, "<h1>Welcome to the hotel</h1>"), 502, apptest.Unverified, ""},
		{"a page that says no", apptest.Answer("token", 403, htmlType, "<h1>Forbidden</h1>"), 502, apptest.Unverified, ""},
		{"nothing", apptest.Answer("token", 200, jsonType, ""), 502, apptest.Unverified, ""},
		{"an empty object", apptest.Answer("token", 200, jsonType, "{}"), 502, apptest.Unverified, ""},
		{"a form", apptest.Answer("token", 200, "application/x-www-form-urlencoded", "access_token=a&id_token=b"), 502, apptest.Unverified, ""},
		{"no access token", func(k *mockokta.Knobs) { k.TamperToken = func(o apptest.Object) { delete(o, "access_token") } }, 502, apptest.Unverified, ""},
		{"2 MB", apptest.Answer("token", 200, jsonType, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), 502, apptest.Unverified, ""},
		{"redirect", redirect("token"), 502, apptest.Unverified, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := app.Browser()
			app.Org.Set(func(k *mockokta.Knobs) { wellAgain(k); k.TamperToken = nil })
			app.Clock.Add(2 * time.Minute) // no case is spared for what came before it
			callback := b.ToCallback("/greet", testkit.Ada)
			app.Org.Set(test.knob)
			r := b.Get(callback)
			apptest.CheckRefused(t, b, r, test.status, test.heading)
			if got := r.Page(t).Find("blockquote").Text(); got != test.says {
				t.Errorf("Okta is quoted as %q, want %q", got, test.says)
			}
		})
	}
}

// A code that Okta no longer takes, after a slow page or a lost answer, starts
// the sign-in again, once.
func TestSpentCodeStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	app.Clock.Add(6 * time.Minute) // codes live for five
	if r := b.Follow(b.Get(callback)); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}

	app.Org.Set(apptest.Answer("token", 400, jsonType, `{"error":"invalid_grant"}`))
	b = app.Browser()
	r := b.Get(b.ToCallback("/greet", testkit.Ada))
	apptest.AuthorizeQuery(t, app, r)
	apptest.CheckRefused(t, b, b.Get(b.ToCallback(r.Location(), testkit.Ada)), http.StatusBadRequest, apptest.StartedElsewhere)
}

// While Okta is away the app starts, says so, keeps serving those signed in,
// signs people out as far as it can, and recovers by itself.
func TestOktaIsAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	early, second := app.Browser(), app.Browser()
	early.SignIn("/greet", testkit.Ada)
	second.SignIn("/greet", testkit.Grace)
	sealed := map[*apptest.Browser]string{early: early.Cookie("okta_session"), second: second.Cookie("okta_session")}

	app.Org.Stop()
	app.Restart()
	if r := early.Get("/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("/healthz: status %d", r.StatusCode)
	}
	if r := early.Get("/readyz"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.Body, "okta_unreachable") {
		t.Errorf("/readyz: status %d: %s", r.StatusCode, r.Body)
	}
	stranger := app.Browser()
	r := stranger.Get(testkit.LoginPath)
	apptest.CheckRefused(t, stranger, r, http.StatusServiceUnavailable, unreachable)
	for _, path := range []string{"/", "/greet", apptest.ProfilePath, "/api/me", testkit.LogoutPath} {
		if r := early.Get(path); r.StatusCode != http.StatusOK {
			t.Errorf("signed in, %s: status %d", path, r.StatusCode)
		}
	}
	r = second.Post(testkit.LogoutPath, nil)
	if page := r.Page(t); r.StatusCode != http.StatusOK || page.Find("h1").Text() != "You are signed out" || !strings.Contains(page.Find(".notice").Text(), "still be signed in at Okta") {
		t.Errorf("sign-out: status %d: %s", r.StatusCode, r.Body)
	}
	if second.SignedIn() || app.Browser().Get(apptest.ProfilePath, "Cookie", "okta_session="+sealed[second]).StatusCode != http.StatusSeeOther {
		t.Error("the session here has not ended")
	}

	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := early.Get("/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("Okta is back, /readyz: status %d", r.StatusCode)
	}
	if r := stranger.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("Okta is back, sign-in: status %d", r.StatusCode)
	}
}

func TestOktaGoesAwayMidway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	app.Org.Stop()
	apptest.CheckRefused(t, b, b.Get(callback), http.StatusServiceUnavailable, unreachable)
	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
}
