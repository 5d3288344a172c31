package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func corsHeaders(r testkit.Reply) []string {
	var names []string
	for name := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	return names
}

func checkAllowed(t *testing.T, r testkit.Reply, origin string) {
	t.Helper()
	if got := r.Header["Access-Control-Allow-Origin"]; !slices.Equal(got, []string{origin}) {
		t.Errorf("Access-Control-Allow-Origin: got %q, want %q alone", got, origin)
	}
	if got := r.Header.Get("Access-Control-Allow-Credentials"); got != "true" {
		t.Errorf("Access-Control-Allow-Credentials: got %q, want true", got)
	}
	checkVary(t, r)
}

func checkVary(t *testing.T, r testkit.Reply) {
	t.Helper()
	if !slices.Contains(r.Header["Vary"], "Origin") {
		t.Errorf("Vary: got %q, want Origin", r.Header["Vary"])
	}
}

func checkNotAllowed(t *testing.T, r testkit.Reply) {
	t.Helper()
	if got := corsHeaders(r); got != nil {
		t.Errorf("got the headers %q, want none of them", got)
	}
}

func TestCORSForAllowedOrigins(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	for _, origin := range []string{apptest.FrontEndOrigin, "http://localhost:3000"} {
		for path, want := range map[string]int{"/api/me": 200, "/api/messages": 200, "/api/nothing": 404} {
			r := b.Get(path, "Origin", origin)
			if r.StatusCode != want {
				t.Errorf("%s from %s: got %d, want %d", path, origin, r.StatusCode, want)
			}
			checkAllowed(t, r, origin)
		}
		refused := app.Browser().Get("/api/me", "Origin", origin)
		if refused.StatusCode != http.StatusUnauthorized {
			t.Errorf("nobody from %s: got %d, want 401", origin, refused.StatusCode)
		}
		checkAllowed(t, refused, origin)
		if got := refused.Header.Get("Access-Control-Expose-Headers"); !strings.Contains(strings.ToLower(got), "www-authenticate") {
			t.Errorf("exposed headers: got %q, want the challenge among them", got)
		}
	}
}

func TestCORSForOtherOrigins(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	for name, origin := range apptest.ForeignOrigins {
		t.Run(name, func(t *testing.T) {
			r := b.Get("/api/me", "Origin", origin)
			checkNotAllowed(t, r)
			checkVary(t, r)
			preflight := b.Do(http.MethodOptions, "/api/me", nil, "Origin", origin, "Access-Control-Request-Method", "GET")
			if preflight.StatusCode != http.StatusForbidden {
				t.Errorf("preflight: got %d, want 403", preflight.StatusCode)
			}
			if got := preflight.Header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("preflight: got %q, want problem JSON", got)
			}
			checkNotAllowed(t, preflight)
		})
	}
	t.Run("no origin", func(t *testing.T) {
		r := b.Get("/api/me")
		checkNotAllowed(t, r)
		checkVary(t, r) // or a cache would give this answer to a front end
	})
}

func TestCORSPreflight(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	r := app.Browser().Do(http.MethodOptions, "/api/messages", nil, "Origin", apptest.FrontEndOrigin,
		"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "authorization")
	if r.StatusCode != http.StatusNoContent {
		t.Errorf("got %d, want 204", r.StatusCode)
	}
	checkAllowed(t, r, apptest.FrontEndOrigin)
	for header, want := range map[string]string{"Access-Control-Allow-Methods": "PUT", "Access-Control-Allow-Headers": "Authorization"} {
		if got := r.Header.Get(header); !strings.Contains(got, want) || strings.Contains(got, "*") {
			t.Errorf("%s: got %q, want %s among names", header, got, want)
		}
	}
}

func TestCORSStaysAwayFromPages(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	for _, path := range []string{"/", apptest.ProfilePath, "/greet", testkit.LoginPath, testkit.LogoutPath, "/healthz", "/metrics", "/nothing", "/apis", "/api"} {
		checkNotAllowed(t, b.Get(path, "Origin", apptest.FrontEndOrigin))
		checkNotAllowed(t, b.Do(http.MethodOptions, path, nil, "Origin", apptest.FrontEndOrigin, "Access-Control-Request-Method", "GET"))
	}
}

func TestCORSIsOffByDefault(t *testing.T) {
	t.Parallel()
	b := apptest.Start(t, apptest.Setup{}).Browser()
	checkNotAllowed(t, b.Get("/api/me", "Origin", apptest.FrontEndOrigin))
	checkNotAllowed(t, b.Do(http.MethodOptions, "/api/me", nil, "Origin", apptest.FrontEndOrigin, "Access-Control-Request-Method", "GET"))
}

// TestCrossOriginChanges sends what browsers do for forms and scripts of other
// origins, with the session's cookies along.
func TestCrossOriginChanges(t *testing.T) {
	t.Parallel()
	var changes atomic.Int32
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd, Front: beside(func(auth further) {
		auth.Handle(http.MethodPost, "/api/notes", auth.RequireLogin(), func(c *gin.Context) {
			changes.Add(1)
			c.Status(http.StatusNoContent)
		})
	})})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)

	for name, headers := range map[string][]string{
		"the app's own page":             {"Origin", app.URL, "Sec-Fetch-Site", "same-origin"},
		"a front end on another site":    {"Origin", apptest.FrontEndOrigin, "Sec-Fetch-Site", "cross-site"},
		"a front end on the same site":   {"Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site"},
		"a front end in an old browser":  {"Origin", apptest.FrontEndOrigin},
		"a program":                      {},
		"the app's page, an old browser": {"Origin", app.URL},
	} {
		before := changes.Load()
		if r := b.Post("/api/notes", nil, headers...); r.StatusCode != http.StatusNoContent || changes.Load() != before+1 {
			t.Errorf("%s: got %d and %d changes, want 204 and one", name, r.StatusCode, changes.Load()-before)
		}
	}
	before := changes.Load()
	for name, origin := range apptest.ForeignOrigins {
		for _, headers := range [][]string{
			{"Origin", origin, "Sec-Fetch-Site", "cross-site"},
			{"Origin", origin, "Sec-Fetch-Site", "same-site"},
			{"Origin", origin},
		} {
			for _, path := range []string{"/api/notes", testkit.LogoutPath} {
				r := b.Post(path, nil, headers...)
				if r.StatusCode != http.StatusForbidden {
					t.Errorf("%s to %s with %q: got %d, want 403", name, path, headers, r.StatusCode)
				}
				checkNotAllowed(t, r)
			}
		}
	}
	if changes.Load() != before {
		t.Errorf("%d changes from origins that are not allowed", changes.Load()-before)
	}
	if !b.SignedIn() {
		t.Error("another site has signed the person out")
	}
	if r := b.Post(testkit.LogoutPath, nil, "Origin", "http://localhost:3000", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"); r.StatusCode != http.StatusOK {
		t.Errorf("sign-out from a front end: got %d, want 200", r.StatusCode)
	}
	if b.SignedIn() {
		t.Error("still signed in after sign-out from a front end")
	}
}

// TestOwnPagesBehindProxy sends requests of the app's own pages through a proxy
// that ends TLS and forwards with another Host.
func TestOwnPagesBehindProxy(t *testing.T) {
	t.Parallel()
	const base = "https://app.example.com"
	app := apptest.Start(t, apptest.Setup{
		Env: map[string]string{
			"BASE_URL": base, "SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d", "CORS_ALLOWED_ORIGINS": apptest.FrontEndOrigin,
		},
		Front: beside(func(auth further) {
			auth.Handle(http.MethodPost, "/api/echo", auth.RequireLogin(), func(c *gin.Context) { c.Status(http.StatusNoContent) })
		}),
	})
	target, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	t.Cleanup(proxy.Close)
	b := app.Browser()
	for name, r := range map[string]testkit.Reply{
		"GET":       b.Get(proxy.URL+"/api/me", "Origin", base, "Sec-Fetch-Site", "same-origin"),
		"POST":      b.Post(proxy.URL+"/api/echo", nil, "Origin", base, "Sec-Fetch-Site", "same-origin"),
		"older":     b.Post(proxy.URL+"/api/echo", nil, "Origin", base),
		"sign-out":  b.Post(proxy.URL+testkit.LogoutPath, nil, "Origin", base),
		"front end": b.Post(proxy.URL+"/api/echo", nil, "Origin", apptest.FrontEndOrigin, "Sec-Fetch-Site", "cross-site"),
	} {
		if r.StatusCode == http.StatusForbidden {
			t.Errorf("%s: refused as a request of another site", name)
		}
	}
	if r := b.Post(proxy.URL+testkit.LogoutPath, nil, "Origin", "https://"+target.Host+".evil.example"); r.StatusCode != http.StatusForbidden {
		t.Errorf("another site: got %d, want 403", r.StatusCode)
	}
}
