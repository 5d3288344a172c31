package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

const (
	// renewBefore is how long before its end an access token is renewed.
	renewBefore = 30 * time.Second
	// renewTimeout bounds one renewal: two requests to Okta and the store.
	renewTimeout = 12 * time.Second
	// renewPoll is how often to look whether another process has finished.
	renewPoll = 50 * time.Millisecond
	// outcomeMemory is for how long requests that still carry the spent refresh
	// token are given what it was traded for. Okta's own grace is 30 seconds.
	outcomeMemory = 10 * time.Minute
	// failureMemory is for how long nobody tries again after Okta did not answer.
	failureMemory = 5 * time.Second
	// outcomeCount bounds the memory, at about 4 KB each.
	outcomeCount = 4096
)

// renewals makes one renewal of the requests of a session that come together,
// and remembers how it went for those that come late.
type renewals struct {
	now      func() time.Time
	flight   singleflight.Group
	outcomes *lru.Cache[string, outcome]
}

// outcome is how a renewal went: the session's new content, or the error.
type outcome struct {
	renewed session.Session
	err     error
	until   time.Time
}

func newRenewals(now func() time.Time) (*renewals, error) {
	outcomes, err := lru.New[string, outcome](outcomeCount)
	return &renewals{now: now, outcomes: outcomes}, err
}

func (r *renewals) due(s *session.Session) bool {
	return s.RefreshToken != "" && r.now().After(s.AccessTokenExpiry.Add(-renewBefore))
}

// renewalKey names what is renewed: a session and the refresh token it had.
func renewalKey(s *session.Session) string {
	hash := sha256.Sum256([]byte(s.RefreshToken))
	return s.ID + base64.RawURLEncoding.EncodeToString(hash[:])
}

func (r *renewals) remembered(key string) (outcome, bool) {
	o, ok := r.outcomes.Get(key)
	if !ok || !r.now().Before(o.until) || (o.err == nil && r.due(&o.renewed)) {
		return outcome{}, false
	}
	return o, true
}

func (r *renewals) remember(key string, o outcome) outcome {
	o.until = r.now().Add(outcomeMemory)
	if o.err != nil {
		o.until = r.now().Add(failureMemory)
	}
	r.outcomes.Add(key, o)
	return o
}

// currentSession returns the request's session, renewed if its access token
// nears its end. Errors: session.ErrNone, session.ErrUnavailable, and a Problem
// where Okta has ended the person's access.
func (a *Auth) currentSession(c *gin.Context) (*session.Session, error) {
	s, err := session.Get(c)
	if err != nil || !a.renewals.due(s) {
		return s, err
	}
	// A renewal once begun is finished, for the refresh token may be spent.
	outer := c.Request
	ctx, cancel := context.WithTimeout(context.WithoutCancel(outer.Context()), renewTimeout)
	defer cancel()
	c.Request = outer.WithContext(ctx)
	defer func() { c.Request = outer }()

	key := renewalKey(s)
	o, ok := a.renewals.remembered(key)
	if !ok {
		result, _, _ := a.renewals.flight.Do(key, func() (any, error) {
			if o, ok := a.renewals.remembered(key); ok {
				return o, nil
			}
			return a.renewOnce(c, s, key), nil
		})
		o = result.(outcome)
	}
	if o.err != nil {
		return a.notRenewed(c, s, o.err)
	}
	return a.adopt(c, &o.renewed)
}

// renewOnce renews s, unless another process is at it or has been: then it
// waits for that one's result.
func (a *Auth) renewOnce(c *gin.Context, s *session.Session, key string) outcome {
	ctx := c.Request.Context()
	for {
		unlock, ok, err := a.store.RenewLock(ctx, s.ID, renewTimeout)
		if err != nil {
			return outcome{err: err}
		}
		if ok {
			defer unlock()
		}
		fresh, err := session.Reload(c)
		if err != nil {
			return outcome{err: err}
		}
		if !a.renewals.due(fresh) {
			return outcome{renewed: *fresh}
		}
		if ok {
			return a.renewals.remember(key, a.askOkta(c, fresh))
		}
		select {
		case <-time.After(renewPoll):
		case <-ctx.Done():
			return outcome{err: fmt.Errorf("wait for the renewal by another process: %w: %w", okta.ErrUnreachable, ctx.Err())}
		}
	}
}

// askOkta trades the refresh token of s and keeps the result.
func (a *Auth) askOkta(c *gin.Context, s *session.Session) outcome {
	caller, err := callerOfSession(s)
	if err != nil {
		return outcome{err: err}
	}
	identity, err := a.okta.Renew(c.Request.Context(), okta.Previous{
		Claims: caller.Claims, IDToken: s.IDToken, RefreshToken: s.RefreshToken,
	})
	if err != nil {
		return outcome{err: err}
	}
	claims, err := json.Marshal(identity.Claims)
	if err != nil {
		return outcome{err: fmt.Errorf("encode claims: %w", err)}
	}
	renewed := *s
	renewed.Claims, renewed.IDToken = claims, identity.IDToken
	renewed.RefreshToken, renewed.AccessTokenExpiry = identity.RefreshToken, identity.AccessTokenExpiry
	a.event(c, eventRenewed, s.Subject, "")
	if _, err := a.adopt(c, &renewed); err != nil {
		return outcome{err: err}
	}
	return outcome{renewed: renewed}
}

// adopt makes renewed this request's session. Where the store has it already,
// from the request or the process that did the renewal, it is just read; else it
// is saved, unless the session has been ended meanwhile.
func (a *Auth) adopt(c *gin.Context, renewed *session.Session) (*session.Session, error) {
	kept, err := session.Reload(c)
	if err != nil {
		return nil, err
	}
	if !a.renewals.due(kept) {
		return kept, nil
	}
	if err := session.Save(c, renewed); err != nil {
		return nil, err
	}
	return session.Get(c)
}

// notRenewed decides what becomes of a session that could not be renewed. Where
// Okta says that the access has ended, or answers with a token that is not this
// person's, the session ends; while Okta is away it goes on until its access
// token has been over for the configured grace.
func (a *Auth) notRenewed(c *gin.Context, s *session.Session, err error) (*session.Session, error) {
	if errors.Is(err, session.ErrNone) || errors.Is(err, session.ErrUnavailable) {
		return nil, err
	}
	var refusal *okta.Refusal
	revoked := errors.As(err, &refusal) && refusal.Code == "invalid_grant"
	over := a.now().After(s.AccessTokenExpiry.Add(a.cfg.SessionRenewGrace))
	if !revoked && !over && !errors.Is(err, okta.ErrUntrusted) {
		a.event(c, eventRenewalFailed, s.Subject, problemOf(err).reason)
		return s, nil
	}
	reason := "grace_over"
	if revoked {
		reason = refusal.Code
	} else if !over {
		reason = "untrusted"
	}
	a.event(c, eventRenewalRefused, s.Subject, reason)
	if err := session.End(c); err != nil {
		return nil, err
	}
	return nil, &Problem{
		Status: http.StatusUnauthorized, Heading: "Your session has ended",
		Detail: "Okta no longer vouches for it: your account may have changed, or you were signed out everywhere. " +
			"Please sign in again.",
		Cause: err, reason: "session_ended", challenge: cookieChallenge,
		tryAgain: loginURL(a.comeBackTo(c.Request), ""), tryLabel: "Sign in again",
	}
}
