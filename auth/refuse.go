package auth

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

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

// keepFormOfEnded keeps the form that came with a session which has just turned out to be
// over, or which Okta has yet to confirm. The problem that says so, err, leads on to the
// form then.
func (g *gate) keepFormOfEnded(c *gin.Context, err error) error {
	var problem *web.Problem
	unconfirmed := errors.Is(err, renewal.ErrUnconfirmed)
	if !errors.As(err, &problem) || problem.Reason != people.SessionEnded && !unconfirmed {
		return err
	}
	form, keepErr := g.forms.Keep(c, "")
	if keepErr != nil {
		return keepErr
	}
	if form == "" {
		return err
	}
	own := *problem
	if !unconfirmed {
		own.Detail = "Please sign in again. What you sent is kept for you: after you have signed in you see it once more, and can send it."
		own.TryAgain.URL = g.links.Login(form, "")
	} else {
		own.Detail = "Okta has to confirm it and has not answered for too long. You have not been signed out. What you sent is kept for a quarter of an hour: try again in a moment, and you see it once more and can send it."
		own.TryAgain.URL = form
	}
	return &own
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
