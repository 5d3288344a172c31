package handlers_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

const unreachable = "Okta can't be reached"

// answer makes the org answer requests to an endpoint so.
func answer(endpoint string, status int, contentType, body string) func(*mockokta.Knobs) {
	return intercept(endpoint, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// impatient is the OKTA_TIMEOUT of tests in which Okta answers some requests and never
// others; atOnce that of tests in which it never answers the request that counts.
const (
	impatient = "500ms"
	atOnce    = "100ms"
)

// hang keeps requests to an endpoint waiting until they are given up.
func hang(endpoint string) func(*mockokta.Knobs) {
	return intercept(endpoint, func(_ http.ResponseWriter, r *http.Request) {
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

func intercept(endpoint string, handler http.HandlerFunc) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(name string, w http.ResponseWriter, r *http.Request) bool {
			if name != endpoint {
				return false
			}
			handler(w, r)
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
	document := func(change func(object)) func(*mockokta.Knobs) {
		return func(k *mockokta.Knobs) { k.TamperDiscovery = change }
	}
	lacks := func(name string) func(*mockokta.Knobs) { return document(func(d object) { delete(d, name) }) }
	tests := []struct {
		name    string
		knob    func(*mockokta.Knobs)
		status  int
		heading string
	}{
		{"another issuer", document(func(d object) { d["issuer"] = "https://evil.example" }), 502, unverified},
		{"issuer with a slash more", document(func(d object) { d["issuer"] = d["issuer"].(string) + "/" }), 502, unverified},
		{"no issuer", lacks("issuer"), 502, unverified},
		{"no authorize endpoint", lacks("authorization_endpoint"), 502, unverified},
		{"no token endpoint", lacks("token_endpoint"), 502, unverified},
		{"no keys", lacks("jwks_uri"), 502, unverified},
		{"endpoint of another type", document(func(d object) { d["token_endpoint"] = 1 }), 502, unverified},
		{"no JSON", answer("discovery", 200, htmlType, "<h1>Welcome to the hotel</h1>"), 502, unverified},
		{"a list", answer("discovery", 200, jsonType, "[]"), 502, unverified},
		{"null", answer("discovery", 200, jsonType, "null"), 502, unverified},
		{"nothing", answer("discovery", 200, jsonType, ""), 502, unverified},
		{"2 MB", answer("discovery", 200, jsonType, `{"x":"`+strings.Repeat("x", 2<<20)+`"}`), 502, unverified},
		{"not found", answer("discovery", 404, jsonType, "{}"), 502, unverified},
		{"failure", answer("discovery", 500, jsonType, "{}"), 503, unreachable},
		{"maintenance", answer("discovery", 503, htmlType, "<h1>Later</h1>"), 503, unreachable},
		{"rate limit", func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "discovery" } }, 503, unreachable},
		{"redirect", redirect("discovery"), 502, unverified},
	}
	for _, kind := range []string{"custom", "org"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			if kind == "org" {
				env["OKTA_OAUTH2_ISSUER"] = "org"
			}
			app := start(t, setup{env: env})
			b := app.browser()
			for _, test := range tests {
				app.org.Set(func(k *mockokta.Knobs) { wellAgain(k); test.knob(k) })
				app.clock.add(2 * time.Minute) // no case is spared for what came before it
				r := b.get(loginPath + "?return_to=%2Fgreet")
				t.Log(test.name)
				checkRefused(t, b, r, test.status, test.heading)
				if len(r.Cookies()) > 0 || r.page(t).Find(".actions a.button").AttrOr("href", "") != loginPath+"?return_to=%2Fgreet" {
					t.Errorf("%s: cookies %v", test.name, r.Cookies())
				}
				if ready := b.get("/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("%s: /readyz answers %d", test.name, ready.StatusCode)
				}
			}
			app.org.Set(wellAgain)
			app.clock.add(2 * time.Minute)
			if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
				t.Errorf("then: status %d", r.StatusCode)
			}
			if r := b.get("/readyz"); r.StatusCode != http.StatusOK {
				t.Errorf("then /readyz answers %d", r.StatusCode)
			}
		})
	}
}

func TestDiscoveryHangs(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_TIMEOUT": atOnce}})
	app.org.Set(hang("discovery"))
	b := app.browser()
	r := b.get(loginPath + "?return_to=%2Fgreet")
	checkRefused(t, b, r, http.StatusServiceUnavailable, unreachable)
	if len(r.Cookies()) > 0 {
		t.Errorf("cookies %v", r.Cookies())
	}
}

func TestTokenEndpointHangs(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_TIMEOUT": atOnce}})
	b := app.browser()
	await(t, "discovery", func() bool { return b.get("/readyz").StatusCode == http.StatusOK })
	callback := b.toCallback("/greet", ada)
	app.org.Set(hang("token"))
	began := time.Now()
	checkRefused(t, b, b.get(callback), http.StatusServiceUnavailable, unreachable)
	if took := time.Since(began); took > 4*time.Second { // the usual time-out is longer
		t.Errorf("it took %v", took)
	}
}

func TestTokenEndpointFails(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	const refused = "Okta refused the sign-in"
	oauth := func(status int, code string) func(*mockokta.Knobs) {
		return answer("token", status, jsonType, `{"error":"`+code+`","error_description":"<b>Because.</b>"}`)
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
		{"failure", answer("token", 500, jsonType, "{}"), 503, unreachable, ""},
		{"failure with an error", oauth(500, "server_error"), 503, unreachable, ""},
		{"gateway", answer("token", 502, htmlType, "<h1>Bad Gateway</h1>"), 503, unreachable, ""},
		{"a page", answer("token", 200, htmlType, "<h1>Welcome to the hotel</h1>"), 502, unverified, ""},
		{"a page that says no", answer("token", 403, htmlType, "<h1>Forbidden</h1>"), 502, unverified, ""},
		{"nothing", answer("token", 200, jsonType, ""), 502, unverified, ""},
		{"an empty object", answer("token", 200, jsonType, "{}"), 502, unverified, ""},
		{"a form", answer("token", 200, "application/x-www-form-urlencoded", "access_token=a&id_token=b"), 502, unverified, ""},
		{"no access token", func(k *mockokta.Knobs) { k.TamperToken = func(o object) { delete(o, "access_token") } }, 502, unverified, ""},
		{"2 MB", answer("token", 200, jsonType, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), 502, unverified, ""},
		{"redirect", redirect("token"), 502, unverified, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := app.browser()
			app.org.Set(func(k *mockokta.Knobs) { wellAgain(k); k.TamperToken = nil })
			app.clock.add(2 * time.Minute) // no case is spared for what came before it
			callback := b.toCallback("/greet", ada)
			app.org.Set(test.knob)
			r := b.get(callback)
			checkRefused(t, b, r, test.status, test.heading)
			if got := r.page(t).Find("blockquote").Text(); got != test.says {
				t.Errorf("Okta is quoted as %q, want %q", got, test.says)
			}
		})
	}
}

// A code that Okta no longer takes, after a slow page or a lost answer, starts
// the sign-in again, once.
func TestSpentCodeStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	app.clock.add(6 * time.Minute) // codes live for five
	if r := b.follow(b.get(callback)); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}

	app.org.Set(answer("token", 400, jsonType, `{"error":"invalid_grant"}`))
	b = app.browser()
	r := b.get(b.toCallback("/greet", ada))
	authorizeQuery(t, app, r)
	checkRefused(t, b, b.get(b.toCallback(r.location(), ada)), http.StatusBadRequest, startedElsewhere)
}

// While Okta is away the app starts, says so, keeps serving those signed in,
// signs people out as far as it can, and recovers by itself.
func TestOktaIsAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	early, second := app.browser(), app.browser()
	early.signIn("/greet", ada)
	second.signIn("/greet", grace)
	sealed := map[*browser]string{early: early.cookie("okta_session"), second: second.cookie("okta_session")}

	app.org.Stop()
	app.restart()
	if r := early.get("/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("/healthz: status %d", r.StatusCode)
	}
	if r := early.get("/readyz"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.body, "okta_unreachable") {
		t.Errorf("/readyz: status %d: %s", r.StatusCode, r.body)
	}
	stranger := app.browser()
	r := stranger.get(loginPath)
	checkRefused(t, stranger, r, http.StatusServiceUnavailable, unreachable)
	for _, path := range []string{"/", "/greet", profilePath, "/api/me", logoutPath} {
		if r := early.get(path); r.StatusCode != http.StatusOK {
			t.Errorf("signed in, %s: status %d", path, r.StatusCode)
		}
	}
	r = second.post(logoutPath, nil)
	if page := r.page(t); r.StatusCode != http.StatusOK || page.Find("h1").Text() != "You are signed out" || !strings.Contains(page.Find(".notice").Text(), "still be signed in at Okta") {
		t.Errorf("sign-out: status %d: %s", r.StatusCode, r.body)
	}
	if second.signedIn() || app.browser().get(profilePath, "Cookie", "okta_session="+sealed[second]).StatusCode != http.StatusSeeOther {
		t.Error("the session here has not ended")
	}

	if err := app.org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := early.get("/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("Okta is back, /readyz: status %d", r.StatusCode)
	}
	if r := stranger.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("Okta is back, sign-in: status %d", r.StatusCode)
	}
}

func TestOktaGoesAwayMidway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	app.org.Stop()
	checkRefused(t, b, b.get(callback), http.StatusServiceUnavailable, unreachable)
	if err := app.org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
}
