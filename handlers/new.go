package handlers

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
	"example.com/okta-gin/version"
)

// New builds the app that cfg describes. It asks Okta nothing and connects to
// nothing: both may be away when the app starts. Log lines go to log; now is the
// clock, usually time.Now.
func New(cfg config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	traces, flush, err := startTraces(cfg, log)
	if err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: log, now: now, site: site(version.Current().Name), findings: newFindings(), flush: flush}
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
