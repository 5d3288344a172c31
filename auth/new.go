package auth

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/internal/signin"
	"example.com/okta-gin/auth/internal/signout"
	"example.com/okta-gin/auth/internal/timeleft"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/outside"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/guard"
	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

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
		headers: web.StrictHeaders(site.Secure()), origins: cfg.CORSAllowedOrigins, log: o.Log, watch: watch.New(o.Traces, o.Now), guard: guard.New(o.Now),
		issuer: cfg.Issuer, takesEventHooks: cfg.EventHookSecret.IsSet(), renews: cfg.WantsRenewal(),
	}
	if err := okta.CheckExtra(o.AuthorizeParams); err != nil {
		return nil, fmt.Errorf("auth: Options.AuthorizeParams: %w", err)
	}
	a.watch.Guard(a.guard)
	if err := a.openSessions(cfg, o); err != nil {
		return nil, err
	}
	a.documents = a.lastGood(cfg)
	if a.okta, err = okta.New(cfg, okta.Options{
		RedirectURI: a.links.RedirectURI(), Now: o.Now, Watch: a.CarryToOkta, LastGood: a.documents,
	}); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.journal = journal.New(site, o.Log, o.Now, a.sessions, a.okta, a.watch)
	if err := a.build(cfg, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// openSessions opens what keeps sessions, and what remembers which are over.
func (a *Auth) openSessions(cfg config.Config, o Options) error {
	options := o.sessionOptions(cfg)
	options.WatchRedis = a.watch.RedisClient
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

// maxProofs is how many DPoP proofs a process remembers of each four minutes.
const maxProofs = 500_000

// once remembers which DPoP proofs were used, in Redis where there is one.
func (a *Auth) once(cfg config.Config, now func() time.Time) dpop.Once {
	if cfg.HasRedis() {
		return a.sessions.Claim
	}
	memory := dpop.NewMemory(maxProofs, now)
	a.watch.Bounds(map[string]watch.Size{"dpop_proofs": memory.Size})
	return memory.Claim
}

// build puts the parts together, each from those below it.
func (a *Auth) build(cfg config.Config, o Options) (err error) {
	hooks := hooked{o.Hooks, cfg.Issuer, o.GroupsClaim}
	keeper := claims.Keeper{GroupsClaim: o.GroupsClaim[0], Keep: o.KeepClaim}
	revoker := revoke.New(a.okta, o.Log)
	crossOrigin, err := web.NewCrossOrigin(append([]string{a.links.Site.Origin()}, cfg.CORSAllowedOrigins...)...)
	if err != nil {
		return err
	}
	a.renewer, err = renewal.New(renewal.Options{
		Okta: a.okta, Sessions: a.sessions, Grace: cfg.SessionRenewGrace, Patience: cmp.Or(cfg.OktaTimeout, oktahttp.Timeout), Keep: keeper.Kept, Now: o.Now,
		Events: renewalEvents{a.journal, revoker, hooks},
	})
	if err != nil {
		return err
	}
	a.people = people.New(people.Options{
		Links: a.links, Okta: a.okta, Sessions: a.sessions, Renewer: a.renewer, Revoker: revoker, Expired: hooks.expired,
		Proofs:      dpop.NewChecker(o.Now, a.once(cfg, o.Now)),
		GroupsClaim: o.GroupsClaim, Now: o.Now, MaxAge: cfg.SessionMaxAge,
	})
	if a.tongue, err = newTongue(a.links, o, crossOrigin); err != nil {
		return err
	}
	a.timeLeft = timeleft.New(timeleft.Options{
		Links: a.links, People: a.people, Sessions: a.sessions, CrossOrigin: crossOrigin, Now: o.Now,
		IdleTimeout: cfg.SessionIdleTimeout, MaxAge: cfg.SessionMaxAge,
	})
	if a.display, err = display.New(display.Options{
		Links: a.links, Journal: a.journal, Look: o.Look, Known: a.people.Found, Tongue: a.tongue, Time: a.timeLeft, Log: o.Log,
	}); err != nil {
		return err
	}
	if a.forms, err = a.openForms(cfg, o, crossOrigin); err != nil {
		return err
	}
	if err := a.buildSignIns(cfg, o, signin.Options{
		Links: a.links, Okta: a.okta, Sessions: a.sessions, People: a.people, Display: a.display, Journal: a.journal, Revoker: revoker, CrossOrigin: crossOrigin,
		Guard: a.guard, Keeper: keeper, Forms: a.forms, SignedIn: hooks.signedIn, Ended: hooks.ended, Now: o.Now,
	}); err != nil {
		return err
	}
	if err := a.buildSignOuts(cfg, o, signout.Options{
		Links: a.links, Okta: a.okta, Sessions: a.sessions, People: a.people, Display: a.display, Journal: a.journal, Revoker: revoker, CrossOrigin: crossOrigin,
		ShowAddress: cfg.SessionShowAddress, Ended: hooks.ended,
	}); err != nil {
		return err
	}
	for _, part := range []interface{ Bounds() map[string]watch.Size }{a.signIns, a.renewer, a.forms} {
		a.watch.Bounds(part.Bounds())
	}
	a.gate = &gate{
		links: a.links, people: a.people, signIns: a.signIns, display: a.display, crossOrigin: crossOrigin,
		forms: a.forms, requiredGroups: cfg.RequireGroups, now: o.Now,
	}
	return nil
}

func (a *Auth) buildSignIns(cfg config.Config, o Options, parts signin.Options) (err error) {
	parts.Wishes = wish.Reader{Links: a.links, Issuers: wish.Initiators(cfg), PopupOrigins: cfg.CORSAllowedOrigins}
	parts.Prompt, parts.ResponseMode, parts.ShowAddress, parts.Params = cfg.Prompt, cfg.ResponseMode, cfg.SessionShowAddress, o.AuthorizeParams
	if parts.Widget, err = widget.New(widget.Settings{
		Files: a.links.Site.URL(a.links.WidgetPath()), Report: a.links.Site.URL(a.links.ProblemPath()), Org: cfg.OrgURL(), Issuer: cfg.Issuer,
		ClientID: cfg.ClientID, RedirectURI: a.links.RedirectURI(), Scopes: cfg.Scopes, ResponseMode: cfg.ResponseMode,
		Texts: a.tongue.Texts,
	}); err != nil {
		return err
	}
	a.signIns, err = signin.New(parts)
	return err
}

// buildSignOuts sets up the ends of sessions that people ask for, and those that Okta does.
func (a *Auth) buildSignOuts(cfg config.Config, o Options, parts signout.Options) (err error) {
	if cfg.APIToken.IsSet() {
		if a.directory, err = directory.New(cfg, o.Now, a.CarryToOkta); err != nil {
			return err
		}
		parts.Directory = a.directory
	}
	a.signOuts = signout.New(parts)
	a.outside, err = outside.New(outside.Options{
		Config: cfg, Site: a.links.Site, Okta: a.okta, Sessions: a.sessions, Revoker: parts.Revoker, Journal: a.journal,
		UniversalLogoutURL: a.links.Site.Absolute(a.links.UniversalLogoutPath()), Ended: parts.Ended, Now: o.Now,
	})
	return err
}
