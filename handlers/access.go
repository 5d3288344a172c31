package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

const (
	apiPrefix = "/api/"
	// cookieChallenge names, for programs, what a closed page wants; there is no
	// registered scheme for a session cookie.
	cookieChallenge = `Cookie realm="session"`
)

// Public opens a route to everybody. Give it to Handle.
func Public(*gin.Context) {}

// RequireLogin lets people pass who are signed in and, where REQUIRE_GROUPS is
// set, are in one of those groups. People without a session are sent to sign in
// and come back to the page; programs get 401.
func (a *Auth) RequireLogin() gin.HandlerFunc {
	return a.guard(func(c *gin.Context) error {
		_, err := a.caller(c)
		return err
	})
}

// RequireGroup lets callers pass who are in at least one of the named groups,
// by the `groups` claim. Others are shown 403, which names the groups and offers
// to switch accounts.
func (a *Auth) RequireGroup(names ...string) gin.HandlerFunc {
	return a.guard(func(c *gin.Context) error {
		caller, err := a.caller(c)
		if err != nil {
			return err
		}
		return a.inOneOf(c, caller, names)
	})
}

// RequireScope opens a route to bearers of an access token that carries all the
// named scopes, or of any valid one where none is named, as RFC 6750 has it.
// People signed in here pass too: a scope limits what a client may do for a
// person, and here no client stands between. It is the only rule that reads
// access tokens: to ask more of their bearers, let other rules follow it.
func (a *Auth) RequireScope(names ...string) gin.HandlerFunc {
	return a.guard(func(c *gin.Context) error {
		caller, err := a.bearerOrSession(c)
		if err != nil || caller.SignedIn() {
			return err
		}
		for _, name := range names {
			if !slices.Contains(caller.Scopes, name) {
				return insufficientScope(names)
			}
		}
		return nil
	})
}

// RequireRecentLogin lets callers pass who authenticated at Okta no longer than
// maxAge ago, in whole seconds, give or take two minutes of clock difference.
// People are sent to Okta to do it again; programs get 401, bearers as RFC 9470
// has it.
func (a *Auth) RequireRecentLogin(maxAge time.Duration) gin.HandlerFunc {
	return a.guard(func(c *gin.Context) error {
		caller, err := a.caller(c)
		if err != nil {
			return err
		}
		if okta.AuthenticatedWithin(caller.Claims, maxAge, a.now()) {
			return nil
		}
		return a.stepUp(c, caller, wish{maxAge: &maxAge}, `max_age="`+strconv.Itoa(int(maxAge.Seconds()))+`"`)
	})
}

// RequireACR lets callers pass whose `acr` claim is value, such as
// "urn:okta:loa:2fa:any", or one of Okta's that is stronger. People are sent to
// Okta to add what is missing; programs get 401, bearers as RFC 9470 has it.
func (a *Auth) RequireACR(value string) gin.HandlerFunc {
	return a.guard(func(c *gin.Context) error {
		caller, err := a.caller(c)
		if err != nil {
			return err
		}
		if acr, _ := caller.Claims["acr"].(string); okta.SatisfiesACR(acr, value) {
			return nil
		}
		return a.stepUp(c, caller, wish{acr: value}, `acr_values="`+value+`"`)
	})
}

// guard makes a check a middleware. What the check refuses is answered and goes
// no further: nothing of the closed handler runs.
func (a *Auth) guard(check func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := check(c); err != nil {
			a.refuse(c, err)
		}
	}
}

// errAnswered says that the response has been written.
var errAnswered = errors.New("answered")

func (a *Auth) refuse(c *gin.Context, err error) {
	switch {
	case errors.Is(err, errAnswered):
		c.Abort()
	case errors.Is(err, session.ErrNone):
		a.sendToSignIn(c)
	default:
		a.fail(c, err)
	}
}

// caller returns who the request comes from: the first rule decides, and it
// goes by the session unless it is RequireScope. Errors: session.ErrNone for
// nobody, session.ErrUnavailable, and problems that bring their answer.
func (a *Auth) caller(c *gin.Context) (*Caller, error) {
	if caller, ok := CallerFrom(c); ok {
		return a.admit(c, caller)
	}
	s, err := a.currentSession(c)
	if err != nil {
		return nil, err
	}
	if a.aboutToEnd(s) && isNavigation(c.Request) {
		return nil, session.ErrNone
	}
	caller, err := a.callerOfSession(s)
	if err != nil {
		return nil, err
	}
	return a.admit(c, caller)
}

// admit makes caller the request's, and refuses those whom REQUIRE_GROUPS shuts
// out. They are known all the same, so that the page can say who is signed in.
func (a *Auth) admit(c *gin.Context, caller *Caller) (*Caller, error) {
	c.Set(callerKey{}, caller)
	if len(a.cfg.RequireGroups) == 0 {
		return caller, nil
	}
	return caller, a.inOneOf(c, caller, a.cfg.RequireGroups)
}

// aboutToEnd reports whether a session nears its absolute limit. Its person is
// sent to sign in before the next page rather than after the next form, which
// would be lost.
func (a *Auth) aboutToEnd(s *session.Session) bool {
	return a.store.Ends(s).Sub(a.now()) < min(5*time.Minute, a.cfg.SessionMaxAge/10)
}

func isNavigation(r *http.Request) bool {
	return r.Method == http.MethodGet && !isProgram(r)
}

func (a *Auth) inOneOf(c *gin.Context, caller *Caller, names []string) error {
	for _, group := range caller.Groups() {
		if slices.Contains(names, group) {
			return nil
		}
	}
	return &problem{
		status:  http.StatusForbidden,
		heading: "You are signed in, but not allowed to see this",
		detail: "You are " + caller.name() + ", and this is for people in certain groups. Ask your Okta administrator " +
			"to add you to one, or sign in with another account.",
		reason: "group_required", needGroups: names,
		otherAccount: loginURL(a.comeBackTo(c.Request), switchAccount),
	}
}

// sendToSignIn answers a request of nobody.
func (a *Auth) sendToSignIn(c *gin.Context) {
	if isProgram(c.Request) {
		a.fail(c, notSignedIn(cookieChallenge))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, loginURL(a.comeBackTo(c.Request), ""))
	c.Abort()
}

func notSignedIn(challenge string) *problem {
	return &problem{
		status: http.StatusUnauthorized, heading: "Not signed in",
		detail: "Sign in at " + loginPath + " and try again.", reason: "not_signed_in", challenge: challenge,
	}
}

// comeBackTo is the page to show after sign-in: the one that was asked for or,
// for a form whose session had ended, the page that the form was on.
func (a *Auth) comeBackTo(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	page, found := strings.CutPrefix(r.Referer(), a.cfg.BaseURL+"/")
	if u, err := url.Parse("/" + page); found && err == nil {
		return u.RequestURI()
	}
	return "/"
}

// stepUp asks for a newer or stronger authentication than the caller's.
func (a *Auth) stepUp(c *gin.Context, caller *Caller, w wish, want string) error {
	if caller.SignedIn() && !isProgram(c.Request) {
		w.returnTo = "/"
		if back := a.comeBackTo(c.Request); localPath(back) {
			w.returnTo = back
		}
		if a.cfg.Prompt == "none" { // which would leave the person no way to do it
			w.hints.Prompt = switchAccount
		}
		if err := a.beginSignIn(c, w); err != nil {
			return err
		}
		return errAnswered
	}
	scheme := "Bearer"
	if caller.SignedIn() {
		scheme = cookieChallenge + ","
	}
	return &problem{
		status: http.StatusUnauthorized, heading: "A stronger or more recent sign-in is needed",
		detail: "Sign in again as the challenge says.", reason: "insufficient_user_authentication",
		challenge: scheme + ` error="insufficient_user_authentication", ` +
			`error_description="A more recent or stronger authentication is required", ` + want,
	}
}
