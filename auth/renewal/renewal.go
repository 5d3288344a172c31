// Package renewal keeps sessions in step with Okta: it trades refresh tokens for
// new tokens and current claims when the access token nears its end.
package renewal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/session"
	"example.com/okta-gin/watch"
)

const (
	// renewBefore is how long before its end an access token is renewed.
	renewBefore = 30 * time.Second
	// renewTimeout bounds one renewal, with the wait for another process that is
	// at it.
	renewTimeout = 12 * time.Second
	// renewPoll is how often to look whether another process has finished.
	renewPoll = 50 * time.Millisecond
)

// Ended is the error that says why a session may not go on.
type Ended struct {
	Reason string // one word for the log
	Detail string // for the person
	Cause  error
}

func (e *Ended) Error() string { return e.Reason + ": " + e.Cause.Error() }

// Unwrap returns the cause.
func (e *Ended) Unwrap() error { return e.Cause }

// ErrUnconfirmed says that Okta no longer vouches for a session and can't be asked, or is
// not to be for this request. Nobody may pass by that session meanwhile, but it has not
// ended.
var ErrUnconfirmed = errors.New("okta has yet to vouch for the session again")

// Events is told how renewals go, once for each.
type Events interface {
	// Renewed is told of a session that has new tokens and claims. An error of it
	// ends the session.
	Renewed(r *http.Request, s *session.Session) error
	// RenewalFailed is told of one that goes on as it is for a while.
	RenewalFailed(r *http.Request, s *session.Session, err error)
	// AccessEnded is told of one that has ended.
	AccessEnded(r *http.Request, s *session.Session, over *Ended)
	// TooLate is told of tokens for a session that was ended meanwhile.
	TooLate(r *http.Request, s *session.Session)
}

// Options say how sessions are renewed.
type Options struct {
	Okta     *okta.RelyingParty
	Sessions *session.Sessions
	Events   Events
	// Grace is how long people pass by a session after the end of its access token, or the
	// news that its claims are out of date, while Okta can't be asked.
	Grace time.Duration
	// Patience bounds the wait for Okta in one renewal.
	Patience time.Duration
	// Keep is what of the claims a session keeps.
	Keep func(claims map[string]any) map[string]any
	Now  func() time.Time
}

// Renewer renews the sessions of one app. It is safe for concurrent use.
type Renewer struct {
	Options
	memory *memory
}

// New returns a Renewer.
func New(o Options) (*Renewer, error) {
	memory, err := newMemory(o.Now)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of renewals: %w", err)
	}
	return &Renewer{o, memory}, nil
}

// Bounds says how full the memories are.
func (n *Renewer) Bounds() map[string]watch.Size {
	return map[string]watch.Size{
		"renewals":         func() (used, most int) { return n.memory.renewed.Len(), renewedCount },
		"renewal_failures": func() (used, most int) { return n.memory.failures.Len(), failureCount },
		"renewal_repeats":  func() (used, most int) { return n.memory.again.Len(), failureCount },
	}
}

// Current returns the session of r's browser, renewed if its access token nears its
// end. Errors: session.ErrNone, session.ErrUnavailable, ErrUnconfirmed, and *Ended where
// the person's access has ended, and with it the session.
func (n *Renewer) Current(w http.ResponseWriter, r *http.Request) (*session.Session, error) {
	s, err := n.Sessions.Current(w, r)
	if err != nil || !n.memory.due(s) {
		return s, err
	}
	// A renewal once begun is finished although its client goes away: the refresh
	// token may be spent.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), renewTimeout)
	defer cancel()
	v := visit{n, w, r.WithContext(ctx)}

	result, err, _ := n.memory.flight.Do(s.Generation(), func() (any, error) { return v.renewOrKeep(s) })
	var over *Ended
	if errors.As(err, &over) { // for this request too, which may have waited for another's renewal
		if err := n.Sessions.End(w, v.r); err != nil {
			return nil, err
		}
		return nil, over
	}
	if err != nil {
		return nil, err
	}
	return v.keep(s, result.(*session.Session))
}

// Look is Current for a request that is to change nothing: it renews nothing, and shows no
// session that would have to be renewed first.
func (n *Renewer) Look(r *http.Request) (*session.Session, error) {
	s, err := n.Sessions.Peek(r)
	if err == nil && s.RefreshToken != "" && !n.Now().Before(goodUntil(s)) {
		return nil, ErrUnconfirmed
	}
	return s, err
}

// visit is one request that may renew.
type visit struct {
	*Renewer
	w http.ResponseWriter
	r *http.Request
}

// renewOrKeep returns s renewed, or s as it is: while Okta can't be asked, a
// session goes on until its access token has been over for the configured grace, and
// after that it waits for Okta, with ErrUnconfirmed. It returns *Ended where Okta says
// that the access has ended, answers with the tokens of another sign-in, or has for longer
// than that given answers that are no tokens.
func (v visit) renewOrKeep(s *session.Session) (*session.Session, error) {
	newest := v.memory.newest(s)
	patient := v.Now().Before(goodUntil(newest).Add(v.Grace))
	if v.memory.due(newest) && !v.memory.mayTry(newest) {
		if patient {
			return s, nil
		}
		return nil, ErrUnconfirmed
	}
	renewed, err := v.renew(s)
	var over *Ended
	switch {
	case err == nil:
		return renewed, nil
	case errors.Is(err, session.ErrNone), errors.Is(err, session.ErrUnavailable), errors.As(err, &over):
		return nil, err
	case !patient && !errors.Is(err, okta.ErrUnreachable):
		return nil, v.end(s, &Ended{"grace_over", "It could not be renewed at Okta for too long. Please sign in again.", err})
	}
	v.memory.failed(v.memory.newest(s), err)
	v.Events.RenewalFailed(v.r, s, err)
	if _, err := v.Sessions.Reload(v.w, v.r); err != nil { // signed out meanwhile, perhaps
		return nil, err
	}
	if !patient {
		return nil, fmt.Errorf("%w: %w", ErrUnconfirmed, err)
	}
	return v.memory.newest(s), nil
}

// goodUntil is until when Okta vouched for s: to the end of the access token, or until
// the claims were known to be out of date.
func goodUntil(s *session.Session) time.Time {
	if !s.Stale.IsZero() && s.Stale.Before(s.AccessTokenExpiry) {
		return s.Stale
	}
	return s.AccessTokenExpiry
}

// end ends s and returns over, or why s could not be ended.
func (v visit) end(s *session.Session, over *Ended) error {
	v.Events.AccessEnded(v.r, s, over)
	if err := v.Sessions.End(v.w, v.r); err != nil {
		return err
	}
	return over
}

// endedBy returns nil for an error that does not say that the access has ended,
// such as invalid_client: that is this app's trouble, not the person's.
func endedBy(err error) *Ended {
	var refusal *okta.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == "invalid_grant":
		return &Ended{refusal.Code, "Okta no longer vouches for it: your account may have changed, or you were signed out everywhere. Please sign in again.", err}
	case errors.Is(err, okta.ErrForeign):
		return &Ended{"untrusted", "Okta's answer could not be verified when it was to be renewed. Please sign in again.", err}
	default:
		return nil
	}
}

// renew returns s with new tokens, once they are kept. One process at a time does
// it; the others wait and read what it has kept.
func (v visit) renew(s *session.Session) (*session.Session, error) {
	if known := v.memory.newest(s); !v.memory.due(known) {
		return v.keep(s, known)
	}
	ctx := v.r.Context()
	for {
		unlock, locked, err := v.Sessions.RenewLock(ctx, s.ID, renewTimeout)
		if err != nil {
			return nil, err
		}
		if locked {
			defer unlock()
		}
		fresh, err := v.Sessions.Reload(v.w, v.r)
		if err != nil {
			return nil, err
		}
		if fresh.Generation() != s.Generation() && !v.memory.due(fresh) {
			return fresh, nil
		}
		if locked {
			return v.renewLocked(fresh)
		}
		select {
		case <-time.After(renewPoll):
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the renewal by another process: %w: %w", okta.ErrUnreachable, ctx.Err())
		}
	}
}

// renewLocked has Okta renew s, or what this process knows that s was renewed to,
// and keeps the result. Tokens that came without claims are kept too, for the
// refresh token may be a new one, but the session stays due.
func (v visit) renewLocked(s *session.Session) (*session.Session, error) {
	newest := v.memory.newest(s)
	renewed, askErr := v.askOkta(newest)
	if over := endedBy(askErr); over != nil { // ended before the lock falls, or the next would ask again
		return nil, v.end(s, over)
	}
	if renewed == nil {
		return nil, askErr
	}
	v.memory.remember(newest, renewed)
	switch err := v.Sessions.Save(v.w, v.r, renewed); {
	case errors.Is(err, session.ErrNone): // signed out meanwhile: so is what came too late
		v.Events.TooLate(v.r, renewed)
		return nil, err
	case err != nil:
		return nil, err
	}
	if askErr != nil {
		return nil, askErr
	}
	v.memory.succeeded()
	if err := v.Events.Renewed(v.r, renewed); err != nil {
		return nil, v.end(renewed, &Ended{"refused_by_app", "This app no longer lets you in. Please sign in again.", err})
	}
	return renewed, nil
}

// askOkta trades the refresh token of s for new tokens and claims. Where Okta gave
// new tokens and then could not say who the person is, it returns the session with
// those tokens, as due for renewal as it was, and the error.
func (v visit) askOkta(s *session.Session) (*session.Session, error) {
	ctx, cancel := context.WithTimeout(v.r.Context(), v.Patience)
	defer cancel()
	before, err := s.Values()
	if err != nil {
		return nil, err
	}
	key, err := dpop.ParseKey(s.DPoPKey)
	if err != nil {
		return nil, err
	}
	asked := v.Now()
	identity, err := v.Okta.Renew(ctx, okta.Previous{Claims: before, IDToken: s.IDToken, RefreshToken: s.RefreshToken, Key: key})
	if err != nil && identity.RefreshToken == "" {
		return nil, err
	}
	renewed := *s
	if err != nil {
		renewed.RefreshToken, renewed.DPoPKey = identity.RefreshToken, identity.Key.Reveal()
		if renewed.RefreshToken == s.RefreshToken {
			return nil, err
		}
		return &renewed, err
	}
	if err := renewed.SetClaims(v.Keep(identity.Claims)); err != nil {
		return nil, err
	}
	KeepTokens(&renewed, identity)
	renewed.ClaimsAt, renewed.Stale = asked, time.Time{}
	return &renewed, nil
}

// KeepTokens puts the tokens of identity into s. The access and refresh tokens, and the
// key that they are bound to, are kept only where sessions are renewed.
func KeepTokens(s *session.Session, identity okta.Identity) {
	s.IDToken = identity.IDToken
	if identity.RefreshToken != "" {
		s.AccessToken, s.RefreshToken = identity.AccessToken, identity.RefreshToken
		s.AccessTokenExpiry, s.DPoPKey = identity.AccessTokenExpiry, identity.Key.Reveal()
	}
}

// keep makes renewed the session of a request that came with s, and returns what
// is kept. Where the renewal was another request's, the store may have it, or this
// one's browser or a store that failed has yet to get it; but no renewal brings back
// a session that was ended.
func (v visit) keep(s, renewed *session.Session) (*session.Session, error) {
	current, err := v.Sessions.Current(v.w, v.r)
	if err != nil || renewed.Generation() == s.Generation() || current.Generation() != s.Generation() {
		return current, err
	}
	if current, err = v.Sessions.Reload(v.w, v.r); err != nil || current.Generation() != s.Generation() {
		return current, err
	}
	if err := v.Sessions.Save(v.w, v.r, renewed); err != nil {
		return nil, err
	}
	return v.Sessions.Current(v.w, v.r)
}
