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

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
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

// setup serves these routes, and those that more adds without saying who may use them.
func (g guarded) setup(env map[string]string, more ...func(*gin.Engine)) apptest.Setup {
	return apptest.Setup{
		Env: env,
		Front: beside(func(auth further) {
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
			auth.engine.GET("/undeclared", g.handler)
			for _, add := range more {
				add(auth.engine)
			}
		}),
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
	return verdict{status: http.StatusSeeOther, location: testkit.LoginPath + "?return_to=" + url.QueryEscape(path)}
}

// check compares r, got from path, with want, and makes sure that the handler
// behind the rule ran exactly where it was let run.
func (g guarded) check(t *testing.T, path string, want verdict, request func() testkit.Reply) {
	t.Helper()
	before := g.ran[path].Load()
	r := request()
	ran := g.ran[path].Load() - before
	if r.StatusCode != want.status {
		t.Errorf("%s: status %d, want %d: %s", path, r.StatusCode, want.status, r.Body)
		return
	}
	if got := r.Location(); !strings.HasPrefix(got, want.location) || (got == "") != (want.location == "") {
		t.Errorf("%s: Location %q, want %q", path, got, want.location)
	}
	if got := strings.Join(r.Header.Values("WWW-Authenticate"), " | "); got != want.challenge {
		t.Errorf("%s: WWW-Authenticate\n got %s\nwant %s", path, got, want.challenge)
	}
	if want.status == http.StatusOK {
		if ran != 1 || r.Body != closedBody {
			t.Errorf("%s: let pass, but the handler ran %d times and the body is %q", path, ran, r.Body)
		}
		return
	}
	if ran != 0 || strings.Contains(r.Body, closedBody) {
		t.Errorf("%s: refused, but the handler ran %d times and the body is %q", path, ran, r.Body)
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s: refused with Cache-Control %q", path, got)
	}
	if want.reason != "" {
		if p := apptest.ProblemJSON(t, r); p["reason"] != want.reason {
			t.Errorf("%s: reason %v, want %s", path, p["reason"], want.reason)
		}
	}
}

func TestEveryRuleForEveryCallerWithoutAToken(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	app := apptest.Start(t, g.setup(nil))
	stale, nobody, member, admin, proven := app.Browser(), app.Browser(), app.Browser(), app.Browser(), app.Browser()
	stale.SignIn("/login", testkit.Ada)
	app.Clock.Add(20 * time.Minute)
	member.SignIn("/login", testkit.Grace)
	admin.SignIn("/login", testkit.Ada)
	proven.SignIn("/login", testkit.Ada)
	proven.SignIn("/strong", testkit.Ada)

	toOkta := func(with string) verdict {
		return verdict{status: http.StatusFound, location: app.Org.Issuer() + "/v1/authorize?" + with}
	}
	acr, age := toOkta("acr_values="+url.QueryEscape(strong)), toOkta("client_id=")
	type row struct{ undeclared, login, admins, scope, write, recent, strong, scopeAdmins, scopeRecent, scopeStrong verdict }
	for name, tc := range map[string]struct {
		browser *apptest.Browser
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
				g.check(t, path, want, func() testkit.Reply { return tc.browser.Get(path, tc.headers...) })
			}
		})
	}
}

// public are the only routes that anybody may use without being signed in.
var public = []string{
	"GET /", "GET /healthz", "GET /readyz", "GET /metrics", "GET /static/*file",
	"GET /login", "POST /login", "GET " + testkit.LoginPath, "POST " + testkit.LoginPath, "GET " + testkit.CallbackPath, "POST " + testkit.CallbackPath,
	"GET /logout", "POST /logout", "GET " + testkit.LogoutPath, "POST " + testkit.LogoutPath, "GET " + testkit.SignedOutPath, "GET /authorization-code/assets/:file", "GET /authorization-code/jwks.json",
	"GET /authorization-code/session", // which tells nobody that they are nobody
	"POST /authorization-code/language", "GET " + apptest.CustomPath, "POST " + apptest.CustomPath + "/problem", "GET /authorization-code/widget/*file",
	"POST " + apptest.UniversalPath, "GET " + apptest.FrontPath, "POST " + apptest.FrontPath, "POST " + apptest.BackPath, // which prove in other ways who sends them
}

func TestEveryRouteIsClosedUnlessListed(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	var added *gin.Engine
	app := apptest.Start(t, g.setup(map[string]string{"ADMIN_GROUPS": "Admins"}, func(engine *gin.Engine) { // CloseAll knows them
		added = engine
		engine.Any("/undeclared/any/:id", g.handler)
		engine.Group("/undeclared/group").POST("/x", g.handler)
		engine.StaticFS("/undeclared/files", http.Dir(t.TempDir()))
	}))
	listed := app.Routes()
	for _, route := range added.Routes() {
		listed = append(listed, [2]string{route.Method, route.Path})
	}
	found := 0
	for _, route := range listed {
		method, name := route[0], route[0]+" "+route[1]
		if slices.Contains(public, name) {
			found++
			continue
		}
		path := strings.NewReplacer(":id", "7", "*filepath", "x").Replace(route[1])
		nobody := app.Browser()
		r := nobody.Do(method, path, nil, "Accept", "application/json")
		if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" || strings.Contains(r.Body, closedBody) {
			t.Errorf("%s: a program that is nobody gets %d %q", name, r.StatusCode, r.Body)
		}
		r = nobody.Do(method, path, nil)
		if strings.HasPrefix(path, "/api/") {
			if r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: a browser of nobody gets %d from the API", name, r.StatusCode)
			}
		} else if method != http.MethodGet && method != http.MethodHead {
			if r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: a form of nobody gets %d", name, r.StatusCode)
			}
		} else if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Location(), testkit.LoginPath) {
			t.Errorf("%s: a browser of nobody gets %d to %q", name, r.StatusCode, r.Location())
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
