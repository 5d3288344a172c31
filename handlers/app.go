package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
	"example.com/okta-gin/version"
)

// App is this app, ready to serve.
type App struct {
	http.Handler

	okta      *auth.Auth
	cfg       config.Config
	log       *slog.Logger
	now       func() time.Time
	directory *directory.Directory // nil when look-ups are off
	claims    claimsMemory
	zones     zonesMemory
	memory    pagesMemory
	sender    sender
	assets    *static.Assets
	pages     *templates.Pages
	site      templates.Site
	metrics   http.Handler
	findings  findings
	flush     func()           // sends the last spans
	leaving   atomic.Bool      // told to stop: /readyz says so
	open      atomic.Int64     // connections
	shown     []templates.Page // empty ones of those that the routes name
	faults    []error          // of those
}

// New builds the app that cfg describes. It asks Okta nothing and connects to
// nothing: both may be away when the app starts. Log lines go to log; now is the
// clock, usually time.Now.
func New(cfg config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	a := &App{cfg: cfg, log: log, now: now, site: site(version.Current().Name), findings: newFindings(), flush: func() {}}
	traces, err := a.startTraces()
	if err != nil {
		return nil, err
	}
	a.okta, err = auth.New(cfg, auth.Options{
		Log:    log,
		Now:    now,
		Traces: traces,
		Paths:  auth.Paths{Login: "/login", Logout: "/logout"},
		Hooks:  auth.Hooks{SignedIn: a.prefetchRecord},
		Look:   look{a},
	})
	if err != nil {
		a.flush()
		return nil, err
	}
	if err := a.build(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// build puts the app's own pages and routes on top of sign-in.
func (a *App) build() error {
	var err error
	if a.cfg.APIToken.IsSet() {
		if a.directory, err = directory.New(a.cfg, a.now, a.okta.CarryToOkta); err != nil {
			return err
		}
	}
	if a.assets, err = static.New(); err != nil {
		return fmt.Errorf("load static files: %w", err)
	}
	a.pages, err = templates.Parse(templates.URLs{
		Asset: a.assetURL, Path: a.okta.URL, SignIn: a.okta.LoginURL(""), SignOut: a.okta.LogoutURL(),
	}, a.okta.Texts())
	if err != nil {
		return fmt.Errorf("load templates: %w", err)
	}
	if a.claims, err = newClaimsMemory(a.pages); err != nil {
		return err
	}
	if a.memory, err = newPagesMemory(a.pages); err != nil {
		return err
	}
	if a.zones, err = newZonesMemory(); err != nil {
		return err
	}
	for _, page := range []templates.Page{templates.Error{}, templates.ConfirmSignOut{}, templates.SignedOut{}, templates.Sessions{}, templates.SignIn{}, templates.KeptForm{}, templates.GivenBack{}} { // of look
		a.check(page)
	}
	a.metrics = a.newMetrics()
	engine, err := a.router()
	if err != nil {
		return err
	}
	a.Handler = a.okta.BelowBasePath(engine)
	return nil
}

// Close closes STATE_FILE, where there is one, and sends the last spans, when the last
// request has been answered.
func (a *App) Close() error {
	defer a.flush()
	return a.okta.Close()
}

// Warm fetches what the first sign-in needs, and reports whether people can sign in.
func (a *App) Warm(ctx context.Context) error { return a.okta.Warm(ctx) }

func (a *App) assetURL(name string) string {
	if path := a.assets.URL(name); path != "" {
		return a.okta.URL(path)
	}
	return ""
}

// asset serves GET /static/: the stylesheet, the scripts and the icon.
func (a *App) asset(c *gin.Context) error {
	if !a.assets.Has(c.Request.URL.Path) {
		return a.notFound(c)
	}
	a.assets.ServeHTTP(c.Writer, c.Request)
	return nil
}
