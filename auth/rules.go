package auth

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/signin"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// gate is the rules of who may pass.
type gate struct {
	links          links.Links
	people         *people.People
	signIns        *signin.SignIns
	display        *display.Display
	crossOrigin    web.CrossOrigin
	forms          *keptform.Keeper
	requiredGroups []string
	now            func() time.Time
}

// RequireLogin lets people pass who are signed in and, where REQUIRE_GROUPS is
// set, are in one of those groups. People without a session are sent to sign in
// and come back to the page; programs get 401. A form that a browser sends without a
// session is kept until its person has signed in again and sends it with a click: see
// Options.DropForms.
//
// What a rule refuses is answered and goes no further: nothing of the closed
// handler runs. What it lets pass is kept out of caches, unless the handler says
// otherwise, and a change must come from the app's own pages.
func (a *Auth) RequireLogin() gin.HandlerFunc {
	return a.rule("RequireLogin", func(c *gin.Context) error {
		_, err := a.gate.caller(c)
		return err
	})
}

// RequireGroup lets callers pass who are in at least one of the named groups, by
// Options.GroupsClaim. Others are shown 403, which names the groups and offers to
// switch accounts.
func (a *Auth) RequireGroup(names ...string) gin.HandlerFunc {
	return a.rule("RequireGroup", func(c *gin.Context) error {
		caller, err := a.gate.caller(c)
		if err != nil {
			return err
		}
		return a.gate.inOneOf(c, caller, names)
	})
}

// RequireScope opens a route to bearers of an access token that carries all the
// named scopes, or of any valid one where none is named, as RFC 6750 has it.
// People signed in here pass too: a scope limits what a client may do for a
// person, and here no client stands between. It is the only rule that reads
// access tokens: to ask more of their bearers, let other rules follow it.
func (a *Auth) RequireScope(names ...string) gin.HandlerFunc {
	return a.rule("RequireScope", func(c *gin.Context) error {
		caller, err := a.gate.bearerOrSession(c)
		if err != nil || caller.SignedIn() {
			return err
		}
		for _, name := range names {
			if !slices.Contains(caller.Scopes, name) {
				return insufficientScope(caller, names)
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
	return a.rule("RequireRecentLogin", func(c *gin.Context) error {
		caller, err := a.gate.caller(c)
		if err != nil {
			return err
		}
		if okta.AuthenticatedWithin(caller.Claims, maxAge, a.gate.now()) {
			return nil
		}
		return a.gate.stepUp(c, caller, wish.Wish{MaxAge: &maxAge}, `max_age="`+strconv.Itoa(int(maxAge.Seconds()))+`"`)
	})
}

// RequireACR lets callers pass whose `acr` claim is value, such as
// "urn:okta:loa:2fa:any", or one of Okta's that is stronger. People are sent to
// Okta to add what is missing; programs get 401, bearers as RFC 9470 has it.
func (a *Auth) RequireACR(value string) gin.HandlerFunc {
	return a.rule("RequireACR", func(c *gin.Context) error {
		caller, err := a.gate.caller(c)
		if err != nil {
			return err
		}
		if okta.SatisfiesACR(caller.Text("acr"), value) {
			return nil
		}
		return a.gate.stepUp(c, caller, wish.Wish{ACR: value}, `acr_values="`+value+`"`)
	})
}

// rule makes a check a middleware. There is no way to report from here that a rule
// was made before New, so that is a panic that says it.
func (a *Auth) rule(name string, check func(*gin.Context) error) gin.HandlerFunc {
	if a == nil || a.gate == nil {
		panic("auth: " + name + " was called before auth.New: make the Auth first, then its rules")
	}
	return func(c *gin.Context) {
		web.Begin(c)
		err := check(c)
		if err == nil {
			err = a.gate.restoreForm(c)
		}
		if err != nil {
			a.gate.refuse(c, err)
			return
		}
		people.NoStore(c)
	}
}

// errAnswered says that the response has been written.
var errAnswered = errors.New("answered")

func (g *gate) refuse(c *gin.Context, err error) {
	switch {
	case errors.Is(err, errAnswered):
		c.Abort()
	case errors.Is(err, session.ErrNone):
		g.sendToSignIn(c)
	default:
		g.fail(c, g.keepFormOfEnded(c, err))
	}
}

// fail answers with err, unless that says that the answer is there.
func (g *gate) fail(c *gin.Context, err error) {
	if errors.Is(err, keptform.ErrAnswered) {
		c.Abort()
		return
	}
	g.display.Answers.Fail(c, err)
}

// caller returns who the request comes from: the first rule decides, and it goes
// by the session unless it is RequireScope. Errors: session.ErrNone for nobody,
// session.ErrUnavailable, and problems that bring their answer.
func (g *gate) caller(c *gin.Context) (*Caller, error) {
	caller, err := g.people.BySession(c)
	if err != nil {
		return nil, err
	}
	if caller.SignedIn() {
		if err := g.crossOrigin.Check(c.Request); err != nil {
			return nil, err
		}
		if g.people.AboutToEnd(caller) && g.links.Site.IsNavigation(c.Request) {
			return nil, session.ErrNone
		}
	}
	return caller, g.inRequiredGroups(caller)
}

// bearerOrSession returns who the request comes from: the bearer of its access
// token or, without one, the person signed in here. Programs of nobody are told
// that a token would do; RFC 6750 section 3.1 wants no error code then.
func (g *gate) bearerOrSession(c *gin.Context) (*Caller, error) {
	if g.people.Found(c) != nil {
		return g.caller(c)
	}
	program := g.links.Site.IsProgram(c.Request)
	if program {
		bearer, err := g.people.ByToken(c)
		if err == nil {
			return bearer, g.inRequiredGroups(bearer)
		}
		if !errors.Is(err, session.ErrNone) {
			return nil, err
		}
	}
	caller, err := g.caller(c)
	if errors.Is(err, session.ErrNone) && program {
		return nil, g.links.NotSignedIn(people.TokenChallenge)
	}
	return caller, err
}

func (g *gate) inRequiredGroups(caller *Caller) error {
	if len(g.requiredGroups) == 0 || caller.In(g.requiredGroups...) {
		return nil
	}
	return g.wrongGroups(caller, g.requiredGroups, g.links.Landing())
}

func (g *gate) inOneOf(c *gin.Context, caller *Caller, names []string) error {
	if caller.In(names...) {
		return nil
	}
	return g.wrongGroups(caller, names, g.links.BackOrLanding(c.Request))
}

func (g *gate) wrongGroups(caller *Caller, names []string, returnTo string) error {
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "You are signed in, but not allowed to see this",
		Detail: "You are {{.Name}}, and this is for people in certain groups. Ask your Okta administrator " +
			"to add you to one, or sign in with another account.",
		Args: map[string]string{"Name": caller.Name()}, Reason: "group_required", Needs: names, Otherwise: g.links.OtherAccount(returnTo),
	}
}

// sendToSignIn answers a request of nobody. A browser that came under another name
// than the app's own is sent to that: what the sign-in needs is kept there.
func (g *gate) sendToSignIn(c *gin.Context) {
	if g.links.Site.IsProgram(c.Request) {
		g.display.Answers.Fail(c, g.links.NotSignedIn(links.CookieChallenge))
		return
	}
	form, err := g.forms.Keep(c, "")
	if err != nil {
		g.fail(c, err)
		return
	}
	target := g.links.OnSite(c.Request, g.links.LoginFor(c.Request))
	if form != "" {
		target = g.links.Login(form, "")
	}
	if err := g.display.Leave(c, target, http.StatusSeeOther, http.StatusUnauthorized); err != nil {
		g.display.Answers.Fail(c, err)
	}
	c.Abort()
}

// stepUp asks for a newer or stronger authentication than the caller's.
func (g *gate) stepUp(c *gin.Context, caller *Caller, w wish.Wish, want string) error {
	if caller.SignedIn() && !g.links.Site.IsProgram(c.Request) {
		form, err := g.forms.Keep(c, caller.Subject)
		if err != nil {
			return err
		}
		w.ReturnTo, w.Widget = cmp.Or(form, g.links.BackOrLanding(c.Request)), g.links.Widget
		if err := g.signIns.Begin(c, w); err != nil {
			return err
		}
		return errAnswered
	}
	want = `error="insufficient_user_authentication", error_description="A more recent or stronger authentication is required", ` + want
	challenge := people.Challenge(caller.Bound, want)
	if caller.SignedIn() {
		challenge = links.CookieChallenge + ", " + want
	}
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "A stronger or more recent sign-in is needed",
		Detail: "Sign in again as the challenge says.", Reason: "insufficient_user_authentication",
		Challenge: challenge,
	}
}

func insufficientScope(caller *Caller, names []string) *web.Problem {
	scopes := strings.Join(names, " ")
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "The access token does not allow this",
		Detail: "It needs the scope " + scopes + ".", Reason: "insufficient_scope",
		Challenge: people.Challenge(caller.Bound, `error="insufficient_scope", error_description="The access token needs more scope", scope="`+scopes+`"`),
	}
}
