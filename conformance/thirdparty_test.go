package conformance_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// oidcc-client-test-3rd-party-init-login: somebody else sends the person to initiate_login_uri with iss. The
// client must send them on to the authorization endpoint, and the happy path must follow.
func testThirdParty(r *run) {
	if got := len(r.record.of("authorize")); got != 0 {
		r.Fatalf("authorize was asked %d times before", got)
	}
	r.accepted(r.browser.open(initiate(r, nil)), "/")
	r.asked(1, 1)
}

// initiate is the app's initiate_login_uri with iss and more.
func initiate(r *run, more url.Values) string {
	params := url.Values{"iss": {r.org.Issuer()}}
	for name, values := range more {
		params[name] = values
	}
	return initiatePath + "?" + params.Encode()
}

// What OpenID Connect Core section 4 asks of initiate_login_uri beyond the suite's module.
func TestThirdPartyParameters(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, "query", p)
			a := r.browser.open(initiate(r, url.Values{
				"login_hint": {"ada@"}, "target_link_uri": {r.URL + "/greet?a=b"}, "of_an_extension": {"1"},
			}))
			r.accepted(a, "/greet?a=b")
			for _, req := range r.record.of("authorize") {
				if got := req.query.Get("login_hint"); got != "ada@" {
					t.Errorf("login_hint is %q", got)
				}
				for _, name := range []string{"iss", "target_link_uri", "of_an_extension"} {
					if req.query.Has(name) {
						t.Errorf("authorize has %s %q", name, req.query[name])
					}
				}
			}
			r.asked(1, 1)
		})
	}
}

func TestThirdPartyRefused(t *testing.T) {
	t.Parallel()
	r := start(t, "query", providers[1])
	for name, more := range map[string]url.Values{
		"another issuer":            {"iss": {"https://op.example"}},
		"this issuer without slash": {"iss": {strings.TrimSuffix(r.org.Issuer(), "/")}},
		"the issuer's host":         {"iss": {r.org.URL()}},
		"no issuer":                 {"iss": {""}},
		"two issuers":               {"iss": {r.org.Issuer(), r.org.Issuer()}},
		"a long login_hint":         {"login_hint": {strings.Repeat("a", 257)}},
		"another site":              {"target_link_uri": {"https://evil.example/"}},
		"a site named alike":        {"target_link_uri": {r.URL + ".evil.example/"}},
		"another port":              {"target_link_uri": {r.URL + "1/greet"}},
		"this site as a user":       {"target_link_uri": {r.URL + "@evil.example/"}},
		"two slashes":               {"target_link_uri": {"//evil.example/"}},
		"two slashes here":          {"target_link_uri": {r.URL + "//evil.example/"}},
		"a backslash here":          {"target_link_uri": {r.URL + `/\evil.example/`}},
		"a query without a path":    {"target_link_uri": {r.URL + "?a=b"}},
		"a script":                  {"target_link_uri": {"javascript:alert(1)"}},
		"no target":                 {"target_link_uri": {""}},
	} {
		a := r.browser.get(initiate(r, more))
		if a.StatusCode != http.StatusBadRequest || a.page(t).Find(".problem h1").Length() != 1 || len(a.Cookies()) != 0 {
			t.Errorf("%s: status %d, Location %q", name, a.StatusCode, a.Header.Get("Location"))
		}
	}
	if got := len(r.record.all()); got != 0 {
		t.Errorf("%d requests to the provider", got)
	}
}

func TestThirdPartyTargets(t *testing.T) {
	t.Parallel()
	r := start(t, "query", providers[1])
	for target, want := range map[string]string{
		"/greet":                           "/greet",
		r.URL:                              "/",
		r.URL + "/":                        "/",
		r.URL + "/greet?q=%2F&x=1":         "/greet?q=%2F&x=1",
		r.URL + initiatePath:               "/",
		r.URL + callbackPath + "?code=abc": "/",
		r.URL + "/logout":                  "/",
	} {
		r.browser = newBrowser(t, r.URL)
		r.accepted(r.browser.open(initiate(r, url.Values{"target_link_uri": {target}})), want)
	}
}

// An app that shares its host sends nobody to the others there.
func TestThirdPartyTargetsBelowBase(t *testing.T) {
	t.Parallel()
	r := startBelow(t, "/portal", "query", providers[0])
	host := strings.TrimSuffix(r.URL, "/portal")
	for _, target := range []string{host, host + "/", host + "/greet", host + "/portal/../greet", host + "/portals"} {
		if a := r.browser.get(initiate(r, url.Values{"target_link_uri": {target}})); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d to %q", target, a.StatusCode, a.Header.Get("Location"))
		}
	}
	for _, target := range []string{"/greet", "/portal/greet", host + "/portal/greet"} {
		r.browser = newBrowser(t, r.URL)
		r.accepted(r.browser.open(initiate(r, url.Values{"target_link_uri": {target}})), "/portal/greet")
	}
}

// initiate_login_uri takes a form that another site posts, which comes without the app's cookies.
func TestThirdPartyPosts(t *testing.T) {
	t.Parallel()
	r := start(t, "query", providers[1])
	target, err := url.Parse(r.URL + initiatePath)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"iss": {r.org.Issuer()}, "login_hint": {"ada@"}, "target_link_uri": {r.URL + "/greet?a=b"},
		"prompt": {"none"}, "display": {"popup"}, "return_to": {"/"},
	}
	r.accepted(r.browser.goOn(r.browser.post("https://portal.example", target, form)), "/greet?a=b")
	for _, req := range r.record.of("authorize") {
		if req.query.Get("login_hint") != "ada@" || req.query.Has("prompt") {
			t.Errorf("authorize: %v", req.query)
		}
	}
	r.asked(1, 1)
	for name, form := range map[string]url.Values{
		"no issuer":      {},
		"another issuer": {"iss": {"https://op.example"}},
		"another site":   {"iss": {r.org.Issuer()}, "target_link_uri": {"https://evil.example/"}},
		"two issuers":    {"iss": {r.org.Issuer(), r.org.Issuer()}},
	} {
		b := newBrowser(t, r.URL)
		a := b.goOn(b.post("https://portal.example", target, form))
		if a.StatusCode != http.StatusBadRequest || a.page(t).Find(".problem h1").Length() != 1 {
			t.Errorf("%s: status %d", name, a.StatusCode)
		}
	}
}
