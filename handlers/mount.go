package handlers

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

// callbackPath is where Okta sends people back to.
const callbackPath = "/authorization-code/callback"

// Mount adds Okta sign-in to engine, below /authorization-code/ and /static/.
// Routes and route groups made before it stay as they are. Every route made
// after it is closed to people who are not signed in, unless Handle gives it
// another rule, and gets a request id, a log line, security headers (a handler
// may set its own Content-Security-Policy) and protection against cross-site
// requests. The engine trusts the configured proxies from then on, and no other,
// as a bare one does. Call Mount once, on an engine without gin.Logger, which
// would log authorization codes.
func (a *Auth) Mount(engine *gin.Engine) error {
	if err := engine.SetTrustedProxies(a.trustedProxies()); err != nil {
		return fmt.Errorf("trust proxies: %w", err)
	}
	a.engine = engine
	engine.Use(a.logRequests, a.secure)
	if len(a.cfg.CORSAllowedOrigins) > 0 {
		engine.Use(a.allowFrontEnds())
	}
	engine.Use(a.limit, a.refuseCrossOrigin, a.closeUndeclared)

	// Sign-in and sign-out
	a.Handle(http.MethodGet, loginPath, Public, a.handle(a.login))
	a.Handle(http.MethodGet, callbackPath, Public, a.handle(a.callback))
	a.Handle(http.MethodPost, callbackPath, Public, a.handle(a.callback))
	a.Handle(http.MethodGet, "/authorization-code/logout", Public, a.handle(a.confirmLogout))
	a.Handle(http.MethodPost, "/authorization-code/logout", Public, a.handle(a.logout))
	a.Handle(http.MethodGet, "/authorization-code/profile", a.RequireLogin(), a.handle(a.profile))

	// What the pages are made of
	a.Handle(http.MethodGet, "/static/*file", Public, a.handle(a.asset))
	a.Handle(http.MethodHead, "/static/*file", Public, a.handle(a.asset))
	return nil
}

func (a *Auth) trustedProxies() []string {
	var cidrs []string
	for _, prefix := range a.cfg.TrustedProxies {
		cidrs = append(cidrs, prefix.String())
	}
	return cidrs
}

// asset serves GET and HEAD /static/: the stylesheet, the scripts and the icon.
func (a *Auth) asset(c *gin.Context) error {
	if !a.assets.Has(c.Request.URL.Path) {
		return a.notFound(c)
	}
	a.assets.ServeHTTP(c.Writer, c.Request)
	return nil
}

// Handle registers a route with the rule of who may use it: Public,
// RequireLogin, RequireGroup, RequireScope, RequireRecentLogin or RequireACR.
// Further rules may stand among the handlers. Call it after Mount.
func (a *Auth) Handle(method, path string, access gin.HandlerFunc, handlers ...gin.HandlerFunc) {
	a.declared[method+" "+path] = true
	a.engine.Handle(method, path, append([]gin.HandlerFunc{access}, handlers...)...)
}

// closeUndeclared closes the routes that were not registered with Handle.
func (a *Auth) closeUndeclared(c *gin.Context) {
	route := c.FullPath()
	if route == "" || a.declared[c.Request.Method+" "+route] {
		return
	}
	if _, err := a.caller(c); err != nil {
		a.refuse(c, err)
	}
}
