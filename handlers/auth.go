package handlers

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
)

// Auth is Okta sign-in for one Gin engine. It is safe for concurrent use once
// its routes are registered.
type Auth struct {
	cfg config.Config
	log *slog.Logger
	now func() time.Time

	okta      *okta.RelyingParty
	directory *directory.Directory // nil when directory look-ups are off
	store     *session.Sessions
	renewals  *renewals
	claims    claimsMemory
	metrics   *metrics

	pages       *templates.Pages
	assets      *static.Assets
	crossOrigin *http.CrossOriginProtection
	csp         string

	engine   *gin.Engine
	declared map[string]bool // "GET /path" of each route with a rule of its own
}

// New builds the sign-in that cfg describes. It asks Okta nothing and connects
// to nothing: both may be away when the app starts. Log lines go to log; now is
// the clock, usually time.Now.
func New(cfg config.Config, log *slog.Logger, now func() time.Time) (*Auth, error) {
	a := &Auth{cfg: cfg, log: log, now: now, declared: make(map[string]bool), csp: contentSecurityPolicy(cfg)}
	for _, build := range []func() error{a.buildOkta, a.buildSessions, a.buildPages, a.buildProtection} {
		if err := build(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Auth) buildOkta() error {
	var err error
	if a.okta, err = okta.New(a.cfg, okta.Options{RedirectURI: a.cfg.BaseURL + callbackPath, Now: a.now}); err != nil {
		return err
	}
	if a.cfg.APIToken.IsSet() {
		a.directory, err = directory.New(a.cfg, a.now)
	}
	return err
}

func (a *Auth) buildPages() error {
	var err error
	if a.assets, err = static.New(); err != nil {
		return fmt.Errorf("load static files: %w", err)
	}
	if a.pages, err = templates.Parse(a.assets.URL); err != nil {
		return fmt.Errorf("load templates: %w", err)
	}
	return nil
}

func (a *Auth) buildProtection() error {
	a.crossOrigin = http.NewCrossOriginProtection()
	for _, origin := range append([]string{a.cfg.BaseURL}, a.cfg.CORSAllowedOrigins...) {
		if err := a.crossOrigin.AddTrustedOrigin(origin); err != nil {
			return fmt.Errorf("trust origin %s: %w", origin, err)
		}
	}
	return nil
}

// Warm fetches what the first sign-in needs, so that nobody waits for it, and
// reports whether people can sign in. An error is not final: see /readyz.
func (a *Auth) Warm(ctx context.Context) error {
	return a.okta.Ready(ctx)
}
