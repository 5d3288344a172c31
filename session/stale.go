package session

import (
	"context"
	"fmt"
	"time"
)

// RenewPerson makes the claims of every session that subject has out of date: each
// request finds Stale set until Okta was asked for them anew, see ClaimsAt. A session
// without a refresh token, for which nobody can ask, ends. Those of these that the store
// knows are returned. It may return both sessions and ErrUnavailable.
func (s *Sessions) RenewPerson(ctx context.Context, subject string) ([]Session, error) {
	ended, err := s.store.renewPerson(ctx, subject)
	if err != nil {
		return ended, fmt.Errorf("renew all sessions: %w", err)
	}
	return ended, nil
}

// KnowsOktaSession reports whether a session may be there that began with the session
// sid at Okta. EndOktaSession costs memory for long where browsers keep the sessions:
// ask this first where just anybody can name a sid. It returns ErrUnavailable.
func (s *Sessions) KnowsOktaSession(ctx context.Context, sid string) (bool, error) {
	return s.store.knows(ctx, sid)
}

// MarkDone remembers, until then, that something was done at that time, for Done. Unlike
// with Claim, what failed half way can be done again. It returns ErrUnavailable.
func (s *Sessions) MarkDone(ctx context.Context, name string, at, until time.Time) error {
	return s.ended.End(ctx, Mark{Name: s.realm.app(name), UpTo: at, Until: until})
}

// Done reports whether MarkDone was called for name. It returns ErrUnavailable.
func (s *Sessions) Done(ctx context.Context, name string) (bool, error) {
	marks, err := s.ended.Has(ctx, s.realm.app(name))
	return err == nil && !marks[0].IsZero(), err
}

// staleSince takes up that all that was known until upTo is out of date, and reports
// whether s ends by that.
func (s *Session) staleSince(upTo time.Time) (over bool) {
	if upTo.IsZero() || later(s.SignedInAt, s.ClaimsAt).After(upTo) {
		return false
	}
	if s.RefreshToken == "" {
		return true
	}
	s.Stale = upTo
	return false
}
