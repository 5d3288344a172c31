package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

const (
	// revokeTimeout bounds the wait for Okta at sign-out.
	revokeTimeout = 2 * time.Second
	// revokeAtOnce is how many refresh tokens of a person are revoked at a time.
	revokeAtOnce = 8
)

// confirmLogout serves GET /authorization-code/logout and /logout: a page with
// the button. A GET signs nobody out.
func (a *Auth) confirmLogout(c *gin.Context) error {
	if _, err := a.caller(c); err != nil && !errors.Is(err, session.ErrNone) && !known(c) {
		return err
	}
	return a.render(c, http.StatusOK, templates.ConfirmSignOut{Base: a.base(c)})
}

// logout serves POST /authorization-code/logout and /logout: it ends the session
// here first, then revokes the refresh token, then sends the browser to Okta to
// end the session there, from where it comes back to the front page. With
// everywhere=1 it ends all sessions of the person.
func (a *Auth) logout(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	p, err := formParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	s, err := session.Get(c)
	if err != nil && !errors.Is(err, session.ErrNone) {
		return err
	}
	everywhere := p.get("everywhere") == "1"
	if err := a.endSessions(c, s, everywhere); err != nil {
		return err
	}
	if isProgram(c.Request) {
		c.Status(http.StatusNoContent)
		return nil
	}
	if s == nil {
		c.Redirect(http.StatusSeeOther, "/")
		return nil
	}
	return a.logoutAtOkta(c, s, everywhere)
}

// endSessions ends the session s of this browser, which may be nil, or all of its
// person's, and then has their refresh tokens revoked.
func (a *Auth) endSessions(c *gin.Context, s *session.Session, everywhere bool) error {
	if s == nil {
		return session.End(c)
	}
	ended, reason := []session.Session{*s}, ""
	var err error
	if everywhere {
		var others []session.Session
		others, err = a.store.EndAll(c.Request.Context(), s.Subject)
		ended, reason = append(ended, others...), "everywhere"
	}
	if err == nil { // else the person keeps what it takes to try again
		err = session.End(c)
	}
	a.revoke(c, ended)
	if err == nil {
		a.event(c, eventSignedOut, s.Subject, reason)
	}
	return err
}

// revoke has the refresh tokens of sessions revoked, and with them their access
// tokens, as far as Okta answers in time: the sessions are over anyway.
func (a *Auth) revoke(c *gin.Context, ended []session.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), revokeTimeout)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(revokeAtOnce)
	begun := map[string]bool{"": true}
	for _, s := range ended {
		if begun[s.RefreshToken] {
			continue
		}
		begun[s.RefreshToken] = true
		group.Go(func() error { return a.okta.Revoke(ctx, s.RefreshToken) })
	}
	if err := group.Wait(); err != nil {
		a.log.WarnContext(ctx, "refresh token not revoked", "request_id", requestID(c), "sub", ended[0].Subject, "error", err)
	}
}

// logoutAtOkta sends the browser on to Okta. Where that is not possible, it says
// that only this app's session has ended.
func (a *Auth) logoutAtOkta(c *gin.Context, s *session.Session, everywhere bool) error {
	state := a.signOuts.Begin(c.Writer, everywhere)
	out, err := a.okta.SignOut(c.Request.Context(), s.IDToken, a.cfg.BaseURL, state)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "signed out here only", "request_id", requestID(c), "error", err)
		return a.render(c, http.StatusOK, templates.SignedOut{Base: a.base(c), Everywhere: everywhere, Partial: true})
	}
	c.Redirect(http.StatusSeeOther, out.URL())
	return nil
}

// returnedFromSignOut recognises the way back from Okta by its state, once.
func (a *Auth) returnedFromSignOut(c *gin.Context) (everywhere, ok bool) {
	state := c.Query("state")
	if state == "" {
		return false, false
	}
	return a.signOuts.Finish(c.Writer, c.Request, state)
}
