package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

func TestCloseAllClosesEverything(t *testing.T) {
	t.Parallel()
	targets := []string{
		"/cart", "//cart", "/./cart", "/cart/", "/cart?x=1", "/CART", "/%63art", "/cart%2f", "/x/../cart", "/x/%2e%2e/cart", "/;/cart", "/cart;a",
		"/before/x", "/before/x/", "/admin/users/7", "/admin/users/a%2fb", "/admin", "/admin/", "/files/secret.txt", "/files/", "/files", "/files//secret.txt",
		"/files/../files/secret.txt", "/assets/../files/secret.txt", "/assets/%2e%2e/files/secret.txt", "/assets/..%2ffiles/secret.txt", `/assets/..\files`,
		"/one.txt", "/any", "/any/", "/Mixed/Case", "/mixed/case", "/tail/", "/tail/a/b", "/tail/../cart", "/p/1/q", "/p//q", "/p/1/q/",
		"/later", "/nowhere", "/authorization-code", "/authorization-code/", "/authorization-code/login-redirect/x", "/authorization-code/../cart",
		"/authorization-code/assets/", "/login/", "/hook/", "/%61ssets%2f..%2fx", "/h%6fok%2f", "/p%2f1/q", "//hook", "//", "/%00", "/%0a/cart", "/a//b", "/\xff", "/é", "/" + strings.Repeat("a/", 300),
	}
	for name, set := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &closedHost{}
			_, handler := h.closed(t, set)
			for _, target := range targets {
				for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PROPFIND", "get"} {
					for _, accept := range []string{"text/html", "application/json"} {
						w := h.ask(handler, method, target, "Accept", accept, "X-Forwarded-Prefix", "/assets")
						if h.ran.Load() != 0 || strings.Contains(w.Body.String(), "SECRET") {
							t.Fatalf("%s %s ran %v for nobody: %d %q", method, target, h.last.Load(), w.Code, w.Body)
						}
						if location := w.Header().Get("Location"); location != "" && !strings.HasPrefix(location, "http://localhost:") && !strings.HasPrefix(location, "/authorization-code/login-redirect") {
							t.Errorf("%s %s leads to %s", method, target, location)
						}
					}
				}
			}
		})
	}
}

func TestCloseAllOpensTheList(t *testing.T) {
	t.Parallel()
	for name, set := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &closedHost{}
			_, handler := h.closed(t, set)
			for _, tt := range []struct{ method, target, want string }{
				{"GET", "/", "open"},
				{"POST", "/hook", "open"},
				{"GET", "/assets/css/app.css", "open"},
				{"HEAD", "/assets/css/app.css", ""},
			} {
				if w := h.ask(handler, tt.method, tt.target); w.Code != http.StatusOK || tt.want != "" && w.Body.String() != tt.want {
					t.Errorf("%s %s: %d %q", tt.method, tt.target, w.Code, w.Body)
				}
			}
			for _, target := range []string{testkit.LoginPath, "/login"} {
				if w := h.ask(handler, "GET", target); w.Code != http.StatusSeeOther && w.Code != http.StatusFound {
					t.Errorf("GET %s: %d %q", target, w.Code, w.Body)
				}
			}
			if w := h.ask(handler, "GET", testkit.SignedOutPath); w.Code != http.StatusOK {
				t.Errorf("GET %s: %d", testkit.SignedOutPath, w.Code)
			}
		})
	}
}

// TestCloseAllReadsPathsAsTheEngine holds that what is opened is what the engine takes
// for it, escaped slashes and slashes too many included.
func TestCloseAllReadsPathsAsTheEngine(t *testing.T) {
	t.Parallel()
	for name, set := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &closedHost{}
			var engine *gin.Engine
			var closed http.Handler
			start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				engine = r
				set(r)
				mount(t, okta, r)
				r.GET("/docs/:name", open)
				r.NoRoute(func(c *gin.Context) { c.Status(http.StatusNotFound) })
				var err error
				if closed, err = okta.CloseAll(r, auth.Open{"/docs/:name": auth.Public}); err != nil {
					t.Fatal(err)
				}
				return nil
			}})
			for _, target := range []string{"/docs/a", "/docs%2fa", "/d%6fcs/a", "/docs/a%2fb", "//docs/a", "/docs//a", "/docs/%61"} {
				want := h.ask(engine, "GET", target).Body.String() == "open"
				if w := h.ask(closed, "GET", target); (w.Body.String() == "open") != want || !want && w.Code != http.StatusSeeOther {
					t.Errorf("%s: %d %q, though the engine takes it for the open page: %v", target, w.Code, w.Body, want)
				}
			}
		})
	}
}

func TestCloseAllLetsPeopleIn(t *testing.T) {
	t.Parallel()
	h := &closedHost{}
	host, _ := h.closed(t, func(*gin.Engine) {})
	b := host.browser()
	for _, tt := range []struct{ target, want string }{
		{"/cart", "SECRET cart"}, {"/before/x", "SECRET before"}, {"/files/secret.txt", "SECRET file"}, {"/later", "SECRET later"},
		{"/any", "SECRET any"}, {"/nowhere", "SECRET NoRoute"},
	} {
		if got := b.Arrive(tt.target, testkit.Ada); got.Body != tt.want {
			t.Errorf("%s: %d %q, want %q", tt.target, got.StatusCode, got.Body, tt.want)
		}
	}
	if got := b.Get("/cart").Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a closed page may be cached: Cache-Control is %q", got)
	}
}

// TestCloseAllAnswersAsTheEngine holds that what passes is answered as without
// CloseAll: status, body and headers, by NoRoute and NoMethod too.
func TestCloseAllAnswersAsTheEngine(t *testing.T) {
	t.Parallel()
	var engine *gin.Engine
	var closed http.Handler
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		engine = r
		r.HandleMethodNotAllowed = true
		mount(t, okta, r)
		r.GET("/page", func(c *gin.Context) { c.String(http.StatusTeapot, "tea") })
		r.GET("/nothing", func(c *gin.Context) { c.Status(http.StatusNoContent) })
		r.GET("/silent", func(*gin.Context) {})
		r.GET("/flush", func(c *gin.Context) { c.Writer.Flush(); c.Writer.WriteString("later") })
		r.NoRoute(func(c *gin.Context) {
			if c.Query("body") == "" {
				c.AbortWithStatus(http.StatusNotFound)
				return
			}
			c.String(http.StatusNotFound, "own 404")
		})
		list := auth.Open{auth.NoRoute: auth.Public, "/page": auth.Public, "/nothing": auth.Public, "/silent": auth.Public, "/flush": auth.Public}
		var err error
		if closed, err = okta.CloseAll(r, list); err != nil {
			t.Fatal(err)
		}
		return nil
	}})
	h := &closedHost{}
	for _, target := range []string{"/page", "/nothing", "/silent", "/flush", "/nowhere", "/nowhere?body=1", "/page/"} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			want, got := h.ask(engine, method, target), h.ask(closed, method, target)
			if got.Code != want.Code || got.Body.String() != want.Body.String() || headerLines(got.Header()) != headerLines(want.Header()) {
				t.Errorf("%s %s: %d %q, without CloseAll %d %q\n%s%s", method, target, got.Code, got.Body, want.Code, want.Body,
					headerLines(got.Header()), headerLines(want.Header()))
			}
		}
	}
}

// TestCloseAllClosesRoutesAddedWhileServing holds that a route which comes when
// requests have been answered is closed, though what it takes the path from was open.
func TestCloseAllClosesRoutesAddedWhileServing(t *testing.T) {
	t.Parallel()
	h := &closedHost{}
	var engine *gin.Engine
	var closed http.Handler
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		engine = r
		mount(t, okta, r)
		r.GET("/pages/:name", open)
		var err error
		if closed, err = okta.CloseAll(r, auth.Open{auth.NoRoute: auth.Public, "/pages/:name": auth.Public}); err != nil {
			t.Fatal(err)
		}
		return nil
	}})
	if w := h.ask(closed, "GET", "/pages/a"); w.Body.String() != "open" {
		t.Fatalf("the open page: %d %q", w.Code, w.Body)
	}
	engine.GET("/late", h.secret("late"))
	engine.GET("/pages/secret", h.secret("late page"))
	for _, target := range []string{"/late", "/pages/secret"} {
		if w := h.ask(closed, "GET", target); h.ran.Load() != 0 {
			t.Errorf("%s ran for nobody: %d %q", target, w.Code, w.Body)
		}
	}
	if w := h.ask(closed, "GET", "/pages/a"); w.Body.String() != "open" {
		t.Errorf("the open page: %d %q", w.Code, w.Body)
	}
}
