package session

import (
	"fmt"
	"time"
)

const (
	// clockTolerance is how far the clocks of two replicas, or one clock set
	// back, may differ before a session from the future is refused.
	clockTolerance = time.Minute

	// longestAge is the most that MaxAge can be: browsers keep no cookie for longer
	// (RFC 6265bis, section 5.5). So no session outlives it under any settings.
	longestAge = 400 * 24 * time.Hour

	// lapsedKept is for how long a session that ended by time is kept, where its
	// refresh token is still good at Okta and should be revoked.
	lapsedKept = 24 * time.Hour
)

// limits say when sessions end: at the end that was sealed into them at sign-in, or
// earlier if the settings of today say so.
type limits struct {
	idle, maxAge time.Duration
	now          func() time.Time
}

func newLimits(o Options) (limits, error) {
	if o.IdleTimeout <= 0 || o.MaxAge <= 0 {
		return limits{}, fmt.Errorf("session: idle timeout %v and max age %v must both be positive", o.IdleTimeout, o.MaxAge)
	}
	if o.MaxAge > longestAge {
		return limits{}, fmt.Errorf("session: max age %v is longer than any browser keeps a cookie: %v", o.MaxAge, longestAge)
	}
	return limits{idle: o.IdleTimeout, maxAge: o.MaxAge, now: o.Now}, nil
}

// begin gives s the times of a sign-in at that time.
func (l limits) begin(s *Session, at time.Time) {
	s.SignedInAt, s.SeenAt, s.EndsAt = at, at, at.Add(l.maxAge)
}

// Ends returns when s ends whatever the person does.
func (l limits) Ends(s *Session) time.Time {
	return earlier(s.EndsAt, s.SignedInAt.Add(l.maxAge))
}

// IdleEnds returns when s ends if the person does nothing more. It is never
// later than Ends.
func (l limits) IdleEnds(s *Session) time.Time {
	return earlier(s.SeenAt.Add(l.idle), l.Ends(s))
}

func (l limits) alive(s *Session) bool {
	now := l.now()
	return !fromFuture(s, now) && now.Before(l.IdleEnds(s))
}

// lapsed reports whether s ended by time, not too long ago, and a refresh token of
// it is left.
func (l limits) lapsed(s *Session) bool {
	now, end := l.now(), l.IdleEnds(s)
	return s.RefreshToken != "" && !fromFuture(s, now) && !now.Before(end) && now.Before(end.Add(lapsedKept))
}

func fromFuture(s *Session, now time.Time) bool {
	latest := now.Add(clockTolerance)
	return s.SignedInAt.After(latest) || s.SeenAt.After(latest)
}

// left is for how long s is kept: until it ends, or somewhat longer where it has a
// refresh token. It is a millisecond or more.
func (l limits) left(s *Session) time.Duration {
	left := l.IdleEnds(s).Sub(l.now())
	if s.RefreshToken != "" {
		left += lapsedKept
	}
	return max(left, time.Millisecond)
}

// forgetAt is when no copy of s can live, whatever the settings become.
func (l limits) forgetAt(s *Session) time.Time { return s.EndsAt.Add(clockTolerance) }

func (l limits) slideDue(s *Session) bool {
	return l.now().Sub(s.SeenAt) >= l.idle/10
}

// seenNow returns a copy of s, seen now.
func (l limits) seenNow(s *Session) *Session {
	next := *s
	next.SeenAt = l.now().UTC()
	return &next
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
