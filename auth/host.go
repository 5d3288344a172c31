package auth

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/session"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// LoginURL is what a link leads to that starts a sign-in, which comes back to
// returnTo, a path of the app; "" comes back to Options.AfterSignIn. What is no path
// of the app is left out.
func (a *Auth) LoginURL(returnTo string) string { return a.links.Login(returnTo, "") }

// LoginHere is LoginURL for the page that is being shown. A page of sign-in itself,
// whose address may hold an authorization code, leads to LoginURL("").
func (a *Auth) LoginHere(c *gin.Context) string { return a.links.LoginHere(c.Request) }

// SessionScript is for a page of the app, once:
//
//	<script type="module" src="{{.Session.Src}}" data-session="{{.Session.Data}}"></script>
//
// It tells the person, some minutes before, that the session ends, has it go on at the press
// of a button, and hides the page when the session is over. The script goes by whoever a
// rule or Caller has found already; on a page for nobody it has other tabs look again whether
// they are signed in. See docs/sessions.md.
func (a *Auth) SessionScript(c *gin.Context) SessionScript { return a.display.SessionScript(c) }

// SessionScript is a script by its URL and its attribute data-session.
type SessionScript = pages.SessionScript

// SwitchAccountURL is LoginURL for somebody who wants to be someone else: Okta asks
// for a password although somebody is signed in there.
func (a *Auth) SwitchAccountURL(returnTo string) string {
	return a.links.Login(returnTo, links.PromptLogin)
}

// LogoutURL is what the form of a sign-out button posts to. Its field return_to, if
// there is one, is the path of the app to land on. A link to it shows a page with
// the button.
func (a *Auth) LogoutURL() string { return a.links.Site.URL(a.links.LogoutPath()) }

// SessionsURL leads a person to the page of their sessions, to end some.
func (a *Auth) SessionsURL() string { return a.links.Site.URL(a.links.SessionsPath()) }

// URL is what leads a browser to path, a path of the app, wherever BASE_URL puts it.
func (a *Auth) URL(path string) string { return a.links.Site.URL(path) }

// Caller returns who is signed in, nil for nobody: for pages that everybody may see.
// It reads the session; a bearer token counts only where a rule has let it pass. It
// makes the answer one that no cache keeps where it is somebody.
func (a *Auth) Caller(c *gin.Context) *Caller {
	person, _ := a.Identify(c)
	return person
}

// Identify is Caller for those who want to know why there is nobody: ErrNobody, or
// an error that Fail answers, such as of a session store that is away. For somebody
// outside REQUIRE_GROUPS it returns both.
func (a *Auth) Identify(c *gin.Context) (*Caller, error) {
	if known := a.people.Found(c); known != nil {
		return known, a.gate.inRequiredGroups(known)
	}
	person, err := a.people.BySession(c)
	if err != nil {
		return nil, err
	}
	people.NoStore(c)
	return person, a.gate.inRequiredGroups(person)
}

// Known returns who has been found already to have sent the request, by a rule or by
// Caller: a person, or the bearer of an access token. It looks for nobody.
func (a *Auth) Known(c *gin.Context) *Caller { return a.people.Found(c) }

// ErrNobody says that nobody is signed in.
var ErrNobody = session.ErrNone

// Fail answers with err as sign-in answers with its own: in the app's look for
// people, problem JSON for programs, logged once with the request id. A Problem
// brings its answer; any other is a 500 that tells nothing. The
// chain of handlers ends.
func (a *Auth) Fail(c *gin.Context, err error) { a.display.Answers.Fail(c, err) }

// Handle adapts a handler that returns its error, for Fail to answer.
func (a *Auth) Handle(h func(*gin.Context) error) gin.HandlerFunc { return a.display.Answers.Handle(h) }

// NotFound is the error for an address where there is nothing.
func NotFound() error { return web.NotFound() }

// WrongMethod is the error for an address that exists for other methods.
func WrongMethod(method string) error { return web.WrongMethod(method) }

// NoteProblem keeps p for the request's log line, where Fail does not answer with it.
func NoteProblem(c *gin.Context, p *Problem) { web.NoteProblem(c, p) }

// Problem is an error that brings its answer: status, words and a reason.
type Problem = web.Problem

// RequestID is what joins an answer to its log lines. It is made when first asked for.
func RequestID(c *gin.Context) string { return web.RequestID(c) }

// Metrics are the counters of sign-in, for a Prometheus registry of the host: of what
// happens to sessions, of requests to Okta and Redis, of sign-in's own routes and those
// behind CountRequests, and of what is bounded. docs/operations.md lists them. Two
// Auth values on one registry need prometheus.WrapRegistererWith labels.
func (a *Auth) Metrics() prometheus.Collector { return a.journal.Collector() }

// CountRequests is middleware that counts requests for Metrics, measures how long they
// take, and makes spans of them for Options.Traces. It stands before all other; sign-in's own routes are counted without it.
func (a *Auth) CountRequests() gin.HandlerFunc { return a.watch.Requests(web.Reason) }

// Watch is for what the host itself asks of Okta or bounds, to be among Metrics.
func (a *Auth) Watch() *watch.Watch { return a.watch }

// Warm fetches what the first sign-in needs, so that nobody waits for it, and
// reports whether people can sign in. What was kept from before the start does not count
// for that. An error is not final: see Ready.
func (a *Auth) Warm(ctx context.Context) error { return a.okta.Confirm(ctx) }

// Ready says for each thing that sign-in depends on whether it is there: "okta" and
// "sessions", with nil or the error. Asking is also what brings the app back after
// Okta was away at its start.
func (a *Auth) Ready(ctx context.Context) map[string]error {
	return map[string]error{"okta": a.okta.Ready(ctx), "sessions": a.sessions.Ping(ctx)}
}

// Explain finds the answer that Fail would give to err.
func (a *Auth) Explain(err error) *Problem { return a.display.Answers.Problem(err) }

// BelowBasePath returns a handler that takes the path of BASE_URL off requests before
// next sees them, where a proxy has left it.
func (a *Auth) BelowBasePath(next http.Handler) http.Handler { return a.links.Site.Strip(next) }

// Path is the path of the app that c's request asks for, without that of BASE_URL.
func (a *Auth) Path(c *gin.Context) string { return a.links.Site.Path(c.Request) }

// Headers are the security headers that the host's own pages may have too. An app
// takes those that fit and passes them to SecurityHeaders.
type Headers = web.Headers

// StrictHeaders are all of them, as this app's own pages have them; HSTS only where
// BASE_URL is https.
func (a *Auth) StrictHeaders() Headers { return a.headers }

// SecurityHeaders is middleware that sets h.
func SecurityHeaders(h Headers) gin.HandlerFunc { return h.Middleware() }

// LogRequests is middleware that writes a line for each request, with the route's
// pattern and never the query, which carries authorization codes. Lines of the routes
// that are quiet, and of sign-in's stylesheets, scripts and pictures, are of level debug
// while all is well.
func (a *Auth) LogRequests(quiet ...string) gin.HandlerFunc {
	for _, own := range []string{a.links.AssetsPath() + ":file", a.links.WidgetPath() + "*file"} {
		quiet = append(quiet, own, a.links.Site.Base()+own)
	}
	return a.links.Site.LogRequests(a.log, quiet...)
}

// Recover is middleware that makes a panic a 500 in the app's look.
func (a *Auth) Recover() gin.HandlerFunc { return a.display.Answers.Recover }

// Limit is middleware that refuses input which no browser sends, before anything
// reads it: a query over 8 KB, a cookie over 8 KB, 32 KB of cookies, control
// characters in the path, NUL in the query.
func (a *Auth) Limit() gin.HandlerFunc { return a.display.Answers.Limit }

// AllowFrontEnds is middleware that lets pages of the origins in
// CORS_ALLOWED_ORIGINS read the answers below /api/.
func (a *Auth) AllowFrontEnds() gin.HandlerFunc {
	return a.display.Answers.AllowFrontEnds(a.origins)
}
