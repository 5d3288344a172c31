package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Auth is Okta sign-in for one Gin engine. It is safe for concurrent use.
type Auth struct {
	links    links
	people   *people
	gate     *gate
	signIns  *signIns
	signOuts *signOuts
	display  *display
	journal  journal
	okta     *okta.RelyingParty
	sessions *session.Sessions
	headers  web.Headers
	origins  []string // front ends elsewhere
	mounted  atomic.Bool
}

// New builds the sign-in that cfg describes. It asks Okta nothing and connects to
// nothing: both may be away when the app starts.
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
		links:   links{site: site, paths: o.Paths, afterSignIn: o.AfterSignIn, afterSignOut: o.AfterSignOut},
		headers: web.StrictHeaders(site.Secure()), origins: cfg.CORSAllowedOrigins,
	}
	if a.okta, err = okta.New(cfg, okta.Options{RedirectURI: a.links.redirectURI(), Now: o.Now}); err != nil {
		return nil, err
	}
	if err := okta.CheckExtra(o.AuthorizeParams); err != nil {
		return nil, fmt.Errorf("auth: Options.AuthorizeParams: %w", err)
	}
	if a.sessions, err = session.Open(cfg, o.sessionOptions(cfg)); err != nil {
		return nil, fmt.Errorf("open the session store: %w", err)
	}
	a.journal = journal{site, o.Log, newMetrics(a.sessions.Count)}
	return a, a.build(cfg, o)
}

// build puts the parts together, each from those below it.
func (a *Auth) build(cfg config.Config, o Options) error {
	keep := keeper{o.GroupsClaim[0], o.KeepClaim}
	revoke := newRevoker(a.okta, o.Log)
	renewer, err := renewal.New(renewal.Options{
		Okta: a.okta, Sessions: a.sessions, Grace: cfg.SessionRenewGrace, Keep: keep.json, Now: o.Now,
		Events: renewalEvents{a.journal, revoke, o.Hooks, cfg.Issuer, o.GroupsClaim},
	})
	if err != nil {
		return err
	}
	memory, err := claims.NewMemory()
	if err != nil {
		return err
	}
	a.people = &people{
		links: a.links, okta: a.okta, sessions: a.sessions, renewer: renewer, revoker: revoke, hooks: o.Hooks,
		claims: memory, groupsClaim: o.GroupsClaim, now: o.Now, maxAge: cfg.SessionMaxAge,
	}
	plain, err := pages.New(a.links.site.URL(a.links.assetsPath()))
	if err != nil {
		return err
	}
	a.display = &display{
		links: a.links, journal: a.journal, look: o.Look, plain: plain, headers: web.StrictHeaders(false), known: a.people.found,
	}
	a.display.answers = web.NewAnswers(a.links.site, o.Log, explain, a.display.problem)
	crossOrigin, err := web.NewCrossOrigin(append([]string{a.links.site.Origin()}, cfg.CORSAllowedOrigins...)...)
	if err != nil {
		return err
	}
	limiter, err := newExchangeLimiter(o.Now)
	if err != nil {
		return err
	}
	a.signIns = &signIns{
		links:  a.links,
		wishes: wishes{links: a.links, issuers: initiators(cfg), popupOrigins: cfg.CORSAllowedOrigins},
		okta:   a.okta, sessions: a.sessions, people: a.people, display: a.display, journal: a.journal, revoker: revoke,
		limiter: limiter, keeper: keep, groupsClaim: o.GroupsClaim, hooks: o.Hooks, issuer: cfg.Issuer,
		prompt: cfg.Prompt, responseMode: cfg.ResponseMode, params: o.AuthorizeParams,
	}
	a.signOuts = &signOuts{
		links: a.links, okta: a.okta, sessions: a.sessions, people: a.people, display: a.display, journal: a.journal,
		revoker: revoke, crossOrigin: crossOrigin, hooks: o.Hooks,
	}
	a.gate = &gate{
		links: a.links, people: a.people, signIns: a.signIns, display: a.display, crossOrigin: crossOrigin,
		requiredGroups: cfg.RequireGroups, now: o.Now,
	}
	return nil
}

// Warm fetches what the first sign-in needs, so that nobody waits for it, and
// reports whether people can sign in. An error is not final: see Ready.
func (a *Auth) Warm(ctx context.Context) error { return a.okta.Ready(ctx) }

// Ready says for each thing that sign-in depends on whether it is there: "okta" and
// "sessions", with nil or the error. Asking is also what brings the app back after
// Okta was away at its start.
func (a *Auth) Ready(ctx context.Context) map[string]error {
	return map[string]error{"okta": a.okta.Ready(ctx), "sessions": a.sessions.Ping(ctx)}
}

// Explain finds the answer that Fail would give to err.
func (a *Auth) Explain(err error) *Problem { return a.display.answers.Problem(err) }

// BelowBasePath returns a handler that takes the path of BASE_URL off requests before
// next sees them, where a proxy has left it.
func (a *Auth) BelowBasePath(next http.Handler) http.Handler { return a.links.site.Strip(next) }

// Path is the path of the app that c's request asks for, without that of BASE_URL.
func (a *Auth) Path(c *gin.Context) string { return a.links.site.Path(c.Request) }

// Headers are the security headers that the host's own pages may have too. An app
// takes those that fit and passes them to SecurityHeaders.
type Headers = web.Headers

// StrictHeaders are all of them, as this app's own pages have them; HSTS only where
// BASE_URL is https.
func (a *Auth) StrictHeaders() Headers { return a.headers }

// SecurityHeaders is middleware that sets h.
func SecurityHeaders(h Headers) gin.HandlerFunc { return h.Middleware() }

// LogRequests is middleware that writes a line for each request, with the route's
// pattern and never the query, which carries authorization codes.
func (a *Auth) LogRequests() gin.HandlerFunc { return a.links.site.LogRequests(a.journal.log) }

// Recover is middleware that makes a panic a 500 in the app's look.
func (a *Auth) Recover() gin.HandlerFunc { return a.display.answers.Recover }

// Limit is middleware that refuses input which no browser sends, before anything
// reads it: a query over 8 KB, a cookie over 8 KB, 32 KB of cookies, control
// characters in the path, NUL in the query.
func (a *Auth) Limit() gin.HandlerFunc { return a.display.answers.Limit }

// AllowFrontEnds is middleware that lets pages of the origins in
// CORS_ALLOWED_ORIGINS read the answers below /api/.
func (a *Auth) AllowFrontEnds() gin.HandlerFunc {
	return a.display.answers.AllowFrontEnds(a.origins)
}

// begin is in front of sign-in's own routes. The Content-Security-Policy is left to
// the page: the host's own look may need another.
func (a *Auth) begin() gin.HandlerFunc {
	headers := a.display.headers
	headers.ContentSecurityPolicy = ""
	set := headers.Middleware()
	return func(c *gin.Context) {
		web.Begin(c)
		set(c)
		a.display.answers.Limit(c)
	}
}

// warnOfLogger says so where gin's own logger would log authorization codes.
func (a *Auth) warnOfLogger(engine *gin.Engine) {
	for _, handler := range engine.Handlers {
		name := runtime.FuncForPC(reflect.ValueOf(handler).Pointer()).Name()
		if strings.HasPrefix(name, "github.com/gin-gonic/gin.Logger") {
			a.journal.log.Warn("gin.Logger logs the query of each request, and with it authorization codes: give it SkipQueryString, or use LogRequests of package auth",
				"callback", a.links.paths.Callback)
			return
		}
	}
}

// renewalEvents tells the log, the counters and the app how renewals go.
type renewalEvents struct {
	journal     journal
	revoker     *revoker
	hooks       Hooks
	issuer      string
	groupsClaim []string
}

var _ renewal.Events = renewalEvents{}

func (e renewalEvents) Renewed(r *http.Request, s *session.Session) error {
	e.journal.event(r, eventRenewed, s.Subject, "")
	if e.hooks.Renewed == nil {
		return nil
	}
	values, err := claims.Decode(s.Claims)
	if err != nil {
		return err
	}
	in := signInOf(values, e.issuer, e.groupsClaim)
	in.Data = s.Data
	return e.hooks.Renewed(r.Context(), in)
}

func (e renewalEvents) RenewalFailed(r *http.Request, s *session.Session, err error) {
	reason := "internal"
	if p := explain(err); p != nil {
		reason = p.Reason
	}
	var refusal *okta.Refusal
	if errors.As(err, &refusal) {
		reason = oauthCode(refusal.Code)
	}
	e.journal.event(r, eventRenewalFailed, s.Subject, reason)
}

func (e renewalEvents) AccessEnded(r *http.Request, s *session.Session, over *renewal.Ended) {
	e.journal.event(r, eventRenewalRefused, s.Subject, over.Reason)
	e.hooks.ended(r.Context(), s.Subject, over.Reason)
}

func (e renewalEvents) TooLate(r *http.Request, s *session.Session) {
	e.revoker.now(r.Context(), []session.Session{*s})
}
