package outside

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// FrontChannel serves GET and POST PREFIX/front-channel-logout (OpenID Connect
// Front-Channel Logout 1.0), which Okta loads in a hidden frame: the session with the
// `sid` of Okta's iss ends, whether or not the frame has this app's cookies. A sid that
// no session has changes nothing and is answered alike, and so is a HEAD, which ends
// nothing. Only pages of the issuer's origin may frame the answer.
func (r *Receivers) FrontChannel(c *gin.Context) error {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors "+r.Config.OrgURL())
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // for a page that demands it of its frames
	h.Del("X-Frame-Options")
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return nil
	}
	if err := r.frontChannel(c); err != nil {
		return r.refuse(c, journal.FrontChannel, err)
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte("<!doctype html><title>Signed out</title><p>Signed out.</p>\n"))
	return nil
}

func (r *Receivers) frontChannel(c *gin.Context) error {
	iss, sid, err := frontChannelParams(c)
	if err != nil {
		return err
	}
	if iss != r.Config.Issuer {
		return web.BadRequest("iss is not this app's issuer.")
	}
	if sid == "" || len(sid) > maxName {
		return web.BadRequest("sid does not name a session.")
	}
	ctx := c.Request.Context()
	known, err := r.Sessions.KnowsOktaSession(ctx, sid)
	if err != nil {
		return err
	}
	if !known {
		r.Journal.Outside(journal.FrontChannel, "unknown_session")
		return nil
	}
	sessions, err := r.Sessions.EndOktaSession(ctx, sid)
	return r.ended(c, journal.FrontChannel, "", journal.FrontChannel, sessions, err)
}

// frontChannelParams reads iss and sid, each of which may be in the query or in the form.
func frontChannelParams(c *gin.Context) (iss, sid string, err error) {
	query, err := web.QueryParams(c.Request)
	if err != nil {
		return "", "", err
	}
	form := web.Params{}
	if c.Request.Method == http.MethodPost {
		if form, err = web.FormParams(c.Writer, c.Request); err != nil {
			return "", "", err
		}
	}
	for _, param := range []struct {
		name  string
		value *string
	}{{"iss", &iss}, {"sid", &sid}} {
		if query.Has(param.name) && form.Has(param.name) {
			return "", "", web.BadRequest("A parameter is given more than once.")
		}
		*param.value = query.Get(param.name) + form.Get(param.name)
	}
	return iss, sid, nil
}

// BackChannel serves POST PREFIX/back-channel-logout (OpenID Connect Back-Channel Logout
// 1.0): the session that the logout token names ends, or else all of the person's. As the
// specification has it, the answer is 200, or 400 for whatever went wrong.
func (r *Receivers) BackChannel(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := r.backChannel(c); err != nil {
		return badLogout(r.refuse(c, journal.BackChannel, err))
	}
	c.Status(http.StatusOK)
	return nil
}

func (r *Receivers) backChannel(c *gin.Context) error {
	form, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	token, err := r.Okta.VerifyLogoutToken(ctx, form.Get("logout_token"))
	if errors.Is(err, okta.ErrBadToken) {
		return &web.Problem{
			Status: http.StatusBadRequest, Heading: "That is no logout token of this app's provider", Detail: "Nothing was signed out.",
			Cause: err, Reason: "bad_token",
		}
	}
	if err != nil {
		return err
	}
	first, err := r.once(ctx, journal.BackChannel, token.TokenUse)
	if err != nil {
		return err
	}
	if !first {
		return &web.Problem{
			Status: http.StatusBadRequest, Heading: "That logout token was used before", Detail: "It has signed out already.", Reason: "token_used",
		}
	}
	bySession, err := r.bySession(c, token)
	if err != nil {
		return err
	}
	var sessions []session.Session
	if bySession {
		sessions, err = r.Sessions.EndOktaSession(ctx, token.SessionID)
	} else {
		sessions, err = r.Sessions.EndAll(ctx, token.Subject)
	}
	return r.ended(c, journal.BackChannel, token.Subject, journal.BackChannel, sessions, err)
}

// bySession reports whether token ends one session at the provider. Where it names a
// person too, and no session here is known by the other name, all of theirs end: ID
// tokens need not have had a sid.
func (r *Receivers) bySession(c *gin.Context, token okta.LogoutToken) (bool, error) {
	if token.SessionID == "" || token.Subject == "" {
		return token.SessionID != "", nil
	}
	return r.Sessions.KnowsOktaSession(c.Request.Context(), token.SessionID)
}

// badLogout makes any failure a 400 (section 2.8), and keeps its reason.
func badLogout(err error) error {
	p := &web.Problem{Heading: "The logout failed", Detail: "Nothing was signed out, or not all of it. Please try again.", Reason: "logout_failed", Cause: err}
	var own *web.Problem
	if errors.As(err, &own) {
		known := *own
		p = &known
	}
	p.Status = http.StatusBadRequest
	return p
}
