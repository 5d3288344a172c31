// Package outside takes the ways in which Okta, or an OpenID provider, ends people's
// sessions from outside: Universal Logout, front-channel and back-channel logout, and
// event hooks. None of them needs a cookie of this app, and none can be used by anybody
// who has neither the provider's signature, nor the hook's secret, nor the name of a
// session at Okta that only Okta and this app know.
package outside

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/quota"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Options say what the receivers work with. All are needed.
type Options struct {
	Config   config.Config
	Site     web.Site
	Okta     *okta.RelyingParty
	Sessions *session.Sessions
	Revoker  *revoke.Revoker
	Journal  journal.Journal
	// UniversalLogoutURL is the whole address of UniversalLogout, which requests to it
	// must name.
	UniversalLogoutURL string
	// Ended is told whose sessions have ended, and why. It is not told where only the
	// browsers know whose they were.
	Ended func(ctx context.Context, subject, reason string)
	Now   func() time.Time
}

// Receivers answer the requests from outside. They are safe for concurrent use.
type Receivers struct {
	Options
	subjectIssuers []string     // whose `sub` is a person of ours
	refusals       *quota.Quota // how many are told in full
	hookSecret     atomic.Pointer[config.Secret]
}

// New returns Receivers.
func New(o Options) (*Receivers, error) {
	refusals, err := quota.New(o.Now)
	if err != nil {
		return nil, fmt.Errorf("set up sign-out from outside: %w", err)
	}
	issuers := []string{o.Config.Issuer}
	if issuer, _, ok := o.Config.UniversalLogout(); ok {
		issuers = append(issuers, issuer)
	}
	r := &Receivers{Options: o, subjectIssuers: issuers, refusals: refusals}
	r.TakeHookSecret(o.Config.EventHookSecret)
	return r, nil
}

// TakeHookSecret has event hooks from now on taken with secret.
func (r *Receivers) TakeHookSecret(secret config.Secret) { r.hookSecret.Store(&secret) }

// refuse counts what is refused. Of many wrong ones from one address, all but a few get
// one short answer, which costs no line that names them; a good one is never held up.
func (r *Receivers) refuse(c *gin.Context, kind string, err error) error {
	var p *web.Problem
	if !errors.As(err, &p) || p.Status >= http.StatusInternalServerError {
		r.Journal.Outside(kind, "failed")
		return err
	}
	client := r.Site.Network(c.Request)
	if wait := r.refusals.Wait(client); wait > 0 {
		r.Journal.Outside(kind, "limited")
		return &web.Problem{
			Status: http.StatusTooManyRequests, Heading: "Too many wrong requests", Detail: "Nothing was signed out.",
			Reason: "too_many_failures", RetryAfter: wait, Challenge: p.Challenge,
		}
	}
	r.refusals.Failed(client)
	r.Journal.Outside(kind, p.Reason)
	return p
}

// ended does what follows when the sessions of subject have ended, or those that are
// listed; either may be unknown. What the store could not end is err.
func (r *Receivers) ended(c *gin.Context, kind, subject, reason string, sessions []session.Session, err error) error {
	ctx := c.Request.Context()
	r.Revoker.AllLater(ctx, sessions)
	if err != nil {
		return err
	}
	r.Journal.Event(c.Request, journal.SignedOut, subject, reason)
	r.Journal.Outside(kind, "ended")
	told := map[string]bool{"": true}
	for _, s := range append(sessions, session.Session{Subject: subject}) {
		if !told[s.Subject] {
			told[s.Subject] = true
			r.Ended(ctx, s.Subject, reason)
		}
	}
	return nil
}

// once reports whether a token is used for the first time.
func (r *Receivers) once(ctx context.Context, kind string, use okta.TokenUse) (bool, error) {
	return r.Sessions.Claim(ctx, kind+" "+use.ID, use.Expires)
}
