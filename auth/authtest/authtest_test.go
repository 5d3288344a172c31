package authtest_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/sessions"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/config"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/session/redisurl"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	redisurl.Log(slog.New(slog.DiscardHandler))
	m.Run()
}

// newApp is an app with a page for each rule. Its Okta is nowhere.
func newApp(t testing.TB, env map[string]string, o auth.Options) (*auth.Auth, *gin.Engine) {
	t.Helper()
	settings := map[string]string{
		"OKTA_OAUTH2_ISSUER":        "http://127.0.0.1:1/oauth2/default",
		"OKTA_OAUTH2_CLIENT_ID":     "0oaExample",
		"OKTA_OAUTH2_CLIENT_SECRET": "a-secret-of-thirty-two-characters!",
	}
	for name, value := range env {
		settings[name] = value
	}
	cfg, err := config.Load(settings)
	if err != nil {
		t.Fatal(err)
	}
	o.Log = slog.New(slog.DiscardHandler)
	okta, err := auth.New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	if err := okta.Mount(engine); err != nil {
		t.Fatal(err)
	}
	who := func(c *gin.Context) {
		if caller := okta.Known(c); caller != nil {
			c.String(http.StatusOK, "%s %s", caller.Name(), caller.Groups)
		}
	}
	engine.GET("/", func(c *gin.Context) {
		if caller := okta.Caller(c); caller != nil {
			c.String(http.StatusOK, "Hello %s", caller.Name())
		}
	})
	engine.GET("/login", okta.RequireLogin(), who)
	engine.POST("/login", okta.RequireLogin(), who)
	engine.GET("/admins", okta.RequireGroup("Admins"), who)
	engine.GET("/strong", okta.RequireACR("urn:okta:loa:2fa:any"), who)
	engine.GET("/recent", okta.RequireRecentLogin(time.Minute), who)
	engine.GET("/messages", okta.RequireScope("messages"), func(c *gin.Context) {
		caller := okta.Known(c)
		c.String(http.StatusOK, "%s of %s, %v", caller.Subject, caller.ClientID, caller.SignedIn())
	})
	engine.GET("/data", okta.RequireLogin(), func(c *gin.Context) { c.String(http.StatusOK, okta.Known(c).Data["row"]) })
	engine.GET("/claim/:name", okta.RequireLogin(), func(c *gin.Context) {
		c.String(http.StatusOK, "%v", okta.Known(c).Claims[c.Param("name")])
	})
	return okta, engine
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

var ada = authtest.Person{
	Subject: "00uAda", Name: "Ada", Email: "ada@example.com", Groups: []string{"Admins", "Staff"},
	ACR: "urn:okta:loa:2fa:any", Claims: map[string]any{"department": "Research", "big": 281474976710657},
}

// stores are the settings for each place where sessions may be.
func stores(t testing.TB) map[string]map[string]string {
	return map[string]map[string]string{
		"cookies": nil,
		"Redis":   {"SESSION_STORE": redistest.Start(t).URL()},
		"https":   https,
	}
}

var https = map[string]string{
	"BASE_URL": "https://shop.example", "SESSION_SECRET": "9f3c2a7be1d84056a1c7f0e25b9d6834c0a8e7f51b2d4c69837e0fa5d1c6b248",
}

func TestEachRuleKnowsWhoAsks(t *testing.T) {
	t.Parallel()
	for store, env := range stores(t) {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			okta, app := newApp(t, env, auth.Options{})
			for name, tt := range map[string]struct {
				person authtest.Person
				path   string
				status int
				body   string
			}{
				"public page":       {ada, "/", 200, "Hello Ada"},
				"signed in":         {ada, "/login", 200, "Ada [Admins Staff]"},
				"nobody special":    {authtest.Person{}, "/login", 200, "00u0authtest []"},
				"in the group":      {ada, "/admins", 200, "Ada [Admins Staff]"},
				"in another":        {authtest.Person{Groups: []string{"Staff"}}, "/admins", 403, ""},
				"in none":           {authtest.Person{}, "/admins", 403, ""},
				"strong":            {ada, "/strong", 200, "Ada [Admins Staff]"},
				"weak":              {authtest.Person{ACR: "urn:okta:loa:1fa:any"}, "/strong", 503, ""}, // on the way to Okta, which is nowhere
				"recent":            {ada, "/recent", 200, "Ada [Admins Staff]"},
				"long ago":          {authtest.Person{AuthTime: time.Now().Add(-time.Hour)}, "/recent", 503, ""},
				"a person's scopes": {ada, "/messages", 200, "00uAda of , true"},
				"a claim":           {ada, "/claim/department", 200, "Research"},
				"a big number":      {ada, "/claim/big", 200, "281474976710657"},
				"the issuer":        {ada, "/claim/iss", 200, "http://127.0.0.1:1/oauth2/default"},
			} {
				w := serve(app, authtest.Request(t, okta, get(tt.path), tt.person))
				if w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
					t.Errorf("%s: %d %q, want %d %q", name, w.Code, w.Body, tt.status, tt.body)
				}
			}
		})
	}
}

func TestRequestIsACopy(t *testing.T) {
	t.Parallel()
	okta, app := newApp(t, nil, auth.Options{})
	r := get("/login")
	r.AddCookie(&http.Cookie{Name: "cart", Value: "tea"})
	with := authtest.Request(t, okta, r, ada)
	if w := serve(app, r); w.Code != http.StatusSeeOther {
		t.Errorf("the request that was given: %d", w.Code)
	}
	if cart, err := with.Cookie("cart"); err != nil || cart.Value != "tea" {
		t.Errorf("the cart: %v, %v", cart, err)
	}
	authtest.Bearer(t, okta, r, ada, "messages")
	if r.Header.Get("Authorization") != "" {
		t.Error("Bearer changed the request that was given")
	}
}

func TestNestedGroups(t *testing.T) {
	t.Parallel()
	okta, app := newApp(t, nil, auth.Options{
		GroupsClaim: []string{"https://example.com/roles", "shop"}, KeepClaim: func(string) bool { return false },
	})
	roles := map[string]any{"library": "reader"}
	person := authtest.Person{Subject: "00uBob", Groups: []string{"Admins"}, Claims: map[string]any{"https://example.com/roles": roles, "secret": 1}}
	if w := serve(app, authtest.Request(t, okta, get("/admins"), person)); w.Code != 200 || w.Body.String() != "00uBob [Admins]" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if w := serve(app, authtest.Request(t, okta, get("/claim/secret"), person)); w.Body.String() != "<nil>" {
		t.Errorf("a claim that the session does not keep: %q", w.Body)
	}
	if len(roles) != 1 {
		t.Errorf("the test's own map was changed: %v", roles)
	}
}

func TestBearers(t *testing.T) {
	t.Parallel()
	okta, app := newApp(t, nil, auth.Options{})
	bob := authtest.Person{Subject: "00uBob"}
	for name, tt := range map[string]struct {
		r      *http.Request
		status int
		body   string
	}{
		"with the scope":     {authtest.Bearer(t, okta, get("/messages"), bob, "other", "messages"), 200, "00uBob of 0oa0authtest, false"},
		"a machine":          {authtest.Bearer(t, okta, get("/messages"), authtest.Person{Claims: map[string]any{"cid": "0oaCron"}}, "messages"), 200, " of 0oaCron, false"},
		"without the scope":  {authtest.Bearer(t, okta, get("/messages"), bob, "other"), 403, ""},
		"for people alone":   {authtest.Bearer(t, okta, get("/login"), bob, "messages"), 401, ""},
		"the word by itself": {withHeader(get("/messages"), "Authorization", "Bearer authtest"), 401, ""},
		"another token":      {withHeader(authtest.Bearer(t, okta, get("/messages"), bob, "messages"), "Authorization", "Bearer other"), 401, ""},
	} {
		if w := serve(app, tt.r); w.Code != tt.status || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s: %d %q, want %d %q", name, w.Code, w.Body, tt.status, tt.body)
		}
	}
	other, _ := newApp(t, nil, auth.Options{})
	if w := serve(app, authtest.Bearer(t, other, get("/messages"), bob, "messages")); w.Code != 401 {
		t.Errorf("the bearer of another Auth: %d", w.Code)
	}
}

func withHeader(r *http.Request, name, value string) *http.Request {
	r.Header.Set(name, value)
	return r
}

func TestBrowser(t *testing.T) {
	t.Parallel()
	for store, env := range stores(t) {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			okta, app := newApp(t, env, auth.Options{})
			start := httptest.NewServer
			if store == "https" {
				start = httptest.NewTLSServer
			}
			server := start(app)
			t.Cleanup(server.Close)
			b := authtest.Browser(t, okta, server, ada)
			want := func(r *http.Response, err error, status int, body string) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				defer r.Body.Close()
				text, err := io.ReadAll(r.Body)
				if err != nil || r.StatusCode != status || !strings.Contains(string(text), body) {
					t.Errorf("%d %s, %v, want %d %s", r.StatusCode, text, err, status, body)
				}
			}
			for range 2 {
				r, err := b.Get(server.URL + "/admins")
				want(r, err, 200, "Ada [Admins Staff]")
			}
			r, err := b.Post(server.URL+"/login", "", nil)
			want(r, err, 200, "Ada")
			r, err = b.Post(server.URL+okta.LogoutURL(), "", nil)
			want(r, err, 200, "You are signed out")
			r, err = b.Get(server.URL + "/")
			want(r, err, 200, "")
			for _, path := range []string{"/login", "/admins"} { // on to BASE_URL, which is elsewhere
				r, err = b.Get(server.URL + path)
				want(r, err, http.StatusSeeOther, "")
			}
		})
	}
}

// failing is a testing.TB that stops at the first failure.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}

func (f *failing) Fatal(args ...any) { f.fatal(args) }

func (f *failing) Fatalf(_ string, args ...any) { f.fatal(args) }

func (f *failing) fatal(args []any) {
	for _, arg := range args {
		switch arg := arg.(type) {
		case error:
			f.said += arg.Error()
		case string:
			f.said += arg
		}
	}
	panic(f)
}

// failure is what f tells its test, empty for nothing.
func failure(f func(testing.TB)) (said string) {
	t := new(failing)
	defer func() {
		if r := recover(); r != nil && r != t {
			panic(r)
		}
		said = t.said
	}()
	f(t)
	return ""
}

func TestHook(t *testing.T) {
	t.Parallel()
	okta, app := newApp(t, nil, auth.Options{Hooks: auth.Hooks{SignedIn: func(_ context.Context, s *auth.SignIn) error {
		if s.Subject == "00uEve" {
			return auth.Refuse("Eve stays outside.")
		}
		if !slices.Equal(s.Groups, []string{"Admins", "Staff"}) || s.Claims["name"] != "Ada" {
			return errors.New("the hook sees somebody else")
		}
		s.Data["row"] = "7"
		return nil
	}}})
	if w := serve(app, authtest.Request(t, okta, get("/data"), ada)); w.Code != 200 || w.Body.String() != "7" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	said := failure(func(t testing.TB) { authtest.Request(t, okta, get("/data"), authtest.Person{Subject: "00uEve"}) })
	if !strings.Contains(said, "00uEve") || !strings.Contains(said, "Eve stays outside.") {
		t.Errorf("refused: %q", said)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	okta, app := newApp(t, nil, auth.Options{})
	said := failure(func(t testing.TB) {
		authtest.Request(t, okta, get("/"), authtest.Person{Claims: map[string]any{"f": func() {}}})
	})
	if !strings.Contains(said, "unsupported type") {
		t.Errorf("claims that are no JSON: %q", said)
	}
	served := get("/")
	sessions.GetRegistry(served) // as any session middleware does
	said = failure(func(t testing.TB) { authtest.Request(t, okta, served, ada) })
	if !strings.Contains(said, "was served before") {
		t.Errorf("a request that was served before: %q", said)
	}
	secure, _ := newApp(t, https, auth.Options{})
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	said = failure(func(t testing.TB) { authtest.Browser(t, secure, server, ada) })
	if !strings.Contains(said, "NewTLSServer") {
		t.Errorf("https without TLS: %q", said)
	}
}

// TestNotInAProgram runs a program that signs somebody in by this package.
func TestNotInAProgram(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "run", "./testdata/program").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "authtest: this program is no test") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// TestNotInTheApp reads which packages this module's program is made of.
func TestNotInTheApp(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", ".")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.ContainsFunc(packages, func(name string) bool { return strings.HasSuffix(name, "/auth/internal/seam") }) {
		t.Fatalf("the list lacks what it must have: %d packages", len(packages))
	}
	for _, name := range packages {
		if name == "testing" || strings.Contains(name, "/authtest") || strings.Contains(name, "/mockokta") {
			t.Errorf("the program contains %s", name)
		}
	}
}
