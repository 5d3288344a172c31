package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	strong     = "urn:okta:loa:2fa:any"
	closedBody = "what only those may see whom the rule lets pass"

	stepUpError = `error="insufficient_user_authentication", error_description="A more recent or stronger authentication is required", `
)

// guarded are routes that are closed in every way there is, and how often each
// one's handler has run.
type guarded struct{ ran map[string]*atomic.Int64 }

func newGuarded() guarded {
	g := guarded{make(map[string]*atomic.Int64)}
	for _, path := range []string{
		"/undeclared", "/login-only", "/admins", "/scope", "/scope/write", "/recent", "/strong",
		"/scope+admins", "/scope+recent", "/scope+strong",
	} {
		g.ran[path] = new(atomic.Int64)
	}
	return g
}

func (g guarded) handler(c *gin.Context) {
	g.ran[c.FullPath()].Add(1)
	c.String(http.StatusOK, closedBody)
}

func (g guarded) setup(env map[string]string) setup {
	return setup{
		env: env,
		routes: func(auth further) {
			bearers := auth.RequireScope()
			admins, recent, acr := auth.RequireGroup("Owners", "Admins"), auth.RequireRecentLogin(10*time.Minute), auth.RequireACR(strong)
			auth.Handle(http.MethodGet, "/login-only", auth.RequireLogin(), g.handler)
			auth.Handle(http.MethodGet, "/admins", admins, g.handler)
			auth.Handle(http.MethodGet, "/scope", bearers, g.handler)
			auth.Handle(http.MethodGet, "/scope/write", auth.RequireScope("messages:read", "messages:write"), g.handler)
			auth.Handle(http.MethodGet, "/recent", recent, g.handler)
			auth.Handle(http.MethodGet, "/strong", acr, g.handler)
			auth.Handle(http.MethodGet, "/scope+admins", bearers, admins, g.handler)
			auth.Handle(http.MethodGet, "/scope+recent", bearers, recent, g.handler)
			auth.Handle(http.MethodGet, "/scope+strong", bearers, acr, g.handler)
		},
		engine: func(engine *gin.Engine) { engine.GET("/undeclared", g.handler) },
	}
}

// verdict is what one caller gets from one route.
type verdict struct {
	status    int
	location  string // what it begins with
	challenge string // all of WWW-Authenticate
	reason    string // in the problem JSON; empty for pages
}

var (
	pass      = verdict{status: http.StatusOK}
	forbidden = verdict{status: http.StatusForbidden}
	noGroup   = verdict{status: http.StatusForbidden, reason: "group_required"}
	noSession = verdict{status: http.StatusUnauthorized, challenge: `Cookie realm="session"`, reason: "not_signed_in"}
	noToken   = verdict{status: http.StatusUnauthorized, challenge: `Bearer, DPoP algs="ES256 PS256 RS256"`, reason: "not_signed_in"}
	weak      = verdict{status: http.StatusUnauthorized, challenge: `Cookie realm="session", ` + stepUpError + `acr_values="` + strong + `"`, reason: "insufficient_user_authentication"}
	old       = verdict{status: http.StatusUnauthorized, challenge: `Cookie realm="session", ` + stepUpError + `max_age="600"`, reason: "insufficient_user_authentication"}
)

func signInAt(path string) verdict {
	return verdict{status: http.StatusSeeOther, location: loginPath + "?return_to=" + url.QueryEscape(path)}
}

// check compares r, got from path, with want, and makes sure that the handler
// behind the rule ran exactly where it was let run.
func (g guarded) check(t *testing.T, path string, want verdict, request func() reply) {
	t.Helper()
	before := g.ran[path].Load()
	r := request()
	ran := g.ran[path].Load() - before
	if r.StatusCode != want.status {
		t.Errorf("%s: status %d, want %d: %s", path, r.StatusCode, want.status, r.body)
		return
	}
	if got := r.location(); !strings.HasPrefix(got, want.location) || (got == "") != (want.location == "") {
		t.Errorf("%s: Location %q, want %q", path, got, want.location)
	}
	if got := strings.Join(r.Header.Values("WWW-Authenticate"), " | "); got != want.challenge {
		t.Errorf("%s: WWW-Authenticate\n got %s\nwant %s", path, got, want.challenge)
	}
	if want.status == http.StatusOK {
		if ran != 1 || r.body != closedBody {
			t.Errorf("%s: let pass, but the handler ran %d times and the body is %q", path, ran, r.body)
		}
		return
	}
	if ran != 0 || strings.Contains(r.body, closedBody) {
		t.Errorf("%s: refused, but the handler ran %d times and the body is %q", path, ran, r.body)
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s: refused with Cache-Control %q", path, got)
	}
	if want.reason != "" {
		if p := problemJSON(t, r); p["reason"] != want.reason {
			t.Errorf("%s: reason %v, want %s", path, p["reason"], want.reason)
		}
	}
}

func TestEveryRuleForEveryCallerWithoutAToken(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	app := start(t, g.setup(nil))
	stale, nobody, member, admin, proven := app.browser(), app.browser(), app.browser(), app.browser(), app.browser()
	stale.signIn("/login", ada)
	app.clock.add(20 * time.Minute)
	member.signIn("/login", grace)
	admin.signIn("/login", ada)
	proven.signIn("/login", ada)
	proven.signIn("/strong", ada)

	toOkta := func(with string) verdict {
		return verdict{status: http.StatusFound, location: app.org.Issuer() + "/v1/authorize?" + with}
	}
	acr, age := toOkta("acr_values="+url.QueryEscape(strong)), toOkta("client_id=")
	type row struct{ undeclared, login, admins, scope, write, recent, strong, scopeAdmins, scopeRecent, scopeStrong verdict }
	for name, tc := range map[string]struct {
		browser *browser
		headers []string
		want    row
	}{
		"anonymous browser": {nobody, nil, row{
			signInAt("/undeclared"), signInAt("/login-only"), signInAt("/admins"), signInAt("/scope"), signInAt("/scope/write"),
			signInAt("/recent"), signInAt("/strong"), signInAt("/scope+admins"), signInAt("/scope+recent"), signInAt("/scope+strong")}},
		"anonymous program": {nobody, []string{"Accept", "application/json"}, row{
			noSession, noSession, noSession, noToken, noToken, noSession, noSession, noToken, noToken, noToken}},
		"anonymous script in a page": {nobody, []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors"}, row{
			noSession, noSession, noSession, noToken, noToken, noSession, noSession, noToken, noToken, noToken}},
		"program with another scheme": {nobody, []string{"Accept", "application/json", "Authorization", "Basic YWRhOmFkYQ=="}, row{
			noSession, noSession, noSession, noToken, noToken, noSession, noSession, noToken, noToken, noToken}},
		"signed in without the group": {member, nil, row{
			pass, pass, forbidden, pass, pass, pass, acr, forbidden, pass, acr}},
		"signed in without the group, a program": {member, []string{"Accept", "application/json"}, row{
			pass, pass, noGroup, pass, pass, pass, weak, noGroup, pass, weak}},
		"signed in with the group": {admin, nil, row{
			pass, pass, pass, pass, pass, pass, acr, pass, pass, acr}},
		"signed in long ago": {stale, nil, row{
			pass, pass, pass, pass, pass, age, acr, pass, age, acr}},
		"signed in long ago, a program": {stale, []string{"Accept", "application/json"}, row{
			pass, pass, pass, pass, pass, old, weak, pass, old, weak}},
		"signed in with two factors": {proven, nil, row{
			pass, pass, pass, pass, pass, pass, pass, pass, pass, pass}},
	} {
		t.Run(name, func(t *testing.T) {
			w := tc.want
			for path, want := range map[string]verdict{
				"/undeclared": w.undeclared, "/login-only": w.login, "/admins": w.admins, "/scope": w.scope, "/scope/write": w.write,
				"/recent": w.recent, "/strong": w.strong,
				"/scope+admins": w.scopeAdmins, "/scope+recent": w.scopeRecent, "/scope+strong": w.scopeStrong,
			} {
				g.check(t, path, want, func() reply { return tc.browser.get(path, tc.headers...) })
			}
		})
	}
}

// public are the only routes that anybody may use without being signed in.
var public = []string{
	"GET /", "GET /healthz", "GET /readyz", "GET /metrics", "GET /static/*file",
	"GET /login", "POST /login", "GET " + loginPath, "POST " + loginPath, "GET " + callbackPath, "POST " + callbackPath,
	"GET /logout", "POST /logout", "GET " + logoutPath, "POST " + logoutPath, "GET " + signedOutPath, "GET /authorization-code/assets/:file", "GET /authorization-code/jwks.json",
	"GET /authorization-code/session", // which tells nobody that they are nobody
	"POST /authorization-code/language", "GET " + customPath, "POST " + customPath + "/problem", "GET /authorization-code/widget/*file",
	"POST " + universalPath, "GET " + frontPath, "POST " + frontPath, "POST " + backPath, // which prove in other ways who sends them
}

func TestEveryRouteIsClosedUnlessListed(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	s := g.setup(map[string]string{"ADMIN_GROUPS": "Admins"})
	s.engine = func(engine *gin.Engine) { // CloseAll knows them
		engine.GET("/undeclared", g.handler)
		engine.Any("/undeclared/any/:id", g.handler)
		engine.Group("/undeclared/group").POST("/x", g.handler)
		engine.StaticFS("/undeclared/files", http.Dir(t.TempDir()))
	}
	app := start(t, s)
	found := 0
	for _, route := range app.listed {
		name := route.Method + " " + route.Path
		if slices.Contains(public, name) {
			found++
			continue
		}
		path := strings.NewReplacer(":id", "7", "*filepath", "x").Replace(route.Path)
		nobody := app.browser()
		r := nobody.do(route.Method, path, nil, "Accept", "application/json")
		if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" || strings.Contains(r.body, closedBody) {
			t.Errorf("%s: a program that is nobody gets %d %q", name, r.StatusCode, r.body)
		}
		r = nobody.do(route.Method, path, nil)
		if strings.HasPrefix(path, "/api/") {
			if r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: a browser of nobody gets %d from the API", name, r.StatusCode)
			}
		} else if route.Method != http.MethodGet && route.Method != http.MethodHead {
			if r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: a form of nobody gets %d", name, r.StatusCode)
			}
		} else if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), loginPath) {
			t.Errorf("%s: a browser of nobody gets %d to %q", name, r.StatusCode, r.location())
		}
	}
	if found != len(public) {
		t.Errorf("%d of the %d public routes exist", found, len(public))
	}
	for path, ran := range g.ran {
		if ran.Load() != 0 {
			t.Errorf("the handler of %s ran", path)
		}
	}
}
