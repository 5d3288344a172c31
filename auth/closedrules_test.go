package auth_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

func TestCloseAllTakesRules(t *testing.T) {
	t.Parallel()
	h := &closedHost{}
	host := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/api/orders", h.secret("orders"))
		r.GET("/admin", h.secret("admin"))
		closed, err := okta.CloseAll(r, auth.Open{"/api/orders": okta.RequireScope("orders.read"), "/admin": okta.RequireGroup("Admins")})
		if err != nil {
			t.Fatal(err)
		}
		return closed
	}})
	b := host.browser()
	r := b.Get("/api/orders")
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") != anyToken {
		t.Errorf("a program of nobody: %d, WWW-Authenticate %q", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
	if r := b.Get("/api/orders", "Authorization", "Bearer nonsense"); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong token: %d", r.StatusCode)
	}
	if r := b.Arrive("/admin", testkit.Grace); r.StatusCode != http.StatusForbidden {
		t.Errorf("Grace, who is no admin: %d", r.StatusCode)
	}
	if h.ran.Load() != 0 {
		t.Errorf("%v ran", h.last.Load())
	}
	if r := host.browser().Arrive("/admin", testkit.Ada); r.Body != "SECRET admin" {
		t.Errorf("Ada: %d %q", r.StatusCode, r.Body)
	}
}

func TestCloseAllRefusesUnknownRoutes(t *testing.T) {
	t.Parallel()
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/page", open)
		for _, path := range []string{"/pgae", "/page/", "page", "/*", "/authorization-code", testkit.LoginPath} {
			if _, err := okta.CloseAll(r, auth.Open{path: auth.Public}); err == nil || !strings.Contains(err.Error(), `"`+path+`"`) {
				t.Errorf("%q: %v", path, err)
			}
		}
		if _, err := okta.CloseAll(r, auth.Open{"/page": nil}); err == nil || !strings.Contains(err.Error(), "/page") {
			t.Errorf("a path without a rule: %v", err)
		}
		if _, err := (*auth.Auth)(nil).CloseAll(r, nil); err == nil || !strings.Contains(err.Error(), "before auth.New") {
			t.Errorf("before New: %v", err)
		}
		return nil
	}})
}

// TestCloseAllNeedsSignIn holds that nothing is closed where nobody could sign in.
func TestCloseAllNeedsSignIn(t *testing.T) {
	t.Parallel()
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		if _, err := okta.CloseAll(r, nil); err == nil || !strings.Contains(err.Error(), "before Mount") {
			t.Errorf("before Mount: %v", err)
		}
		mount(t, okta, r)
		for name, engine := range map[string]*gin.Engine{"after Mount": r, "an engine beside it": gin.New()} {
			if _, err := okta.CloseAll(engine, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	}})
}

// FuzzCloseAll holds that no path and no method makes a closed handler run for nobody.
func FuzzCloseAll(f *testing.F) {
	for _, seed := range []string{"/cart", "//cart", "/./cart", "/assets/../files/secret.txt", "/%2e%2e/cart", "/hook/../cart", "/p//q", "", "*", "cart", "/\x00", "/hook%2f..%2fcart", "/assets/0.00"} {
		f.Add("GET", seed)
		f.Add("POST", seed)
	}
	h := &closedHost{}
	var handlers []http.Handler
	for _, set := range engines {
		_, handler := h.closed(f, set)
		handlers = append(handlers, handler)
	}
	f.Fuzz(func(t *testing.T, method, target string) {
		for _, handler := range handlers {
			if h.ran.Store(0); inAssets(target) {
				continue // a missing file of what is open: gin calls NoRoute for it
			}
			w := h.ask(handler, method, target)
			if h.ran.Load() != 0 || strings.Contains(w.Body.String(), "SECRET") {
				t.Fatalf("%q %q ran %v for nobody: %d %q", method, target, h.last.Load(), w.Code, w.Body)
			}
			io.Copy(io.Discard, w.Body)
		}
	})
}

// inAssets reports whether target is below the open assets for everybody who reads it.
func inAssets(target string) bool {
	path, _, _ := strings.Cut(target, "?")
	if u, err := url.Parse("http://localhost" + path); err == nil && strings.Contains(path, "%") { // as ask does
		path = u.Path
	}
	if !strings.HasPrefix(strings.TrimLeft(path, "/"), "assets/") {
		return false
	}
	for segment := range strings.SplitSeq(strings.ReplaceAll(path, `\`, "/"), "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// TestCloseAllKeepsRedirectsHere holds that gin's own redirect is not built from a
// header that anybody can send, and is from one of a trusted proxy's.
func TestCloseAllKeepsRedirectsHere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, proxies, want string }{
		{"from anybody", "203.0.113.0/24", "/page"},
		{"from a trusted proxy", "192.0.2.0/24", "/elsewhere//page"}, // as gin joins them; where httptest's requests come from
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var closed http.Handler
			start(t, setup{env: map[string]string{"TRUSTED_PROXIES": tt.proxies}, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				mount(t, okta, r)
				r.GET("/page", open)
				var err error
				if closed, err = okta.CloseAll(r, auth.Open{auth.NoRoute: auth.Public}); err != nil {
					t.Fatal(err)
				}
				return nil
			}})
			w := new(closedHost).ask(closed, "GET", "/page/", "X-Forwarded-Prefix", "/elsewhere")
			if got := w.Header().Get("Location"); got != "http://localhost"+tt.want || w.Code != http.StatusMovedPermanently {
				t.Errorf("%d to %q, want %q", w.Code, got, tt.want)
			}
		})
	}
}
