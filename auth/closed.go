package auth

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
)

// Open is the list of what CloseAll leaves open, or closes otherwise: route patterns
// as they were registered, with their rule. Public lets everybody pass, a rule such
// as RequireScope stands in for RequireLogin. The key NoRoute is for what no route is
// for.
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
// none of engine's routes.
func (a *Auth) CloseAll(engine *gin.Engine, open Open) (http.Handler, error) {
	if a.gate == nil {
		return nil, fmt.Errorf("auth: CloseAll was called before auth.New")
	}
	known := map[string]bool{NoRoute: true}
	for _, route := range engine.Routes() {
		known[route.Path] = true
	}
	for path := range open {
		if !known[path] {
			return nil, fmt.Errorf("auth: CloseAll is to open %q, which is none of the engine's routes", path)
		}
	}
	closed := &closedEngine{auth: a, inner: engine, open: open, requireLogin: a.RequireLogin()}
	return closed, nil
}

// closedEngine asks who may pass before the host's engine sees a request. It knows
// the engine's routes by an engine of its own with the same patterns, so that what
// it lets pass is what the other will serve.
type closedEngine struct {
	auth         *Auth
	inner        *gin.Engine
	open         Open
	requireLogin gin.HandlerFunc

	once  sync.Once
	outer *gin.Engine
}

// ServeHTTP implements http.Handler.
func (e *closedEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.once.Do(e.build)
	e.outer.ServeHTTP(w, r)
}

func (e *closedEngine) build() {
	outer := gin.New()
	outer.RedirectTrailingSlash, outer.RedirectFixedPath = false, false
	outer.UseRawPath, outer.UseEscapedPath = e.inner.UseRawPath, e.inner.UseEscapedPath
	outer.UnescapePathValues, outer.RemoveExtraSlash = e.inner.UnescapePathValues, e.inner.RemoveExtraSlash
	for _, route := range e.inner.Routes() {
		outer.Handle(route.Method, route.Path, e.rule(route.Path), e.pass)
	}
	outer.NoRoute(e.rule(NoRoute), e.pass)
	e.outer = outer
}

func (e *closedEngine) rule(path string) gin.HandlerFunc {
	if rule, ok := e.open[path]; ok {
		return rule
	}
	if e.auth.owns(path) {
		return Public
	}
	return e.requireLogin
}

// pass hands the request on. Gin would build its redirects from a header that
// anyone can send.
func (e *closedEngine) pass(c *gin.Context) {
	if !e.auth.links.site.FromProxy(c.Request) {
		c.Request.Header.Del("X-Forwarded-Prefix")
	}
	c.Status(http.StatusOK)
	e.inner.ServeHTTP(c.Writer, c.Request)
}
