package auth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// ordinary is a Gin app as people have them, with its log written to out. Some of its
// routes are there before mount is called, others come after.
func ordinary(t *testing.T, static string, out io.Writer, mount func(*gin.Engine)) *gin.Engine {
	t.Helper()
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectFixedPath = true
	if err := r.SetTrustedProxies([]string{"192.0.2.0/24"}); err != nil {
		t.Fatal(err)
	}
	r.Use(gin.LoggerWithWriter(out), gin.RecoveryWithWriter(out), sessions.Sessions("session", cookie.NewStore([]byte("of the host alone, 32 bytes long"))))
	r.Use(func(c *gin.Context) { c.Header("X-Host", "ordinary") })
	r.GET("/", func(c *gin.Context) { c.String(http.StatusOK, "front, for %s", c.ClientIP()) })
	early := r.Group("/early")
	r.Static("/static", static)

	mount(r)

	r.POST("/cart", func(c *gin.Context) {
		cart := sessions.Default(c)
		cart.Set("item", c.PostForm("item"))
		if err := cart.Save(); err != nil {
			t.Error(err)
		}
		c.Status(http.StatusCreated)
	})
	r.GET("/boom", func(*gin.Context) { panic("boom") })
	early.GET("/:id", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"id": c.Param("id")}) })
	r.NoRoute(func(c *gin.Context) { c.String(http.StatusNotFound, "the host's own 404") })
	r.NoMethod(func(c *gin.Context) { c.String(http.StatusMethodNotAllowed, "the host's own 405") })
	return r
}

// tookTime is what differs between two lines of gin's log for the same request.
var tookTime = regexp.MustCompile(`\d{4}/\d\d/\d\d - \d\d:\d\d:\d\d|\| +[\d.]+(ns|µs|ms|s) +\|`)

// TestMountTouchesNothingElse holds that a host answers each request, byte for byte,
// as it does without sign-in, and logs the same.
func TestMountTouchesNothingElse(t *testing.T) {
	t.Parallel()
	static := t.TempDir()
	if err := os.WriteFile(filepath.Join(static, "app.css"), []byte("body{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := start(t, setup{app: func(*auth.Auth, *gin.Engine) http.Handler { return nil }})
	var plainLog, mountedLog testkit.Logs
	plain := ordinary(t, static, &plainLog, func(*gin.Engine) {})
	mounted := ordinary(t, static, &mountedLog, func(r *gin.Engine) { mount(t, h.auth, r) })

	for _, tt := range []struct {
		name, method, target string
		headers              []string
	}{
		{"front page", "GET", "/", nil},
		{"HEAD is still the host's", "HEAD", "/", nil},
		{"forged client address", "GET", "/", []string{"X-Forwarded-For", "203.0.113.9"}},
		{"static file", "GET", "/static/app.css", nil},
		{"static file, conditional", "GET", "/static/app.css", []string{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}},
		{"static folder", "GET", "/static/", nil},
		{"missing static file", "GET", "/static/none.css", nil},
		{"route of an early group", "GET", "/early/7", nil},
		{"slash too many", "GET", "/early/7/", nil},
		{"slash too many, and a prefix", "GET", "/early/7/", []string{"X-Forwarded-Prefix", "/elsewhere"}},
		{"wrong case", "GET", "/EARLY/7", nil},
		{"two slashes", "GET", "//early/7", nil},
		{"wrong method", "DELETE", "/", nil},
		{"wrong method of a post", "GET", "/cart", nil},
		{"no such page", "GET", "/nowhere", nil},
		{"no such page, JSON", "GET", "/nowhere", []string{"Accept", "application/json"}},
		{"panic", "GET", "/boom", nil},
		{"long query", "GET", "/?" + strings.Repeat("a", 9000), nil},
		{"large cookie", "GET", "/", []string{"Cookie", "a=" + strings.Repeat("a", 9000)}},
		{"preflight", "OPTIONS", "/", []string{"Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET"}},
		{"cross-site post", "POST", "/cart", []string{"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"}},
		{"prefetch", "GET", "/", []string{"Sec-Purpose", "prefetch"}},
		{"bearer", "GET", "/", []string{"Authorization", "Bearer nonsense"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var answers [2]*httptest.ResponseRecorder
			for i, engine := range []*gin.Engine{plain, mounted} {
				r := httptest.NewRequest(tt.method, "http://localhost"+tt.target, nil)
				for n := 0; n < len(tt.headers); n += 2 {
					r.Header.Set(tt.headers[n], tt.headers[n+1])
				}
				answers[i] = httptest.NewRecorder()
				engine.ServeHTTP(answers[i], r)
			}
			want, got := answers[0], answers[1]
			if got.Code != want.Code || got.Body.String() != want.Body.String() {
				t.Errorf("answered %d %q, without sign-in %d %q", got.Code, got.Body, want.Code, want.Body)
			}
			if got, want := headerLines(got.Header()), headerLines(want.Header()); got != want {
				t.Errorf("headers:\n%s\nwithout sign-in:\n%s", got, want)
			}
		})
	}
	lines := func(log *testkit.Logs) string {
		var kept []string
		for line := range strings.Lines(log.String()) {
			if strings.HasPrefix(line, "[GIN]") {
				kept = append(kept, tookTime.ReplaceAllString(line, "_"))
			}
		}
		return strings.Join(kept, "")
	}
	if got, want := lines(&mountedLog), lines(&plainLog); got != want || got == "" {
		t.Errorf("logged:\n%.4000s\nwithout sign-in:\n%.4000s", got, want)
	}
}

// headerLines writes headers down, without those that are another with each answer.
func headerLines(h http.Header) string {
	h = h.Clone()
	for i, line := range h["Set-Cookie"] {
		name, rest, _ := strings.Cut(line, "=")
		_, attributes, _ := strings.Cut(rest, ";")
		h["Set-Cookie"][i] = name + "=;" + regexp.MustCompile(`Expires=[^;]*`).ReplaceAllString(attributes, "")
	}
	var b strings.Builder
	if err := h.Write(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

// TestHostKeepsItsSession holds that sign-in and sign-out leave what the host keeps in
// its own session.
func TestHostKeepsItsSession(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		r.Use(sessions.Sessions("session", cookie.NewStore([]byte("of the host alone, 32 bytes long"))))
		mount(t, okta, r)
		r.GET("/fill", func(c *gin.Context) {
			cart := sessions.Default(c)
			cart.Set("item", "tea")
			if err := cart.Save(); err != nil {
				t.Error(err)
			}
		})
		r.GET("/cart", okta.RequireLogin(), func(c *gin.Context) {
			c.String(http.StatusOK, "%v of %s", sessions.Default(c).Get("item"), okta.Caller(c).Name())
		})
		r.GET("/open", func(c *gin.Context) { c.String(http.StatusOK, "%v", sessions.Default(c).Get("item")) })
		return nil
	}})
	b := h.browser()
	b.Get("/fill")
	if got := b.Arrive("/cart", testkit.Ada).Body; got != "tea of Ada Lovelace" {
		t.Errorf("after sign-in: %q", got)
	}
	b.Post(testkit.LogoutPath, nil)
	if got := b.Get("/open").Body; got != "tea" {
		t.Errorf("after sign-out: %q", got)
	}
}

// TestMountWarnsOfLogger holds that a host learns at start that gin's logger would
// write authorization codes down.
func TestMountWarnsOfLogger(t *testing.T) {
	t.Parallel()
	byForm := map[string]string{"OKTA_RESPONSE_MODE": "form_post"}
	for _, tt := range []struct {
		name   string
		engine func() *gin.Engine
		env    map[string]string
		want   bool
	}{
		{"no middleware", func() *gin.Engine { return gin.New() }, nil, false},
		{"gin.Default", func() *gin.Engine { return gin.Default() }, nil, true},
		{"gin.Logger", func() *gin.Engine { return using(gin.Logger()) }, nil, true},
		{"LoggerWithWriter", func() *gin.Engine { return using(gin.LoggerWithWriter(io.Discard)) }, nil, true},
		{"LoggerWithFormatter", func() *gin.Engine {
			return using(gin.LoggerWithFormatter(func(gin.LogFormatterParams) string { return "" }))
		}, nil, true},
		{"LoggerWithConfig", func() *gin.Engine { return using(gin.LoggerWithConfig(gin.LoggerConfig{Output: io.Discard})) }, nil, true},
		{"gin.Recovery", func() *gin.Engine { return using(gin.Recovery()) }, nil, false},
		{"gin.ErrorLogger", func() *gin.Engine { return using(gin.ErrorLogger()) }, nil, false},
		{"a middleware of the host's", func() *gin.Engine { return using(func(*gin.Context) {}) }, nil, false},
		{"codes come in forms", func() *gin.Engine { return gin.Default() }, byForm, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{env: tt.env, app: func(okta *auth.Auth, _ *gin.Engine) http.Handler {
				engine := tt.engine()
				mount(t, okta, engine)
				return engine
			}})
			if got := strings.Contains(h.logs.String(), "gin.Logger"); got != tt.want {
				t.Errorf("warned: %v, want %v\n%s", got, tt.want, h.logs)
			}
		})
	}
}

func using(handlers ...gin.HandlerFunc) *gin.Engine {
	engine := gin.New()
	engine.Use(handlers...)
	return engine
}
