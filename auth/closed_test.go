package auth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// closedHost is an engine on which every handler that must not run for nobody counts.
type closedHost struct {
	ran  atomic.Int64
	last atomic.Value
}

func (h *closedHost) secret(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		h.ran.Add(1)
		h.last.Store(name)
		c.String(http.StatusOK, "SECRET "+name)
	}
}

func open(c *gin.Context) { c.String(http.StatusOK, "open") }

// routes adds one of everything; mount is called among them.
func (h *closedHost) routes(t testing.TB, r *gin.Engine, static string, mount func()) {
	before := r.Group("/before", func(*gin.Context) {})
	r.GET("/", open)
	r.GET("/cart", h.secret("cart"))
	mount()
	before.GET("/x", h.secret("before"))
	r.Group("/admin", h.secret("group middleware")).GET("/users/:id", h.secret("user"))
	r.Static("/files", static)
	r.Static("/assets", static)
	r.StaticFile("/one.txt", filepath.Join(static, "secret.txt"))
	r.Any("/any", h.secret("any"))
	r.POST("/hook", open)
	r.GET("/Mixed/Case", h.secret("mixed"))
	r.GET("/tail/*rest", h.secret("tail"))
	r.GET("/p/:a/q", h.secret("p"))
	r.NoRoute(h.secret("NoRoute"))
	r.NoMethod(h.secret("NoMethod"))
}

// engines are engines with every switch that decides which route a path is for.
var engines = map[string]func(*gin.Engine){
	"as it comes":        func(*gin.Engine) {},
	"fixed paths":        func(r *gin.Engine) { r.RedirectFixedPath = true },
	"no redirects":       func(r *gin.Engine) { r.RedirectTrailingSlash = false },
	"wrong method":       func(r *gin.Engine) { r.HandleMethodNotAllowed = true },
	"raw path":           func(r *gin.Engine) { r.UseRawPath = true },
	"raw path, as it is": func(r *gin.Engine) { r.UseRawPath, r.UnescapePathValues = true, false },
	"escaped path":       func(r *gin.Engine) { r.UseEscapedPath = true },
	"no extra slash":     func(r *gin.Engine) { r.RemoveExtraSlash = true },
	"everything": func(r *gin.Engine) {
		r.RedirectFixedPath, r.HandleMethodNotAllowed, r.UseRawPath, r.RemoveExtraSlash = true, true, true, true
	},
}

// closed returns such an engine behind CloseAll.
func (h *closedHost) closed(t testing.TB, set func(*gin.Engine)) (*host, http.Handler) {
	static := t.TempDir()
	if err := os.WriteFile(filepath.Join(static, "secret.txt"), []byte("SECRET file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(static, "css"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(static, "css", "app.css"), []byte("open"), 0o600); err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	host := start(t, setup{options: func(o *auth.Options) { o.Paths.Login = "/login" }, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		set(r)
		h.routes(t, r, static, func() { mount(t, okta, r) })
		closed, err := okta.CloseAll(r, auth.Open{
			"/": auth.Public, "/hook": auth.Public, "/assets/*filepath": auth.Public,
		})
		if err != nil {
			t.Fatal(err)
		}
		r.GET("/later", h.secret("later"))
		handler = closed
		return closed
	}})
	return host, handler
}

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

// ask sends a request as bytes on the wire would come, whatever its target.
func (h *closedHost) ask(handler http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://localhost/", nil)
	r.Method = method
	u, err := r.URL.Parse("http://localhost/")
	if err != nil {
		panic(err)
	}
	path, query, _ := strings.Cut(target, "?")
	u.RawQuery = query
	if u.Path = path; strings.Contains(path, "%") {
		if parsed, err := u.Parse("http://localhost" + path); err == nil {
			u.Path, u.RawPath = parsed.Path, parsed.RawPath
		}
	}
	r.URL, r.RequestURI = u, target
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
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

// FuzzCloseAll holds that no path and no method makes a closed handler run for nobody.
func FuzzCloseAll(f *testing.F) {
	for _, seed := range []string{"/cart", "//cart", "/./cart", "/assets/../files/secret.txt", "/%2e%2e/cart", "/hook/../cart", "/p//q", "", "*", "cart", "/\x00", "/hook%2f..%2fcart"} {
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
			if h.ran.Store(0); strings.HasPrefix(strings.TrimLeft(target, "/"), "assets/") && !strings.Contains(target, ".") {
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
