package auth

import (
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/web"
)

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
