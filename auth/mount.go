package auth

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/signin"
	"example.com/okta-gin/auth/internal/signout"
	"example.com/okta-gin/web"
)

// Route is one of sign-in's own routes.
type Route struct {
	Method, Path string
	handler      gin.HandlerFunc
}

// Routes lists sign-in's own routes. Those for event hooks are there where
// OKTA_EVENT_HOOK_SECRET is set. Mount adds each GET as a HEAD too, and all of
// them below BASE_URL's path as well: a proxy may strip that, or not.
func (a *Auth) Routes() []Route {
	p := a.links.Paths
	routes := []Route{
		{http.MethodGet, a.links.LoginPath(), a.Handle(a.signIns.Login)},
		{http.MethodPost, a.links.LoginPath(), a.Handle(a.signIns.Initiate)},
		{http.MethodGet, a.links.CustomPath(), a.Handle(a.signIns.Custom)},
		{http.MethodPost, a.links.ProblemPath(), a.Handle(a.signIns.WidgetProblem)},
		{http.MethodGet, a.links.WidgetPath() + "*file", a.Handle(a.signIns.WidgetFile)},
		{http.MethodGet, p.Callback, a.Handle(a.signIns.Callback)},
		{http.MethodPost, p.Callback, a.Handle(a.signIns.Callback)},
		{http.MethodGet, a.links.LogoutPath(), a.Handle(a.signOuts.Confirm)},
		{http.MethodPost, a.links.LogoutPath(), a.Handle(a.signOuts.Logout)},
		{http.MethodGet, a.links.SignedOutPath(), a.Handle(a.signOuts.SignedOut)},
		{http.MethodGet, a.links.SessionsPath(), behind(a.Handle(a.signOuts.Devices), a.RequireLogin())},
		{http.MethodPost, a.links.EndSessionPath(), behind(a.Handle(a.signOuts.EndDevice), a.RequireLogin(), a.RequireRecentLogin(signout.RecentEnough))},
		{http.MethodGet, a.links.SessionPath(), a.handleProgram(a.timeLeft.Tell)},
		{http.MethodPost, a.links.SessionPath(), a.handleProgram(a.timeLeft.GoOn)},
		{http.MethodGet, a.links.FormPath(), behind(a.Handle(a.keptForm), a.RequireLogin())},
		{http.MethodPost, a.links.LanguagePath(), a.Handle(a.tongue.Choose)},
		{http.MethodGet, a.links.AssetsPath() + ":file", a.Handle(a.asset)},
		{http.MethodGet, a.links.ClientKeysPath(), a.Handle(a.clientKeys)},
		{http.MethodPost, a.links.UniversalLogoutPath(), a.handleProgram(a.outside.UniversalLogout)},
		{http.MethodGet, a.links.FrontChannelPath(), a.handleProgram(a.outside.FrontChannel)},
		{http.MethodPost, a.links.FrontChannelPath(), a.handleProgram(a.outside.FrontChannel)},
		{http.MethodPost, a.links.BackChannelPath(), a.handleProgram(a.outside.BackChannel)},
	}
	if a.takesEventHooks {
		routes = append(routes,
			Route{http.MethodGet, a.links.EventHookPath(), a.handleProgram(a.outside.VerifyHook)},
			Route{http.MethodPost, a.links.EventHookPath(), a.handleProgram(a.outside.TakeEvents)})
	}
	if p.Login != "" {
		routes = append(routes,
			Route{http.MethodGet, p.Login, a.Handle(a.signIns.Short)},
			Route{http.MethodPost, p.Login, a.Handle(a.signIns.Initiate)})
	}
	if p.Logout != "" {
		routes = append(routes,
			Route{http.MethodGet, p.Logout, a.Handle(a.signOuts.Confirm)},
			Route{http.MethodPost, p.Logout, a.Handle(a.signOuts.Logout)})
	}
	return routes
}

func (a *Auth) handleProgram(h func(*gin.Context) error) gin.HandlerFunc {
	return a.display.Answers.HandleProgram(h)
}

// behind lets through to handler whom all rules let pass.
func behind(handler gin.HandlerFunc, rules ...gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		for _, rule := range rules {
			if rule(c); c.IsAborted() {
				return
			}
		}
		handler(c)
	}
}

// Mount adds sign-in's own routes to engine, and touches nothing else of it: no
// middleware, no header of other pages, no session, no proxies, no NoRoute. It
// returns an error that names both where one of its routes collides with one of
// engine's, and where it was called before; engine is not to be served then.
//
// What Use has put on engine before stands before sign-in's routes too, as it does before
// any route: a Look may count on it, and a rule there is an error.
func (a *Auth) Mount(engine *gin.Engine) error {
	if a == nil || a.gate == nil {
		return errors.New("auth: Mount was called before auth.New")
	}
	if !a.mounted.CompareAndSwap(false, true) {
		return fmt.Errorf("auth: Mount was called twice for %s: one Auth serves one engine; two need a New each, with Paths of their own", a.links.Paths.Prefix)
	}
	if err := a.refuseRuleOn(engine); err != nil {
		return err
	}
	begin := a.begin()
	for _, route := range a.mountedRoutes() {
		if err := add(engine, route, begin); err != nil {
			return err
		}
	}
	a.warnOfLogger(engine)
	return nil
}

// mountedRoutes are Routes as they are registered.
func (a *Auth) mountedRoutes() []Route {
	routes := a.Routes()
	for _, route := range routes {
		if route.Method == http.MethodGet {
			routes = append(routes, Route{http.MethodHead, route.Path, route.handler})
		}
	}
	if base := a.links.Site.Base(); base != "" {
		for _, route := range routes {
			routes = append(routes, Route{route.Method, base + route.Path, route.handler})
		}
	}
	return routes
}

// add registers a route. Gin panics where it can't.
func add(engine *gin.Engine, route Route, begin gin.HandlerFunc) (err error) {
	for _, taken := range engine.Routes() {
		if taken.Method == route.Method && taken.Path == route.Path {
			return fmt.Errorf("auth: the route %s %s is taken by %s: Options.Paths puts sign-in elsewhere", route.Method, route.Path, taken.Handler)
		}
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("auth: the route %s %s can't stand beside the engine's: %v: Options.Paths puts sign-in elsewhere", route.Method, route.Path, r)
		}
	}()
	engine.Handle(route.Method, route.Path, begin, route.handler)
	return nil
}

// refuseRuleOn returns an error where a rule stands on the whole engine, and so before what
// Mount adds: nobody could sign in. All rules are one function in the source, here and
// wherever the compiler has put copies of it.
func (a *Auth) refuseRuleOn(engine *gin.Engine) error {
	file, line := writtenAt(a.RequireLogin())
	for _, handler := range engine.Handlers {
		if f, l := writtenAt(handler); f == file && l == line {
			return errors.New("auth: a rule such as RequireLogin is on the engine by Use before Mount, and would keep people from sign-in's own routes: " +
				"put it on groups and routes, or close everything with CloseAll")
		}
	}
	return nil
}

func writtenAt(handler gin.HandlerFunc) (file string, line int) {
	at := reflect.ValueOf(handler).Pointer()
	return runtime.FuncForPC(at).FileLine(at)
}

// owns reports whether path is one of sign-in's own routes.
func (a *Auth) owns(path string) bool {
	for _, route := range a.mountedRoutes() {
		if route.Path == path {
			return true
		}
	}
	return false
}

// asset serves GET PREFIX/assets/: what the default look is made of.
func (a *Auth) asset(c *gin.Context) error {
	asset, ok := a.display.Asset(c.Param("file"))
	if !ok {
		return web.NotFound()
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, asset.ContentType, asset.Content)
	return nil
}

// begin is in front of sign-in's own routes. The Content-Security-Policy is left to
// the page: the host's own look may need another.
func (a *Auth) begin() gin.HandlerFunc {
	headers := a.display.Headers
	headers.ContentSecurityPolicy = ""
	set, count := headers.Middleware(), a.CountRequests()
	return func(c *gin.Context) {
		a.links.Site.Begin(c)
		set(c)
		a.display.Answers.Limit(c)
		count(c)
	}
}

// warnOfLogger says so where gin's own logger would log authorization codes: they
// come in the query. Whether the logger was told to leave that out can't be seen.
func (a *Auth) warnOfLogger(engine *gin.Engine) {
	if a.signIns.ResponseMode == signin.FormPost {
		return
	}
	for _, handler := range engine.Handlers {
		name := runtime.FuncForPC(reflect.ValueOf(handler).Pointer()).Name()
		if strings.HasPrefix(name, "github.com/gin-gonic/gin.Logger") {
			a.log.Warn("gin.Logger is in front of sign-in and logs authorization codes, with the query of requests, unless it was made with SkipQueryString, which can't be seen from here: give it that, or use LogRequests of package auth",
				"callback", a.links.Paths.Callback)
			return
		}
	}
}
