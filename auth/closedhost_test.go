package auth_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
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
