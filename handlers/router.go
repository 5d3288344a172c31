package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// route is a line of the table of contents.
type route struct {
	method, path string // a GET is a HEAD, too
	access       gin.HandlerFunc
	handler      gin.HandlerFunc
}

// routes lists every route of the app, and who may use it.
func (a *App) routes() []route {
	routes := []route{
		// Pages
		{get, "/", auth.Public, page(a, a.home)},
		{get, "/greet", a.okta.RequireLogin(), page(a, a.greet)},
		{get, profilePath, a.okta.RequireLogin(), page(a, a.profile)},
		{get, "/profile", a.okta.RequireLogin(), page(a, a.profile)},

		// Sign-in: package auth adds these, and says who may use them
		{get, "/authorization-code/login-redirect", nil, mounted},
		{post, "/authorization-code/login-redirect", nil, mounted},
		{get, "/authorization-code/login-custom", nil, mounted},
		{post, "/authorization-code/login-custom/problem", nil, mounted},
		{get, "/authorization-code/widget/*file", nil, mounted},
		{get, "/login", nil, mounted},
		{post, "/login", nil, mounted},
		{get, "/authorization-code/callback", nil, mounted},
		{post, "/authorization-code/callback", nil, mounted},
		{get, "/authorization-code/logout", nil, mounted},
		{post, "/authorization-code/logout", nil, mounted},
		{get, "/logout", nil, mounted},
		{post, "/logout", nil, mounted},
		{get, "/authorization-code/signed-out", nil, mounted},
		{get, "/authorization-code/sessions", nil, mounted},
		{post, "/authorization-code/sessions/end", nil, mounted},
		{get, "/authorization-code/session", nil, mounted},
		{post, "/authorization-code/session", nil, mounted},
		{get, "/authorization-code/form", nil, mounted},
		{post, "/authorization-code/language", nil, mounted},
		{get, "/authorization-code/assets/:file", nil, mounted},
		{get, "/authorization-code/jwks.json", nil, mounted},

		// Sign-out from outside: package auth asks for Okta's signature, or for what only Okta knows
		{post, "/authorization-code/universal-logout", nil, mounted},
		{get, "/authorization-code/front-channel-logout", nil, mounted},
		{post, "/authorization-code/front-channel-logout", nil, mounted},
		{post, "/authorization-code/back-channel-logout", nil, mounted},

		// The operator's console
		{get, adminPath, a.operators(), page(a, a.adminSessions)},
		{post, adminPath + "/end", a.operators(), a.okta.Handle(a.endAdminSession)},

		// API
		{get, "/api/messages", a.okta.RequireScope(a.cfg.APIScopes...), a.okta.Handle(a.messages)},
		{get, "/api/me", a.okta.RequireScope(), a.okta.Handle(a.me)},

		// The API proxy: the paths in PROXY_ROUTES and all below them, which router adds last; package auth lets the scripts of
		// people pass who are signed in

		// Operation
		{get, "/healthz", auth.Public, a.okta.Handle(a.healthz)},
		{get, "/readyz", auth.Public, a.okta.Handle(a.readyz)},
		{get, "/metrics", auth.Public, a.okta.Handle(a.metricsPage)},

		// What pages are made of
		{get, "/static/*file", auth.Public, a.okta.Handle(a.asset)},
	}
	if a.cfg.EventHookSecret.IsSet() {
		routes = append(routes,
			route{get, "/authorization-code/event-hook", nil, mounted},
			route{post, "/authorization-code/event-hook", nil, mounted})
	}
	if a.cfg.SignIn == "widget" {
		routes = append(routes, route{get, "/.well-known/change-password", auth.Public, a.okta.Handle(a.changePassword)})
	}
	return routes
}

// mounted stands for a handler of package auth.
func mounted(*gin.Context) {}

// router builds the engine that serves routes.
func (a *App) router() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("trust no proxy: %w", err)
	}
	engine.Use(a.okta.CountRequests(), a.okta.LogRequests("/healthz", "/readyz", "/metrics", "/static/*file"), a.okta.Recover(), auth.SecurityHeaders(a.okta.StrictHeaders()), a.okta.AllowFrontEnds(), a.okta.Limit())

	if err := a.okta.Mount(engine); err != nil {
		return nil, err
	}
	routes := a.routes()
	if err := errors.Join(append(a.faults, checkMounted(routes, a.okta.Routes())...)...); err != nil {
		return nil, err
	}
	for _, r := range routes {
		if r.access == nil {
			continue
		}
		engine.Handle(r.method, r.path, r.access, r.handler)
		if r.method == get {
			engine.HEAD(r.path, r.access, r.handler)
		}
	}
	for _, to := range a.cfg.ProxyRoutes {
		if err := a.okta.MountProxy(engine, to.Path, to.To); err != nil {
			return nil, fmt.Errorf("PROXY_ROUTES: %w", err)
		}
	}
	engine.NoRoute(a.okta.Handle(a.notFound))
	engine.NoMethod(a.okta.Handle(wrongMethod))
	return engine, nil
}

// checkMounted compares the lines of the table that package auth answers for with
// what it has added, and finds lines that don't say who may pass.
func checkMounted(routes []route, added []auth.Route) []error {
	var faults []error
	var listed []string
	for _, r := range routes {
		line := r.method + " " + r.path
		switch {
		case r.handler == nil:
			faults = append(faults, fmt.Errorf("router.go: the route %s has no handler", line))
		case r.access == nil:
			listed = append(listed, line)
		}
	}
	for _, r := range added {
		if !slices.Contains(listed, r.Method+" "+r.Path) {
			faults = append(faults, fmt.Errorf("router.go: the table lacks the route %s %s of package auth", r.Method, r.Path))
		}
	}
	for _, line := range listed {
		method, path, _ := strings.Cut(line, " ")
		if !slices.ContainsFunc(added, func(r auth.Route) bool { return r.Method == method && r.Path == path }) {
			faults = append(faults, fmt.Errorf("router.go: the route %s says nothing of who may use it, and is none of package auth's", line))
		}
	}
	return faults
}

func wrongMethod(c *gin.Context) error { return auth.WrongMethod(c.Request.Method) }
