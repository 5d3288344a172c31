package auth

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/signin"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// gate finds who may pass, and answers whom it refuses.
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

// restoreForm makes of a click on "Send it" the form that was kept.
func (g *gate) restoreForm(c *gin.Context) error {
	caller := g.people.Found(c)
	if caller == nil || !caller.SignedIn() {
		return nil
	}
	return g.forms.Restore(c, caller.Subject)
}
