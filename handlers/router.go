package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Router is this app: every route in one place. Sign-in, callback, profile and
// sign-out are in Mount.
func Router(a *Auth) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false

	if err := a.Mount(engine); err != nil {
		return nil, err
	}

	// Short names for what Mount adds
	a.Handle(http.MethodGet, "/login", Public, a.handle(a.login))
	a.Handle(http.MethodGet, "/profile", a.RequireLogin(), a.handle(a.profile))
	a.Handle(http.MethodGet, "/logout", Public, a.handle(a.confirmLogout))
	a.Handle(http.MethodPost, "/logout", Public, a.handle(a.logout))

	// Pages
	a.Handle(http.MethodGet, "/", Public, a.handle(a.home))
	a.Handle(http.MethodGet, "/greet", a.RequireLogin(), a.handle(a.greet))

	// API
	a.Handle(http.MethodGet, "/api/messages", a.RequireScope(a.cfg.APIScopes...), a.handle(a.messages))
	a.Handle(http.MethodGet, "/api/me", a.RequireScope(), a.handle(a.me))

	// Operation
	a.Handle(http.MethodGet, "/healthz", Public, a.handle(a.healthz))
	a.Handle(http.MethodGet, "/readyz", Public, a.handle(a.readyz))
	a.Handle(http.MethodHead, "/healthz", Public, a.handle(a.healthz))
	a.Handle(http.MethodHead, "/readyz", Public, a.handle(a.readyz))
	a.Handle(http.MethodGet, "/metrics", Public, a.handle(a.metricsPage))

	engine.NoRoute(a.handle(a.notFound))
	engine.NoMethod(a.handle(wrongMethod))
	return engine, nil
}

func (a *Auth) notFound(c *gin.Context) error {
	_, _ = a.caller(c) // for the page's header alone, which names who is signed in
	return &problem{
		status: http.StatusNotFound, heading: "There is no such page",
		detail: "The address may be mistyped or out of date.", reason: "not_found",
	}
}

func wrongMethod(c *gin.Context) error {
	return &problem{
		status: http.StatusMethodNotAllowed, heading: "This page can't be used that way",
		detail: "The address exists, but not for " + c.Request.Method + " requests.", reason: "method_not_allowed",
	}
}
