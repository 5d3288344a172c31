// Package signout ends people's sessions, here and at Okta: their own, one of theirs
// elsewhere, or those of whom an operator names.
package signout

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

// Options are what SignOuts go by.
type Options struct {
	Links       links.Links
	Okta        *okta.RelyingParty
	Sessions    *session.Sessions
	People      *people.People
	Display     *display.Display
	Journal     journal.Journal
	Revoker     *revoke.Revoker
	CrossOrigin web.CrossOrigin
	Directory   *directory.Directory // nil without an API token
	ShowAddress bool
	Ended       func(ctx context.Context, subject, reason string) // is told whose session has ended, and why
}

// SignOuts end people's sessions, here and at Okta. They are safe for concurrent use.
type SignOuts struct{ Options }

// New returns SignOuts.
func New(o Options) *SignOuts { return &SignOuts{o} }

// Confirm serves GET PREFIX/logout and its short name: a page with the button. A
// GET signs nobody out; with the state of a sign-out that has begun it goes on to
// Okta.
func (s *SignOuts) Confirm(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if state := c.Query("state"); state != "" {
		return s.leave(c, state)
	}
	if _, err := s.People.Leaver(c); errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p, err := web.QueryParams(c.Request)
	if err != nil {
		return err
	}
	returnTo, _ := s.Links.Site.Local(p.Get("return_to"))
	return s.Display.Page(c, http.StatusOK, pages.ConfirmSignOut{
		Frame: s.Display.Frame(c), Action: s.Links.Site.URL(s.Links.LogoutPath()), ReturnTo: returnTo,
	})
}

// Logout serves POST PREFIX/logout and its short name: it ends the session here
// first, then revokes the refresh token, then sends the browser to Okta to end the
// session there, from where it comes back to signedOut. With everywhere=1 it ends
// all sessions of the person; with return_to it lands there in the end.
//
// Asked twice, it goes to Okta twice, though the session here has ended the first
// time.
func (s *SignOuts) Logout(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := s.CrossOrigin.Check(c.Request); err != nil {
		return err
	}
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	out := underway.SignOut{Everywhere: p.Get("everywhere") == "1"}
	if p.Get("return_to") != "" {
		local, ok := s.Links.Site.Local(p.Get("return_to"))
		if !ok || s.Links.OwnRoute(local) {
			return web.BadRequest("return_to must be a page of this app, such as /goodbye.")
		}
		out.ReturnTo = local
	}
	current, err := s.Sessions.Current(c.Writer, c.Request)
	if errors.Is(err, session.ErrUnavailable) {
		return s.unsure(c, err)
	}
	former, err := s.Sessions.Former(c.Request)
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
	case s.Links.Site.IsProgram(c.Request):
		c.Status(http.StatusNoContent)
		return nil
	case current != nil:
		out.IDToken = current.IDToken
		return s.toOkta(c, out)
	case former != nil:
		out.IDToken = former.IDToken
		return s.toOkta(c, out)
	default:
		web.Redirect(c, http.StatusSeeOther, s.Links.Site.URL(s.Links.SignedOutPath()))
		return nil
	}
}

// end ends the session current of this browser, which may be nil, or all of its
// person's, and then has their refresh tokens revoked. Everywhere is at Okta too, where
// there is an API token and Okta answers; else whoever comes with a session at Okta of
// before is asked for a password.
func (s *SignOuts) end(c *gin.Context, current *session.Session, everywhere bool) (atOkta bool, err error) {
	if current == nil {
		return false, s.Sessions.End(c.Writer, c.Request)
	}
	ctx := c.Request.Context()
	ended, reason := []session.Session{*current}, ""
	if everywhere {
		var others []session.Session
		others, err = s.endAll(ctx, current.Subject)
		ended, reason = append(ended, others...), "everywhere"
	}
	err = errors.Join(err, s.Sessions.End(c.Writer, c.Request))
	s.People.Forget(c)
	if everywhere {
		atOkta = s.endAtOkta(ctx, current.Subject)
	}
	s.Revoker.Now(ctx, ended)
	if err != nil {
		return atOkta, err
	}
	s.Journal.Event(c.Request, journal.SignedOut, current.Subject, reason)
	why := "signed_out"
	if everywhere {
		why = "signed_out_everywhere"
	}
	s.Ended(ctx, current.Subject, why)
	return atOkta, nil
}

// unsure answers where the session could not be ended for good: the browser's
// cookies go all the same, and the page says what could not be done.
func (s *SignOuts) unsure(c *gin.Context, cause error) error {
	if err := s.Sessions.End(c.Writer, c.Request); err != nil && !errors.Is(err, session.ErrUnavailable) {
		return err
	}
	p := s.Display.Answers.Problem(cause)
	if s.Links.Site.IsProgram(c.Request) {
		return p
	}
	s.Display.Answers.Note(c, p)
	c.Header("Retry-After", "5")
	s.People.Forget(c)
	return s.Display.Page(c, p.Status, pages.SignedOut{Frame: s.Display.Nobody(c), Ended: true, HereOnly: true, Unsure: true})
}

// toOkta sends the browser on to Okta, by way of leave. An ID token that is too long
// to be kept until then is posted from the page. Where Okta can't be asked, the page
// says that only this app's session has ended.
func (s *SignOuts) toOkta(c *gin.Context, out underway.SignOut) error {
	state, kept := s.Sessions.SignOuts().Begin(c.Writer, out)
	there, err := s.atOkta(c, out.IDToken, state)
	if err == nil {
		err = s.answers(c)
	}
	if err != nil {
		return s.hereOnly(c, out, err)
	}
	if kept {
		next := s.Links.Site.URL(s.Links.LogoutPath()) + "?" + url.Values{"state": {state}}.Encode()
		return s.Display.Page(c, http.StatusOK, pages.Onward{Frame: s.Display.Nobody(c), URL: next})
	}
	page := pages.Onward{Frame: s.Display.Nobody(c), Action: there.Endpoint}
	for _, name := range slices.Sorted(maps.Keys(there.Fields)) {
		page.Fields = append(page.Fields, pages.Field{Name: name, Value: there.Fields.Get(name)})
	}
	return s.Display.Page(c, http.StatusOK, page)
}

// signOutPatience is how long Okta may take to show that it is there.
const signOutPatience = 2 * time.Second

func (s *SignOuts) answers(c *gin.Context) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), signOutPatience)
	defer cancel()
	return s.Okta.Answers(ctx)
}

// hereOnly says that the session at Okta may go on, and what to do about it.
func (s *SignOuts) hereOnly(c *gin.Context, out underway.SignOut, cause error) error {
	s.Journal.Warn(c.Request.Context(), "signed out here only", cause)
	return s.Display.Page(c, http.StatusOK, pages.SignedOut{
		Frame: s.Display.Nobody(c), Ended: true, Everywhere: out.Everywhere, AtOkta: out.AtOkta, HereOnly: !out.AtOkta,
	})
}

func (s *SignOuts) atOkta(c *gin.Context, idToken, state string) (okta.SignOut, error) {
	return s.Okta.SignOut(c.Request.Context(), idToken, s.Links.Site.Absolute(s.Links.SignedOutPath()), state)
}

// leave redirects a browser whose session here has ended to Okta, which ends its own.
// The ID token goes from the sealed cookie into Okta's own URL, and into no page.
func (s *SignOuts) leave(c *gin.Context, state string) error {
	out, ok := s.Sessions.SignOuts().Pending(c.Request, state)
	if !ok || out.IDToken == "" {
		web.Redirect(c, http.StatusSeeOther, s.Links.Site.URL(s.Links.SignedOutPath()))
		return nil
	}
	there, err := s.atOkta(c, out.IDToken, state)
	if err != nil {
		return s.hereOnly(c, out, err)
	}
	web.Redirect(c, http.StatusSeeOther, there.URL())
	return nil
}

// SignedOut serves GET PREFIX/signed-out, where Okta sends people back to: what has
// ended, and what has not. The state in the address is taken off it first, unless by
// who only looks, who gets 204.
func (s *SignOuts) SignedOut(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if c.Request.URL.RawQuery != "" {
		if web.OnlyLooks(c.Request) {
			c.Status(http.StatusNoContent)
			return nil
		}
		out, ok := s.Sessions.SignOuts().Finish(c.Writer, c.Request, c.Query("state"))
		target := s.Links.Site.URL(s.Links.SignedOutPath())
		if ok && out.ReturnTo != "" {
			target = out.ReturnTo
		} else if ok && s.Links.AfterSignOut != "" {
			target = s.Links.Site.URL(s.Links.AfterSignOut)
		}
		web.Redirect(c, http.StatusSeeOther, target)
		return nil
	}
	if _, err := s.People.BySession(c); err != nil && !errors.Is(err, session.ErrNone) {
		s.Journal.Warn(c.Request.Context(), "the signed-out page does not know whether somebody is signed in", err)
	}
	out, ended := s.Sessions.SignOuts().Finished(c.Request)
	return s.Display.Page(c, http.StatusOK, pages.SignedOut{
		Frame: s.Display.Frame(c), Ended: ended, Everywhere: ended && out.Everywhere, AtOkta: ended && out.AtOkta,
	})
}
