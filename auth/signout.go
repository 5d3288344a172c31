package auth

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// maxLogoutURL is how long the way to Okta's sign-out may be before its parameters
// are posted instead: servers on the way take no more for granted.
const maxLogoutURL = 6 << 10

// signOuts end people's sessions, here and at Okta.
type signOuts struct {
	links       links
	okta        *okta.RelyingParty
	sessions    *session.Sessions
	people      *people
	display     *display
	journal     journal
	revoker     *revoker
	crossOrigin web.CrossOrigin
	hooks       Hooks
}

// confirm serves GET PREFIX/logout and its short name: a page with the button. A
// GET signs nobody out.
func (s *signOuts) confirm(c *gin.Context) error {
	if _, err := s.people.bySession(c); errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p, err := web.QueryParams(c.Request)
	if err != nil {
		return err
	}
	returnTo, _ := s.links.site.Local(p.Get("return_to"))
	return s.display.page(c, http.StatusOK, ConfirmSignOutPage{
		Frame: s.display.frame(c), Action: s.links.site.URL(s.links.logoutPath()), ReturnTo: returnTo,
	})
}

// logout serves POST PREFIX/logout and its short name: it ends the session here
// first, then revokes the refresh token, then sends the browser to Okta to end the
// session there, from where it comes back to signedOut. With everywhere=1 it ends
// all sessions of the person; with return_to it lands there in the end.
//
// Asked twice, it goes to Okta twice, though the session here has ended the first
// time.
func (s *signOuts) logout(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := s.crossOrigin.Check(c.Request); err != nil {
		return err
	}
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	out := session.SignOut{Everywhere: p.Get("everywhere") == "1"}
	if p.Get("return_to") != "" {
		local, ok := s.links.site.Local(p.Get("return_to"))
		if !ok {
			return web.BadRequest("return_to must be a path of this app, such as /goodbye.")
		}
		out.ReturnTo = local
	}
	current, err := s.sessions.Current(c.Writer, c.Request)
	if errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	}
	if err := s.end(c, current, out.Everywhere); errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	} else if err != nil {
		return err
	}
	switch former, wasHere := s.sessions.Former(c.Request); {
	case s.links.site.IsProgram(c.Request):
		c.Status(http.StatusNoContent)
		return nil
	case current != nil:
		return s.toOkta(c, current.IDToken, out)
	case wasHere:
		return s.toOkta(c, former.IDToken, out)
	default:
		c.Redirect(http.StatusSeeOther, s.links.site.URL(s.links.signedOutPath()))
		return nil
	}
}

// end ends the session current of this browser, which may be nil, or all of its
// person's, and then has their refresh tokens revoked.
func (s *signOuts) end(c *gin.Context, current *session.Session, everywhere bool) error {
	if current == nil {
		return s.sessions.End(c.Writer, c.Request)
	}
	ended, reason := []session.Session{*current}, ""
	var err error
	if everywhere {
		var others []session.Session
		others, err = s.sessions.EndAll(c.Request.Context(), current.Subject)
		ended, reason = append(ended, others...), "everywhere"
	}
	if endErr := s.sessions.End(c.Writer, c.Request); err == nil {
		err = endErr
	}
	s.people.forget(c)
	s.revoker.now(c.Request.Context(), ended)
	if err != nil {
		return err
	}
	s.journal.event(c.Request, eventSignedOut, current.Subject, reason)
	why := "signed_out"
	if everywhere {
		why = "signed_out_everywhere"
	}
	s.hooks.ended(c.Request.Context(), current.Subject, why)
	return nil
}

// unsure answers where the session could not be ended for good: the browser's
// cookies go all the same, and the page says what could not be done.
func (s *signOuts) unsure(c *gin.Context, cause error) error {
	if err := s.sessions.End(c.Writer, c.Request); err != nil && !errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p := s.display.answers.Problem(cause)
	if s.links.site.IsProgram(c.Request) {
		return p
	}
	s.display.answers.Note(c, p)
	c.Header("Retry-After", "5")
	s.people.forget(c)
	return s.display.page(c, p.Status, SignedOutPage{Frame: s.display.nobody(), Ended: true, HereOnly: true, Unsure: true})
}

// toOkta sends the browser on to Okta. Where that is not possible, it says that
// only this app's session has ended.
func (s *signOuts) toOkta(c *gin.Context, idToken string, out session.SignOut) error {
	state := s.sessions.SignOuts().Begin(c.Writer, out)
	returnTo := s.links.site.Absolute(s.links.signedOutPath())
	there, err := s.okta.SignOut(c.Request.Context(), idToken, returnTo, state)
	if err != nil {
		s.journal.warn(c.Request, "signed out here only", err)
		return s.display.page(c, http.StatusOK, SignedOutPage{
			Frame: s.display.nobody(), Ended: true, Everywhere: out.Everywhere, HereOnly: true,
		})
	}
	page := OnwardPage{Frame: s.display.nobody(), URL: there.URL()}
	if len(page.URL) > maxLogoutURL {
		page.URL, page.Action = "", there.Endpoint
		for name, values := range there.Fields {
			for _, value := range values {
				page.Fields = append(page.Fields, pages.Field{Name: name, Value: value})
			}
		}
	}
	return s.display.page(c, http.StatusOK, page)
}

// signedOut serves GET PREFIX/signed-out, where Okta sends people back to: what has
// ended, and what has not. The state in the address is taken off it first.
func (s *signOuts) signedOut(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if c.Request.URL.RawQuery != "" {
		out, ok := s.sessions.SignOuts().Finish(c.Writer, c.Request, c.Query("state"))
		target := s.links.site.URL(s.links.signedOutPath())
		if ok && out.ReturnTo != "" {
			target = out.ReturnTo
		} else if ok && s.links.afterSignOut != "" {
			target = s.links.site.URL(s.links.afterSignOut)
		}
		c.Redirect(http.StatusSeeOther, target)
		return nil
	}
	if _, err := s.people.bySession(c); err != nil && !errors.Is(err, session.ErrNone) {
		s.journal.warn(c.Request, "the signed-out page does not know whether somebody is signed in", err)
	}
	out, ended := s.sessions.SignOuts().Finished(c.Request)
	return s.display.page(c, http.StatusOK, SignedOutPage{Frame: s.display.frame(c), Ended: ended, Everywhere: ended && out.Everywhere})
}
