package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

const (
	// renewBefore is how long before its end an access token is renewed.
	renewBefore = 30 * time.Second
	// oktaPatience bounds the wait for Okta in one renewal.
	oktaPatience = 5 * time.Second
	// renewTimeout bounds one renewal, with the wait for another process that is
	// at it.
	renewTimeout = 12 * time.Second
	// renewPoll is how often to look whether another process has finished.
	renewPoll = 50 * time.Millisecond
)

// accessEnded is why a session may not go on.
type accessEnded struct {
	reason string // one word for the log
	detail string // for the person
	cause  error
}

func (e *accessEnded) Error() string { return e.reason + ": " + e.cause.Error() }
func (e *accessEnded) Unwrap() error { return e.cause }

// currentSession returns the request's session, renewed if its access token
// nears its end. Errors: session.ErrNone, session.ErrUnavailable, and a problem
// where the person's access has ended.
func (a *Auth) currentSession(c *gin.Context) (*session.Session, error) {
	s, err := a.store.Current(c.Writer, c.Request)
	if err != nil || !a.renewals.due(s) {
		return s, err
	}
	// A renewal once begun is finished although its client goes away: the refresh
	// token may be spent.
	outer := c.Request
	ctx, cancel := context.WithTimeout(context.WithoutCancel(outer.Context()), renewTimeout)
	defer cancel()
	c.Request = outer.WithContext(ctx)
	defer func() { c.Request = outer }()

	result, err, _ := a.renewals.flight.Do(s.Generation(), func() (any, error) { return a.renewOrKeep(c, s) })
	var over *accessEnded
	if errors.As(err, &over) {
		return nil, a.sessionEnded(c, over)
	}
	if err != nil {
		return nil, err
	}
	return a.keep(c, s, result.(*session.Session))
}

// renewOrKeep returns s renewed, or s as it is: while Okta can't be asked, a
// session goes on until its access token has been over for the configured grace.
// It returns *accessEnded where Okta says that the access has ended, answers with
// the tokens of another sign-in, or has been away for longer than that.
func (a *Auth) renewOrKeep(c *gin.Context, s *session.Session) (*session.Session, error) {
	patient := a.now().Before(s.AccessTokenExpiry.Add(a.cfg.SessionRenewGrace))
	if patient && !a.renewals.mayTry(s) {
		return s, nil
	}
	renewed, err := a.renew(c, s)
	var over *accessEnded
	switch {
	case err == nil:
		return renewed, nil
	case errors.Is(err, session.ErrNone), errors.Is(err, session.ErrUnavailable), errors.As(err, &over):
		return nil, err
	case patient:
		a.renewals.failed(s, err)
		a.event(c, eventRenewalFailed, s.Subject, signInProblem(wish{}, err).reason)
		return s, nil
	default:
		return nil, a.endAccess(c, s, &accessEnded{"grace_over", "It could not be renewed at Okta for too long.", err})
	}
}

// endAccess ends s and returns over, or why s could not be ended.
func (a *Auth) endAccess(c *gin.Context, s *session.Session, over *accessEnded) error {
	a.event(c, eventRenewalRefused, s.Subject, over.reason)
	if err := a.store.End(c.Writer, c.Request); err != nil {
		return err
	}
	return over
}

// endedBy returns nil for an error that does not say that the access has ended,
// such as invalid_client: that is this app's trouble, not the person's.
func endedBy(err error) *accessEnded {
	var refusal *okta.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == "invalid_grant":
		return &accessEnded{refusal.Code, "Okta no longer vouches for it: your account may have changed, or you were signed out everywhere.", err}
	case errors.Is(err, okta.ErrForeign):
		return &accessEnded{"untrusted", "Okta's answer could not be verified when it was to be renewed.", err}
	default:
		return nil
	}
}

// sessionEnded ends the session for this request too, which may have waited for
// another's renewal, and explains.
func (a *Auth) sessionEnded(c *gin.Context, over *accessEnded) error {
	if err := a.store.End(c.Writer, c.Request); err != nil {
		return err
	}
	return &problem{
		status: http.StatusUnauthorized, heading: "Your session has ended",
		detail: over.detail + " Please sign in again.",
		cause:  over, reason: "session_ended", challenge: cookieChallenge,
		tryAgain: loginURL(a.comeBackTo(c.Request), ""), tryLabel: "Sign in again",
	}
}

// renew returns s with new tokens, once they are kept. One process at a time does
// it; the others wait and read what it has kept.
func (a *Auth) renew(c *gin.Context, s *session.Session) (*session.Session, error) {
	if known := a.renewals.newest(s); !a.renewals.due(known) {
		return a.keep(c, s, known)
	}
	ctx := c.Request.Context()
	for {
		unlock, locked, err := a.store.RenewLock(ctx, s.ID, renewTimeout)
		if err != nil {
			return nil, err
		}
		if locked {
			defer unlock()
		}
		fresh, err := a.store.Reload(c.Writer, c.Request)
		if err != nil || fresh.Generation() != s.Generation() {
			return fresh, err
		}
		if locked {
			return a.renewLocked(c, fresh)
		}
		select {
		case <-time.After(renewPoll):
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the renewal by another process: %w: %w", okta.ErrUnreachable, ctx.Err())
		}
	}
}

// renewLocked has Okta renew s, or what this process knows that s was renewed to,
// and keeps the result.
func (a *Auth) renewLocked(c *gin.Context, s *session.Session) (*session.Session, error) {
	newest := a.renewals.newest(s)
	renewed, err := a.askOkta(c.Request.Context(), newest)
	if over := endedBy(err); over != nil { // ended before the lock falls, or the next would ask again
		return nil, a.endAccess(c, s, over)
	}
	if err != nil {
		return nil, err
	}
	a.renewals.succeeded()
	a.renewals.remember(newest, renewed)
	switch err := a.store.Save(c.Writer, c.Request, renewed); {
	case errors.Is(err, session.ErrNone): // signed out meanwhile: so is what came too late
		a.revoke(c, []session.Session{*renewed})
		return nil, err
	case err != nil:
		return nil, err
	}
	a.event(c, eventRenewed, s.Subject, "")
	return renewed, nil
}

// askOkta trades the refresh token of s for new tokens and claims.
func (a *Auth) askOkta(ctx context.Context, s *session.Session) (*session.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, oktaPatience)
	defer cancel()
	caller, err := a.callerOfSession(s)
	if err != nil {
		return nil, err
	}
	identity, err := a.okta.Renew(ctx, okta.Previous{Claims: caller.Claims, IDToken: s.IDToken, RefreshToken: s.RefreshToken})
	if err != nil {
		return nil, err
	}
	renewed := *s
	if renewed.Claims, err = json.Marshal(identity.Claims); err != nil {
		return nil, fmt.Errorf("encode claims: %w", err)
	}
	keepTokens(&renewed, identity)
	return &renewed, nil
}

// keepTokens puts the tokens of identity into s. The access and refresh tokens
// are kept only where sessions are renewed.
func keepTokens(s *session.Session, identity okta.Identity) {
	s.IDToken = identity.IDToken
	if identity.RefreshToken != "" {
		s.AccessToken, s.RefreshToken = identity.AccessToken, identity.RefreshToken
		s.AccessTokenExpiry = identity.AccessTokenExpiry
	}
}

// keep makes renewed the session of a request that came with s, and returns what
// is kept. Where the renewal was another request's, the store may have it, or this
// one's browser or a store that failed has yet to get it; but no renewal brings back
// a session that was ended.
func (a *Auth) keep(c *gin.Context, s, renewed *session.Session) (*session.Session, error) {
	current, err := a.store.Current(c.Writer, c.Request)
	if err != nil || renewed.Generation() == s.Generation() || current.Generation() != s.Generation() {
		return current, err
	}
	if current, err = a.store.Reload(c.Writer, c.Request); err != nil || current.Generation() != s.Generation() {
		return current, err
	}
	if err := a.store.Save(c.Writer, c.Request, renewed); err != nil {
		return nil, err
	}
	return a.store.Current(c.Writer, c.Request)
}
