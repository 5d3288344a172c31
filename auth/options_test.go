package auth_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestNewRefusesOptions(t *testing.T) {
	t.Parallel()
	h := start(t, setup{})
	for _, tt := range []struct {
		name    string
		options auth.Options
		want    []string // in the error
	}{
		{"relative prefix", auth.Options{Paths: auth.Paths{Prefix: "sign-in"}}, []string{"Paths.Prefix", `"sign-in"`}},
		{"prefix that ends in a slash", auth.Options{Paths: auth.Paths{Prefix: "/sign-in/"}}, []string{"Paths.Prefix", "slash at the end"}},
		{"root as the prefix", auth.Options{Paths: auth.Paths{Prefix: "/"}}, []string{"Paths.Prefix"}},
		{"prefix with a parameter", auth.Options{Paths: auth.Paths{Prefix: "/:tenant"}}, []string{"Paths.Prefix"}},
		{"callback with a wildcard", auth.Options{Paths: auth.Paths{Callback: "/cb/*all"}}, []string{"Paths.Callback"}},
		{"callback elsewhere", auth.Options{Paths: auth.Paths{Callback: "https://elsewhere.example/cb"}}, []string{"Paths.Callback"}},
		{"callback with a query", auth.Options{Paths: auth.Paths{Callback: "/cb?x=1"}}, []string{"Paths.Callback"}},
		{"dots", auth.Options{Paths: auth.Paths{Login: "/a/../login"}}, []string{"Paths.Login"}},
		{"two slashes", auth.Options{Paths: auth.Paths{Login: "//login"}}, []string{"Paths.Login"}},
		{"blank", auth.Options{Paths: auth.Paths{Login: "/log in"}}, []string{"Paths.Login"}},
		{"login and logout are one", auth.Options{Paths: auth.Paths{Login: "/me", Logout: "/me"}}, []string{"Paths.Login", "Paths.Logout", `"/me"`}},
		{"callback and login are one", auth.Options{Paths: auth.Paths{Callback: "/in", Login: "/in"}}, []string{"Paths.Callback", "Paths.Login"}},
		{"login where the sign-out is", auth.Options{Paths: auth.Paths{Login: testkit.LogoutPath}}, []string{"Paths.Login", "the sign-out", testkit.LogoutPath}},
		{"callback where a sign-in starts", auth.Options{Paths: auth.Paths{Prefix: "/in", Callback: "/in/login-redirect"}}, []string{"Paths.Callback", "the start of a sign-in"}},
		{"callback at the prefix", auth.Options{Paths: auth.Paths{Prefix: "/in", Callback: "/in"}}, []string{"Paths.Callback", "Paths.Prefix"}},
		{"landing elsewhere", auth.Options{AfterSignIn: "https://elsewhere.example/"}, []string{"AfterSignIn"}},
		{"landing on another host", auth.Options{AfterSignIn: "//elsewhere.example/"}, []string{"AfterSignIn"}},
		{"landing without a slash", auth.Options{AfterSignOut: "goodbye"}, []string{"AfterSignOut", `"goodbye"`}},
		{"landing on the sign-in", auth.Options{Paths: auth.Paths{Login: "/login"}, AfterSignIn: "/login"}, []string{"AfterSignIn", "Paths.Login"}},
		{"landing on the callback", auth.Options{AfterSignIn: testkit.CallbackPath}, []string{"AfterSignIn", "Paths.Callback"}},
		{"landing on the sign-in after sign-out", auth.Options{AfterSignOut: testkit.LoginPath}, []string{"AfterSignOut", "the start of a sign-in"}},
		{"the protocol's parameters", auth.Options{AuthorizeParams: url.Values{"scope": {"openid"}}}, []string{"AuthorizeParams", `"scope"`}},
		{"the protocol's parameters, in capitals", auth.Options{AuthorizeParams: url.Values{"STATE": {"x"}}}, []string{"AuthorizeParams", `"STATE"`}},
		{"a parameter twice", auth.Options{AuthorizeParams: url.Values{"idp": {"a", "b"}}}, []string{"AuthorizeParams", `"idp"`}},
		{"cookie name with a blank", auth.Options{CookieName: "my session"}, []string{"Options.CookieName", `"my session"`}},
		{"cookie name with a prefix", auth.Options{CookieName: "__Host-x"}, []string{"Options.CookieName", "__Host-"}},
		{"groups in a claim without a name", auth.Options{GroupsClaim: []string{"realm", ""}}, []string{"GroupsClaim", `"realm"`}},
		{"texts that are not there", auth.Options{Texts: []fs.FS{nil}}, []string{"Options.Texts", "nil"}},
		{"texts in another folder", auth.Options{Texts: []fs.FS{fstest.MapFS{"texts/en.toml": {}}}}, []string{"Options.Texts", "pt-BR.toml", "fs.Sub"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, err := auth.New(testkit.Load(t, testkit.Settings(h.org, h.URL, nil)), tt.options)
			if err == nil || a != nil {
				t.Fatalf("accepted: %v, %v", a, err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
		})
	}
}

// TestNewRefusesSettings holds that New names what options and settings make impossible
// together, and a configuration that nobody has read.
func TestNewRefusesSettings(t *testing.T) {
	t.Parallel()
	h := start(t, setup{})
	settings := func(name, value string) config.Config {
		return testkit.Load(t, testkit.Settings(h.org, h.URL, map[string]string{name: value}))
	}
	for name, tt := range map[string]struct {
		cfg  config.Config
		want []string
	}{
		"no configuration":            {config.Config{}, []string{"auth: ", "config.Read"}},
		"the widget, and pushed":      {settings("OKTA_PAR", "require"), []string{"Options.Widget", "OKTA_PAR"}},
		"the widget, and no password": {settings("OKTA_PROMPT", "none"), []string{"Options.Widget", "OKTA_PROMPT"}},
		"the widget, and a service":   {settings("OKTA_RESOURCE", "https://api.example.com"), []string{"Options.Widget", "OKTA_RESOURCE"}},
		"the widget, and no Okta":     {settings("OKTA_OAUTH2_ISSUER", "https://login.example/realms/a"), []string{"Options.Widget", "OKTA_OAUTH2_ISSUER"}},
	} {
		a, err := auth.New(tt.cfg, auth.Options{Widget: true})
		if err == nil || a != nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %q lacks %q", name, err, want)
			}
		}
	}
}

// TestMountRefusesRulesBefore holds that a rule never stands before sign-in's own routes,
// where it would send people round in circles.
func TestMountRefusesRulesBefore(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]func(*auth.Auth) gin.HandlerFunc{
		"RequireLogin":       func(a *auth.Auth) gin.HandlerFunc { return a.RequireLogin() },
		"RequireGroup":       func(a *auth.Auth) gin.HandlerFunc { return a.RequireGroup("Admins") },
		"RequireScope":       func(a *auth.Auth) gin.HandlerFunc { return a.RequireScope() },
		"RequireRecentLogin": func(a *auth.Auth) gin.HandlerFunc { return a.RequireRecentLogin(time.Minute) },
		"RequireACR":         func(a *auth.Auth) gin.HandlerFunc { return a.RequireACR("phr") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				r.Use(okta.Recover(), rule(okta))
				if err := okta.Mount(r); err == nil || !strings.Contains(err.Error(), "RequireLogin") || !strings.Contains(err.Error(), "CloseAll") {
					t.Errorf("Mount: %v", err)
				}
				return nil
			}})
		})
	}
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		r.Use(okta.CountRequests(), okta.LogRequests(), okta.Recover(), okta.Limit(), okta.AllowFrontEnds(), auth.SecurityHeaders(okta.StrictHeaders()), auth.Public)
		r.GET("/closed", okta.RequireLogin(), open)
		mount(t, okta, r)
		r.Use(okta.RequireLogin())
		return nil
	}})
}

func TestMountNamesCollisions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		app  func(r *gin.Engine)
		want []string
	}{
		{"the same route", func(r *gin.Engine) { r.GET("/login", openPage) }, []string{"GET /login", "openPage", "Options.Paths"}},
		{"the same route by HEAD", func(r *gin.Engine) { r.HEAD("/login", openPage) }, []string{"HEAD /login", "openPage"}},
		{"the callback", func(r *gin.Engine) { r.Any(testkit.CallbackPath, openPage) }, []string{testkit.CallbackPath, "openPage"}},
		{"a wildcard for everything", func(r *gin.Engine) { r.GET("/*all", openPage) }, []string{"GET " + testkit.LoginPath, "/*all", "Options.Paths"}},
		{"a wildcard for the prefix", func(r *gin.Engine) { r.GET("/authorization-code/*all", openPage) }, []string{"GET " + testkit.LoginPath, "*all"}},
		{"another name for the file", func(r *gin.Engine) { r.GET("/authorization-code/assets/:name", openPage) }, []string{"/assets/:file", ":name"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start(t, setup{options: func(o *auth.Options) { o.Paths.Login = "/login" }, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				tt.app(r)
				err := okta.Mount(r)
				if err == nil {
					t.Fatal("mounted")
				}
				for _, want := range tt.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("error %q lacks %q", err, want)
					}
				}
				return nil
			}})
		})
	}
}

func openPage(c *gin.Context) { open(c) }

func TestMountTwice(t *testing.T) {
	t.Parallel()
	start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		for name, engine := range map[string]*gin.Engine{"the same engine": r, "another": gin.New()} {
			if err := okta.Mount(engine); err == nil || !strings.Contains(err.Error(), "twice") || !strings.Contains(err.Error(), "/authorization-code") {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	}})
}

// TestRulesBeforeNew holds that a rule of a nil Auth says what is wrong, and names
// itself.
func TestRulesBeforeNew(t *testing.T) {
	t.Parallel()
	for _, okta := range []*auth.Auth{nil, {}} {
		for name, rule := range map[string]func(){
			"RequireLogin":       func() { okta.RequireLogin() },
			"RequireGroup":       func() { okta.RequireGroup("Admins") },
			"RequireScope":       func() { okta.RequireScope() },
			"RequireRecentLogin": func() { okta.RequireRecentLogin(0) },
			"RequireACR":         func() { okta.RequireACR("x") },
		} {
			func() {
				defer func() {
					if said, _ := recover().(string); !strings.Contains(said, name) || !strings.Contains(said, "auth.New") {
						t.Errorf("%s said %q", name, said)
					}
				}()
				rule()
			}()
		}
		if err := okta.Mount(gin.New()); err == nil || !strings.Contains(err.Error(), "auth.New") {
			t.Errorf("Mount: %v", err)
		}
	}
}

func TestPathsOfTheHostsChoice(t *testing.T) {
	t.Parallel()
	h := start(t, setup{
		options: func(o *auth.Options) {
			o.Paths = auth.Paths{Prefix: "/sso", Callback: "/oidc/cb", Login: "/in", Logout: "/out"}
			o.AfterSignIn, o.AfterSignOut = "/welcome?first=1", "/bye"
		},
		client: func(c *mockokta.Client) {
			base := strings.TrimSuffix(c.RedirectURIs[0], testkit.CallbackPath)
			c.RedirectURIs, c.LogoutURIs = []string{base + "/oidc/cb"}, []string{base + "/sso/signed-out"}
		},
		app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			for _, path := range []string{"/", "/welcome", "/bye", "/login", testkit.LoginPath} {
				r.GET(path, say(okta, path))
			}
			r.GET("/closed", okta.RequireLogin(), say(okta, "closed"))
			return nil
		},
	})
	b := h.browser()
	r, way := b.Visit("/in", testkit.Ada)
	if r.Body != "/welcome for Ada Lovelace" || r.Request.URL.RawQuery != "first=1" {
		t.Errorf("ended at %s with %q", r.Request.URL, r.Body)
	}
	if !slices.ContainsFunc(way, func(u string) bool { return strings.HasPrefix(u, h.URL+"/oidc/cb?") }) {
		t.Errorf("the callback is not on the way: %v", way)
	}
	if got := h.auth.LoginURL("/x"); got != "/sso/login-redirect?return_to=%2Fx" {
		t.Errorf("LoginURL is %s", got)
	}
	if got := h.auth.LogoutURL(); got != "/sso/logout" {
		t.Errorf("LogoutURL is %s", got)
	}
	out := b.Submit(b.Get("/out"), nil)
	next, err := out.Request.URL.Parse(out.Onward(t))
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := b.Visit(next.String(), testkit.Ada); r.Body != "/bye" {
		t.Errorf("sign-out ended at %s with %q", r.Request.URL, r.Body)
	}
	if r := h.browser().Arrive("/closed", testkit.Ada); r.Body != "closed for Ada Lovelace" {
		t.Errorf("a closed page: %d %q", r.StatusCode, r.Body)
	}
	if got := b.Get(testkit.LoginPath).Body; got != testkit.LoginPath {
		t.Errorf("the host's own route where sign-in's would be by default: %q", got)
	}
}

// TestReturnToIsGuarded holds that sign-in and sign-out land on paths of the app
// alone, and that a way back to a step of sign-in itself leads to the front page.
func TestReturnToIsGuarded(t *testing.T) {
	t.Parallel()
	h := start(t, setup{options: func(o *auth.Options) { o.Paths.Login = "/login" }, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/", say(okta, "front"))
		r.GET("/docs/*any", say(okta, "docs"))
		r.GET("/spa", say(okta, "spa"))
		return nil
	}})
	for _, tt := range []struct{ returnTo, location string }{
		{"/docs/a?x=1#part", "/docs/a?x=1#part"},
		{"/docs//two//slashes", "/docs//two//slashes"},
		{"/docs/http://x", "/docs/http://x"},
		{"/spa#/inbox//7", "/spa#/inbox//7"},
		{"/spa#a/../../../b", "/spa#a/../../../b"},
		{"/docs/a;b", "/docs/a;b"},
		{"/docs/é?q=ü", "/docs/%c3%a9?q=%c3%bc"},
		{"/docs/100%25", "/docs/100%25"},
		{"/docs?q=100%", "/docs?q=100%"},
		{`/docs?q=a\b`, `/docs?q=a\b`},
		{"/login", "/"},
		{testkit.CallbackPath, "/"},
		{testkit.LogoutPath + "?x=1", "/"},
	} {
		b := h.browser()
		b.Arrive(testkit.LoginPath, testkit.Ada)
		r := b.Get(testkit.LoginPath + "?" + url.Values{"return_to": {tt.returnTo}}.Encode()) // signed in already
		if r.Location() != tt.location {
			t.Errorf("return_to=%s leads to %q, want %q", tt.returnTo, r.Location(), tt.location)
		}
		if strings.Contains(r.Location(), "%2F") || r.StatusCode != http.StatusSeeOther {
			t.Errorf("return_to=%s: %d to %s", tt.returnTo, r.StatusCode, r.Location())
		}
	}
	for _, bad := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`, "/%2f/elsewhere.example", "docs", "/a\nb", "/%zz"} {
		if r := h.browser().Get(testkit.LoginPath + "?" + url.Values{"return_to": {bad}}.Encode()); r.StatusCode != http.StatusBadRequest {
			t.Errorf("sign-in, return_to=%q: %d to %s", bad, r.StatusCode, r.Location())
		}
		b := h.browser()
		b.Arrive(testkit.LoginPath, testkit.Ada)
		if r := b.Post(testkit.LogoutPath, url.Values{"return_to": {bad}}); r.StatusCode != http.StatusBadRequest {
			t.Errorf("sign-out, return_to=%q: %d to %s", bad, r.StatusCode, r.Location())
		}
	}
}

func TestAuthorizeParams(t *testing.T) {
	t.Parallel()
	h := start(t, setup{options: func(o *auth.Options) {
		o.AuthorizeParams = url.Values{"idp": {"0oa1&x=y"}, "ui_locales": {"de fr"}}
	}})
	u, err := url.Parse(h.browser().Get(testkit.LoginPath).Location())
	if err != nil {
		t.Fatal(err)
	}
	if q := u.Query(); q.Get("idp") != "0oa1&x=y" || q.Get("ui_locales") != "de fr" || q.Has("x") || q.Get("client_id") != mockokta.DefaultClientID {
		t.Errorf("sent to %s", u)
	}
}

func TestCookieName(t *testing.T) {
	t.Parallel()
	h := start(t, setup{options: func(o *auth.Options) { o.CookieName = "acme" }, env: map[string]string{"COOKIE_NAME": "other"}})
	b := h.browser()
	b.Get(testkit.LoginPath)
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for _, name := range cookieNames(b) {
		if !strings.HasPrefix(name, "acme") {
			t.Errorf("a cookie is named %s", name)
		}
	}
	if !slices.Contains(cookieNames(b), "acme") {
		t.Errorf("cookies: %v", cookieNames(b))
	}
}
