package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

// revokeTimeout bounds the wait for Okta at sign-out.
const revokeTimeout = 2 * time.Second

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

// endSessions ends the session s of this browser, or all of its person's, and
// then has their refresh tokens revoked, as far as Okta answers in time.
func (a *Auth) endSessions(c *gin.Context, s *session.Session, everywhere bool) error {
	if err := session.End(c); err != nil {
		return err
	}
	if s == nil {
		return nil
	}
	ended := []session.Session{*s}
	if everywhere {
		others, err := a.store.EndAll(c.Request.Context(), s.Subject)
		if err != nil {
			return err
		}
		ended = append(ended, others...)
	}
	a.event(c, eventSignedOut, s.Subject, "")
	a.revoke(c, ended)
	return nil
}

func (a *Auth) revoke(c *gin.Context, ended []session.Session) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), revokeTimeout)
	defer cancel()
	revoked := map[string]bool{"": true}
	for _, s := range ended {
		if revoked[s.RefreshToken] {
			continue
		}
		revoked[s.RefreshToken] = true
		if err := a.okta.Revoke(ctx, s.RefreshToken); err != nil {
			a.log.WarnContext(ctx, "refresh token not revoked", "request_id", requestID(c), "sub", s.Subject, "error", err)
			if errors.Is(err, okta.ErrUnreachable) {
				return
			}
		}
	}
}

// logoutAtOkta sends the browser on to Okta. Where that is not possible, it says
// that only this app's session has ended.
func (a *Auth) logoutAtOkta(c *gin.Context, s *session.Session, everywhere bool) error {
	state := a.signOuts.Begin(c.Writer, everywhere)
	target, err := a.okta.LogoutURL(c.Request.Context(), s.IDToken, a.cfg.BaseURL, state)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "signed out here only", "request_id", requestID(c), "error", err)
		return a.render(c, http.StatusOK, templates.SignedOut{Base: a.base(c), Everywhere: everywhere, Partial: true})
	}
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, target)
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
