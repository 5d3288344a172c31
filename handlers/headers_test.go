package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// everyRoute is a request to each of the engine's routes, and to some that are
// none.
func everyRoute(app *apptest.App) [][2]string {
	var all [][2]string
	for _, route := range app.Routes() {
		all = append(all, [2]string{route[0], strings.ReplaceAll(route[1], "*file", "app.css")})
	}
	return append(all, [2]string{"GET", "/nowhere"}, [2]string{"DELETE", "/"}, [2]string{"GET", "/?a=%00"})
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	stranger, person := app.Browser(), app.Browser()
	for _, b := range []*apptest.Browser{stranger, person} {
		if b == person {
			b.SignIn("/greet", testkit.Ada)
		}
		for _, route := range everyRoute(app) {
			if b == person && route[0] == http.MethodPost {
				continue // not to sign out
			}
			for _, accept := range []string{"text/html", "application/json"} {
				r := b.Do(route[0], app.URL+route[1], nil, "Accept", accept)
				csp := apptest.Directives(r.Header.Get("Content-Security-Policy"))
				ancestors, own, framing := "'none'", "'self'", "DENY"
				if route[1] == apptest.FrontPath { // Okta's pages may frame it, which needs no files
					ancestors, own, framing = app.Org.URL(), "", ""
				}
				for name, want := range map[string]string{
					"default-src": "'none'", "script-src": own, "style-src": own, "frame-ancestors": ancestors, "base-uri": "'none'",
				} {
					if got := csp[name]; got != want && !(route[1] == apptest.CustomPath && strings.HasPrefix(got, "'nonce-") && name == "script-src") {
						t.Errorf("%v: %s %q, want %q", route, name, got, want)
					}
				}
				for name, value := range csp {
					if route[1] == apptest.CustomPath && name == "img-src" { // the widget draws its QR code into one
						value = strings.ReplaceAll(value, " data: ", " ")
					}
					for _, unsafe := range []string{"unsafe", "*", "data:", "http:"} {
						if slices.Contains(strings.Fields(value), unsafe) || strings.Contains(value, "unsafe") {
							t.Errorf("%v: the policy allows %q", route, value)
						}
					}
				}
				for name, want := range map[string]string{
					"X-Content-Type-Options": "nosniff", "X-Frame-Options": framing, "Referrer-Policy": "same-origin",
					"Strict-Transport-Security": "", "Server": "", "X-Powered-By": "", "Access-Control-Allow-Origin": "",
				} {
					if got := r.Header.Get(name); got != want {
						t.Errorf("%v: %s %q, want %q", route, name, got, want)
					}
				}
				if r.Header.Get("Permissions-Policy") == "" || len(r.Header.Get("X-Request-Id")) != 16 {
					t.Errorf("%v: header %v", route, r.Header)
				}
				if public := strings.HasPrefix(route[1], "/static/") || route[1] == "/metrics"; !public && r.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%v: Cache-Control %q", route, r.Header.Get("Cache-Control"))
				}
				page := r.Page(t)
				if page.Find("script:not([src]), style, [style], [onclick], [onload], [onerror], [href^='javascript:']").Length() > 0 {
					t.Errorf("%v: the page has what its policy forbids", route)
				}
			}
		}
	}
	if !person.SignedIn() {
		t.Fatal("the pages were not those of somebody signed in")
	}
}

// With an https origin, the cookies and the headers are as https deserves, also
// where TLS ends before this app.
func TestHTTPS(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"BASE_URL": "https://app.example"}})
	for _, route := range everyRoute(app) {
		r := app.Browser().Do(route[0], app.URL+route[1], nil)
		if got := r.Header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=63072000") {
			t.Errorf("%v: Strict-Transport-Security %q", route, got)
		}
		for _, c := range r.Cookies() {
			if !strings.HasPrefix(c.Name, "__Host-okta_") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%v: cookie %s", route, c.Raw)
			}
		}
	}
	r := app.Browser().Get(testkit.LoginPath, "Host", "app.example")
	if len(r.Cookies()) != 1 {
		t.Errorf("a sign-in sets the cookies %v", r.Cookies())
	}
	if got := apptest.AuthorizeQuery(t, app, r).Get("redirect_uri"); got != "https://app.example"+testkit.CallbackPath {
		t.Errorf("redirect_uri %q", got)
	}
}

func TestCookiesOverHTTP(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	begun := b.Get(testkit.LoginPath)
	done := b.Get(b.ToCallback(begun.Location(), testkit.Ada))
	out := b.Post(testkit.LogoutPath, nil)
	seen := 0
	for _, r := range []testkit.Reply{begun, done, out} {
		for _, c := range r.Cookies() {
			seen++
			if !strings.HasPrefix(c.Name, "okta_") || c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge == 0 {
				t.Errorf("%s: cookie %s", r.Request.URL.Path, c.Raw)
			}
		}
	}
	if seen < 5 {
		t.Errorf("%d cookies seen", seen)
	}
}

// Nothing absolute is made from what a request says of itself.
func TestForgedHeaders(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"LOG_LEVEL": "debug"}})
	forged := []string{
		"Host", "evil.example", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.9",
		"X-Real-Ip", "203.0.113.9", "X-Forwarded-Prefix", "/evil", "Forwarded", "for=203.0.113.9;host=evil.example;proto=https",
		"X-Original-Url", "/evil", "X-Appengine-Remote-Addr", "203.0.113.9", "Cf-Connecting-Ip", "203.0.113.9", "X-Request-Id", "evil",
	}
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	forged = append(forged, "Cookie", "okta_session="+b.Cookie("okta_session")) // the jar knows none for the forged host
	for _, route := range everyRoute(app) {
		if route[0] == http.MethodPost {
			continue
		}
		r := b.Do(route[0], app.URL+route[1], nil, forged...)
		if strings.Contains(r.Body, "evil.example") || strings.Contains(r.Location(), "evil.example") || r.Header.Get("Strict-Transport-Security") != "" || r.Header.Get("X-Request-Id") == "evil" {
			t.Errorf("%v believes it: %v\n%s", route, r.Header, r.Body)
		}
		if strings.HasPrefix(route[1], "/static/") {
			continue
		}
		if got := app.Line(r)["client"]; got != "127.0.0.1" && got != "::1" {
			t.Errorf("%v: logged client %v", route, got)
		}
	}
	r := app.Browser().Get(testkit.LoginPath, forged...)
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Location(), app.URL+testkit.LoginPath+"?") {
		t.Errorf("under another name, a sign-in leads to %q", r.Location())
	}
	forged = forged[2:] // all but the Host
	r = app.Browser().Get(testkit.LoginPath, forged[:len(forged)-2]...)
	if got := apptest.AuthorizeQuery(t, app, r).Get("redirect_uri"); got != app.URL+testkit.CallbackPath {
		t.Errorf("redirect_uri %q", got)
	}
	r = b.Get(b.Post(testkit.LogoutPath, nil, forged...).Onward(t), forged[:len(forged)-2]...)
	if !strings.Contains(r.Location(), "post_logout_redirect_uri="+strings.NewReplacer(":", "%3A", "/", "%2F").Replace(app.URL+testkit.SignedOutPath)+"&") {
		t.Errorf("sign-out leads to %q", r.Location())
	}
}

func TestTrustedProxy(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	for forwarded, want := range map[string]string{
		"203.0.113.9":                "203.0.113.9",
		"198.51.100.1, 203.0.113.9":  "203.0.113.9", // the proxy's own word, not what it was told
		"203.0.113.9, 127.0.0.1":     "203.0.113.9",
		"nonsense":                   "",
		"<script>, 203.0.113.9":      "203.0.113.9",
		"203.0.113.9\t":              "203.0.113.9",
		"2001:db8::9":                "2001:db8::9",
		"198.51.100.1, 2001:db8::99": "2001:db8::99",
	} {
		r := app.Browser().Get("/", "X-Forwarded-For", forwarded, "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https")
		if got, _ := app.Line(r)["client"].(string); got != want && (want != "" || got != "127.0.0.1" && got != "::1") {
			t.Errorf("%q: logged client %q, want %q", forwarded, got, want)
		}
	}
	r := app.Browser().Get(testkit.LoginPath, "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https")
	if got := apptest.AuthorizeQuery(t, app, r).Get("redirect_uri"); got != app.URL+testkit.CallbackPath {
		t.Errorf("redirect_uri %q", got)
	}
}
