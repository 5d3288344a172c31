package auth

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"

	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/quota"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/outside"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
	"example.com/okta-gin/web"
)

// Auth is Okta sign-in for one Gin engine. It is safe for concurrent use.
type Auth struct {
	links    links.Links
	people   *people
	gate     *gate
	signIns  *signIns
	signOuts *signOuts
	outside  *outside.Receivers
	hooked   bool // event hooks are taken
	display  *display
	log      *slog.Logger
	journal  journal.Journal
	okta     *okta.RelyingParty
	sessions *session.Sessions
	state    *marks.File // nil without STATE_FILE
	headers  web.Headers
	origins  []string // front ends elsewhere
	mounted  atomic.Bool
}

// New builds the sign-in that cfg describes. It asks Okta nothing and connects to
// nothing: both may be away when the app starts. It opens STATE_FILE where that is
// set: see Close.
func New(cfg config.Config, o Options) (*Auth, error) {
	o, err := o.settle(cfg)
	if err != nil {
		return nil, err
	}
	site, err := web.NewSite(cfg.BaseURL, cfg.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("auth: read BASE_URL: %w", err)
	}
	a := &Auth{
		links:   links.Links{Site: site, Paths: links.Paths(o.Paths), AfterSignIn: o.AfterSignIn, AfterSignOut: o.AfterSignOut, Widget: o.Widget},
		headers: web.StrictHeaders(site.Secure()), origins: cfg.CORSAllowedOrigins, log: o.Log,
	}
	if a.okta, err = okta.New(cfg, okta.Options{RedirectURI: a.links.RedirectURI(), Now: o.Now}); err != nil {
		return nil, err
	}
	if err := okta.CheckExtra(o.AuthorizeParams); err != nil {
		return nil, fmt.Errorf("auth: Options.AuthorizeParams: %w", err)
	}
	if err := a.openSessions(cfg, o); err != nil {
		return nil, err
	}
	a.journal = journal.New(site, o.Log, o.Now, a.sessions, a.okta)
	if err := a.build(cfg, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// openSessions opens what keeps sessions, and what remembers which are over.
func (a *Auth) openSessions(cfg config.Config, o Options) error {
	options := o.sessionOptions(cfg)
	if cfg.StateFile != "" {
		file, err := marks.Open(cfg.StateFile, marks.DefaultMax, o.Now, o.Log)
		if err != nil {
			return fmt.Errorf("STATE_FILE: %w", err)
		}
		options.Ended, options.Index, a.state = file, file, file
	}
	var err error
	if a.sessions, err = session.Open(cfg, options); err != nil {
		return errors.Join(fmt.Errorf("open the session store: %w", err), a.Close())
	}
	return nil
}

// Close lets another process open STATE_FILE. Call it when the last request has been
// answered; after it, sessions can't be ended.
func (a *Auth) Close() error {
	if a.state == nil {
		return nil
	}
	return a.state.Close()
}

// build puts the parts together, each from those below it.
func (a *Auth) build(cfg config.Config, o Options) error {
	keep := keeper{o.GroupsClaim[0], o.KeepClaim}
	revoker := revoke.New(a.okta, o.Log)
	renewer, err := renewal.New(renewal.Options{
		Okta: a.okta, Sessions: a.sessions, Grace: cfg.SessionRenewGrace, Patience: cmp.Or(cfg.OktaTimeout, oktahttp.Timeout), Keep: keep.json, Now: o.Now,
		Events: renewalEvents{a.journal, revoker, o.Hooks, cfg.Issuer, o.GroupsClaim},
	})
	if err != nil {
		return err
	}
	memory, err := claims.NewMemory()
	if err != nil {
		return err
	}
	a.people = &people{
		links: a.links, okta: a.okta, sessions: a.sessions, renewer: renewer, revoker: revoker, hooks: o.Hooks,
		claims: memory, groupsClaim: o.GroupsClaim, now: o.Now, maxAge: cfg.SessionMaxAge,
	}
	plain, err := pages.New(a.links.Site.URL(a.links.AssetsPath()))
	if err != nil {
		return err
	}
	a.display = &display{
		links: a.links, journal: a.journal, look: o.Look, plain: plain, headers: web.StrictHeaders(false), known: a.people.found,
	}
	a.display.answers = web.NewAnswers(a.links.Site, o.Log, explain, a.display.problem)
	a.display.answers.AllowLongQuery(o.Paths.Callback) // Okta's words
	crossOrigin, err := web.NewCrossOrigin(append([]string{a.links.Site.Origin()}, cfg.CORSAllowedOrigins...)...)
	if err != nil {
		return err
	}
	limiter, err := quota.New(o.Now)
	if err != nil {
		return err
	}
	shown, err := widget.New(widget.Settings{
		Files: a.links.Site.URL(a.links.WidgetPath()), Report: a.links.Site.URL(a.links.ProblemPath()), Org: cfg.OrgURL(), Issuer: cfg.Issuer,
		ClientID: cfg.ClientID, RedirectURI: a.links.RedirectURI(), Scopes: cfg.Scopes, ResponseMode: cfg.ResponseMode,
	})
	if err != nil {
		return err
	}
	a.signIns = &signIns{
		links:  a.links,
		wishes: wish.Reader{Links: a.links, Issuers: wish.Initiators(cfg), PopupOrigins: cfg.CORSAllowedOrigins},
		okta:   a.okta, sessions: a.sessions, people: a.people, display: a.display, journal: a.journal, revoker: revoker,
		limiter: limiter, keeper: keep, groupsClaim: o.GroupsClaim, hooks: o.Hooks, issuer: cfg.Issuer,
		prompt: cfg.Prompt, responseMode: cfg.ResponseMode, showAddress: cfg.SessionShowAddress, params: o.AuthorizeParams,
		widget: shown, crossOrigin: crossOrigin, reports: newReports(), now: o.Now,
	}
	a.signOuts = &signOuts{
		links: a.links, okta: a.okta, sessions: a.sessions, people: a.people, display: a.display, journal: a.journal,
		revoker: revoker, crossOrigin: crossOrigin, hooks: o.Hooks, showAddress: cfg.SessionShowAddress,
	}
	a.hooked = cfg.EventHookSecret.IsSet()
	a.outside, err = outside.New(outside.Options{
		Config: cfg, Site: a.links.Site, Okta: a.okta, Sessions: a.sessions, Revoker: revoker, Journal: a.journal,
		UniversalLogoutURL: a.links.Site.Absolute(a.links.UniversalLogoutPath()), Ended: o.Hooks.ended, Now: o.Now,
	})
	if err != nil {
		return err
	}
	if cfg.APIToken.IsSet() {
		if a.signOuts.directory, err = directory.New(cfg, o.Now); err != nil {
			return err
		}
	}
	a.gate = &gate{
		links: a.links, people: a.people, signIns: a.signIns, display: a.display, crossOrigin: crossOrigin,
		requiredGroups: cfg.RequireGroups, now: o.Now,
	}
	return nil
}
