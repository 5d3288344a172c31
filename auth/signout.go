package auth

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

// signOuts end people's sessions, here and at Okta.
type signOuts struct {
	links       links.Links
	okta        *okta.RelyingParty
	sessions    *session.Sessions
	people      *people
	display     *display
	journal     journal.Journal
	revoker     *revoke.Revoker
	crossOrigin web.CrossOrigin
	hooks       Hooks
	directory   *directory.Directory // nil without an API token
	showAddress bool
}

// confirm serves GET PREFIX/logout and its short name: a page with the button. A
// GET signs nobody out; with the state of a sign-out that has begun it goes on to
// Okta.
func (s *signOuts) confirm(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if state := c.Query("state"); state != "" {
		return s.leave(c, state)
	}
	if _, err := s.people.bySession(c); errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p, err := web.QueryParams(c.Request)
	if err != nil {
		return err
	}
	returnTo, _ := s.links.Site.Local(p.Get("return_to"))
	return s.display.page(c, http.StatusOK, ConfirmSignOutPage{
		Frame: s.display.frame(c), Action: s.links.Site.URL(s.links.LogoutPath()), ReturnTo: returnTo,
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
	out := underway.SignOut{Everywhere: p.Get("everywhere") == "1"}
	if p.Get("return_to") != "" {
		local, ok := s.links.Site.Local(p.Get("return_to"))
		if !ok || s.links.OwnRoute(local) {
			return web.BadRequest("return_to must be a page of this app, such as /goodbye.")
		}
		out.ReturnTo = local
	}
	current, err := s.sessions.Current(c.Writer, c.Request)
	if errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	}
	former, err := s.sessions.Former(c.Request)
	if errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	}
	out.AtOkta, err = s.end(c, current, out.Everywhere)
	if errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	}
	if err != nil {
		return err
	}
	switch {
	case s.links.Site.IsProgram(c.Request):
		c.Status(http.StatusNoContent)
		return nil
	case current != nil:
		out.IDToken = current.IDToken
		return s.toOkta(c, out)
	case former != nil:
		out.IDToken = former.IDToken
		return s.toOkta(c, out)
	default:
		web.Redirect(c, http.StatusSeeOther, s.links.Site.URL(s.links.SignedOutPath()))
		return nil
	}
}

// end ends the session current of this browser, which may be nil, or all of its
// person's, and then has their refresh tokens revoked. Everywhere is at Okta too, where
// there is an API token and Okta answers; else whoever comes with a session at Okta of
// before is asked for a password.
func (s *signOuts) end(c *gin.Context, current *session.Session, everywhere bool) (atOkta bool, err error) {
	if current == nil {
		return false, s.sessions.End(c.Writer, c.Request)
	}
	ctx := c.Request.Context()
	ended, reason := []session.Session{*current}, ""
	if everywhere {
		var others []session.Session
		others, err = s.endAll(ctx, current.Subject)
		ended, reason = append(ended, others...), "everywhere"
	}
	err = errors.Join(err, s.sessions.End(c.Writer, c.Request))
	s.people.forget(c)
	if everywhere {
		atOktaErr := s.endAtOkta(ctx, current.Subject)
		if atOkta = atOktaErr == nil; !atOkta && s.directory != nil {
			s.journal.Warn(c.Request.Context(), "the sessions at Okta were not ended", atOktaErr)
		}
	}
	s.revoker.Now(ctx, ended)
	if err != nil {
		return atOkta, err
	}
	s.journal.Event(c.Request, journal.SignedOut, current.Subject, reason)
	why := "signed_out"
	if everywhere {
		why = "signed_out_everywhere"
	}
	s.hooks.ended(ctx, current.Subject, why)
	return atOkta, nil
}

// endAll ends all sessions of a person here, and has the next sign-ins ask for a
// password.
func (s *signOuts) endAll(ctx context.Context, subject string) ([]session.Session, error) {
	askErr := s.sessions.AskAnew(ctx, subject)
	ended, err := s.sessions.EndAll(ctx, subject)
	return ended, errors.Join(askErr, err)
}

// unsure answers where the session could not be ended for good: the browser's
// cookies go all the same, and the page says what could not be done.
func (s *signOuts) unsure(c *gin.Context, cause error) error {
	if err := s.sessions.End(c.Writer, c.Request); err != nil && !errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p := s.display.answers.Problem(cause)
	if s.links.Site.IsProgram(c.Request) {
		return p
	}
	s.display.answers.Note(c, p)
	c.Header("Retry-After", "5")
	s.people.forget(c)
	return s.display.page(c, p.Status, SignedOutPage{Frame: s.display.nobody(), Ended: true, HereOnly: true, Unsure: true})
}

// toOkta sends the browser on to Okta, by way of leave. An ID token that is too long
// to be kept until then is posted from the page. Where Okta can't be asked, the page
// says that only this app's session has ended.
func (s *signOuts) toOkta(c *gin.Context, out underway.SignOut) error {
	state, kept := s.sessions.SignOuts().Begin(c.Writer, out)
	there, err := s.atOkta(c, out.IDToken, state)
	if err == nil {
		err = s.answers(c)
	}
	if err != nil {
		return s.hereOnly(c, out, err)
	}
	if kept {
		next := s.links.Site.URL(s.links.LogoutPath()) + "?" + url.Values{"state": {state}}.Encode()
		return s.display.page(c, http.StatusOK, OnwardPage{Frame: s.display.nobody(), URL: next})
	}
	page := OnwardPage{Frame: s.display.nobody(), Action: there.Endpoint}
	for _, name := range slices.Sorted(maps.Keys(there.Fields)) {
		page.Fields = append(page.Fields, pages.Field{Name: name, Value: there.Fields.Get(name)})
	}
	return s.display.page(c, http.StatusOK, page)
}

// signOutPatience is how long Okta may take to show that it is there.
const signOutPatience = 2 * time.Second

func (s *signOuts) answers(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), signOutPatience)
	defer cancel()
	return s.okta.Answers(ctx)
}

// hereOnly says that the session at Okta may go on, and what to do about it.
func (s *signOuts) hereOnly(c *gin.Context, out underway.SignOut, cause error) error {
	s.journal.Warn(c.Request.Context(), "signed out here only", cause)
	return s.display.page(c, http.StatusOK, SignedOutPage{
		Frame: s.display.nobody(), Ended: true, Everywhere: out.Everywhere, AtOkta: out.AtOkta, HereOnly: !out.AtOkta,
	})
}

func (s *signOuts) atOkta(c *gin.Context, idToken, state string) (okta.SignOut, error) {
	return s.okta.SignOut(c.Request.Context(), idToken, s.links.Site.Absolute(s.links.SignedOutPath()), state)
}

// leave redirects a browser whose session here has ended to Okta, which ends its own.
// The ID token goes from the sealed cookie into Okta's own URL, and into no page.
func (s *signOuts) leave(c *gin.Context, state string) error {
	out, ok := s.sessions.SignOuts().Pending(c.Request, state)
	if !ok || out.IDToken == "" {
		web.Redirect(c, http.StatusSeeOther, s.links.Site.URL(s.links.SignedOutPath()))
		return nil
	}
	there, err := s.atOkta(c, out.IDToken, state)
	if err != nil {
		return s.hereOnly(c, out, err)
	}
	web.Redirect(c, http.StatusSeeOther, there.URL())
	return nil
}

// signedOut serves GET PREFIX/signed-out, where Okta sends people back to: what has
// ended, and what has not. The state in the address is taken off it first.
func (s *signOuts) signedOut(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if c.Request.URL.RawQuery != "" {
		out, ok := s.sessions.SignOuts().Finish(c.Writer, c.Request, c.Query("state"))
		target := s.links.Site.URL(s.links.SignedOutPath())
		if ok && out.ReturnTo != "" {
			target = out.ReturnTo
		} else if ok && s.links.AfterSignOut != "" {
			target = s.links.Site.URL(s.links.AfterSignOut)
		}
		web.Redirect(c, http.StatusSeeOther, target)
		return nil
	}
	if _, err := s.people.bySession(c); err != nil && !errors.Is(err, session.ErrNone) {
		s.journal.Warn(c.Request.Context(), "the signed-out page does not know whether somebody is signed in", err)
	}
	out, ended := s.sessions.SignOuts().Finished(c.Request)
	return s.display.page(c, http.StatusOK, SignedOutPage{
		Frame: s.display.frame(c), Ended: ended, Everywhere: ended && out.Everywhere, AtOkta: ended && out.AtOkta,
	})
}
