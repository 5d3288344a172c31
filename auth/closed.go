package auth

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// Open is the list of what CloseAll leaves open, or closes otherwise: route patterns
// as they were registered, with their rule. Public lets everybody pass, a rule such
// as RequireScope stands in for RequireLogin. The key NoRoute is for what no route is
// for. A pattern is opened for all its methods.
//
// Gin's Static answers for a missing file with the engine's NoRoute handlers: where a
// Static is open, they run for its missing files too.
type Open map[string]gin.HandlerFunc

// NoRoute is the key in Open for requests that no route is for: the engine's NoRoute
// and NoMethod handlers, and its redirects.
const NoRoute = ""

// Public lets everybody pass.
func Public(*gin.Context) {}

// CloseAll returns a handler to be served in place of engine: everything that engine
// serves, whenever and however it was registered, is closed to people who are not
// signed in, but for what open names. Sign-in's own routes stay open. Call it after
// the last route was registered; it returns an error for an entry of open that is
// none of engine's routes, that is one of sign-in's own, or that has no rule, and before
// Mount, as nobody could sign in then.
//
// What is refused never reaches engine: its middleware, such as a log of requests,
// does not see it.
func (a *Auth) CloseAll(engine *gin.Engine, open Open) (http.Handler, error) {
	if a == nil || a.gate == nil {
		return nil, errors.New("auth: CloseAll was called before auth.New")
	}
	if !a.mounted.Load() {
		return nil, errors.New("auth: CloseAll was called before Mount: nobody could sign in")
	}
	known := map[string]bool{NoRoute: true}
	for _, route := range engine.Routes() {
		known[route.Path] = true
	}
	for path, rule := range open {
		switch {
		case !known[path]:
			return nil, fmt.Errorf("auth: CloseAll is to open %q, which is none of the engine's routes", path)
		case path != NoRoute && a.owns(path):
			return nil, fmt.Errorf("auth: CloseAll has a rule for %q, which is sign-in's own and stays open", path)
		case rule == nil:
			return nil, fmt.Errorf("auth: CloseAll has no rule for %q: Public lets everybody pass", path)
		}
	}
	return &closedEngine{auth: a, inner: engine, open: open, requireLogin: a.RequireLogin()}, nil
}

// closedEngine asks who may pass before the host's engine sees a request. It knows
// the engine's routes by an engine of its own with the same patterns, so that what
// it lets pass is what the other will serve.
type closedEngine struct {
	auth         *Auth
	inner        *gin.Engine
	open         Open
	requireLogin gin.HandlerFunc

	mu    sync.Mutex
	known int         // how many routes of inner outer has
	outer *gin.Engine // nil before the first request
}

// ServeHTTP implements http.Handler.
func (e *closedEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	if e.outer == nil {
		e.build(e.inner.Routes())
	}
	outer := e.outer
	e.mu.Unlock()
	outer.ServeHTTP(w, r)
}

func (e *closedEngine) build(routes gin.RoutesInfo) {
	outer := gin.New()
	outer.RedirectTrailingSlash, outer.RedirectFixedPath = false, false
	outer.UseRawPath, outer.UseEscapedPath = e.inner.UseRawPath, e.inner.UseEscapedPath
	outer.UnescapePathValues, outer.RemoveExtraSlash = e.inner.UnescapePathValues, e.inner.RemoveExtraSlash
	for _, route := range routes {
		outer.Handle(route.Method, route.Path, e.chain(route.Path)...)
	}
	outer.NoRoute(e.chain(NoRoute)...)
	e.outer, e.known = outer, len(routes)
}

// chain is what a request for path goes through.
func (e *closedEngine) chain(path string) gin.HandlersChain {
	rule, listed := e.open[path]
	switch {
	case !listed && e.auth.owns(path):
		return gin.HandlersChain{e.pass}
	case !listed:
		return gin.HandlersChain{e.requireLogin, e.pass}
	case path == NoRoute:
		return gin.HandlersChain{e.upToDate, rule, e.pass}
	case strings.ContainsAny(path, ":*"):
		return gin.HandlersChain{e.upToDate, e.straight, rule, e.pass}
	default: // no other route can take its requests
		return gin.HandlersChain{rule, e.pass}
	}
}

// straight stands before what is open below a path: with dots on it, a request may mean
// another place to whatever reads it next, such as a proxy in NoRoute, to which gin's
// Static leaves what it does not find.
func (e *closedEngine) straight(c *gin.Context) {
	for segment := range strings.SplitSeq(strings.ReplaceAll(c.Request.URL.Path, `\`, "/"), "/") {
		if segment == "." || segment == ".." {
			e.requireLogin(c)
			return
		}
	}
}

// upToDate stands before what is open to requests that a route which came later may
// have taken for its own: they are looked at anew then.
func (e *closedEngine) upToDate(c *gin.Context) {
	routes := e.inner.Routes()
	e.mu.Lock()
	stale := len(routes) != e.known
	if stale {
		e.build(routes)
	}
	e.mu.Unlock()
	if stale {
		handOver(c, e)
		c.Abort()
	}
}

// pass hands the request on. Gin would build its redirects from a header that
// anyone can send.
func (e *closedEngine) pass(c *gin.Context) {
	if !e.auth.links.Site.FromProxy(c.Request) {
		c.Request.Header.Del("X-Forwarded-Prefix")
	}
	handOver(c, e.inner)
}

// handOver has next answer, and nobody else: gin would add a text to a 404 without one.
func handOver(c *gin.Context, next http.Handler) {
	c.Status(http.StatusOK)
	next.ServeHTTP(c.Writer, c.Request)
	c.Writer.WriteHeaderNow()
}
