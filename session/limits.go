package session

import (
	"fmt"
	"time"
)

// clockTolerance is how far the clocks of two replicas, or one clock set
// back, may differ before a session from the future is refused.
const clockTolerance = time.Minute

// limits are the idle and the absolute timeout of sessions.
type limits struct {
	idle, maxAge time.Duration
	now          func() time.Time
}

func newLimits(o Options) (limits, error) {
	if o.IdleTimeout <= 0 || o.MaxAge <= 0 {
		return limits{}, fmt.Errorf("session: idle timeout %v and max age %v must both be positive", o.IdleTimeout, o.MaxAge)
	}
	return limits{idle: o.IdleTimeout, maxAge: o.MaxAge, now: o.Now}, nil
}

// Ends returns when s ends whatever the person does.
func (l limits) Ends(s *Session) time.Time {
	return s.SignedInAt.Add(l.maxAge)
}

// IdleEnds returns when s ends if the person does nothing more. It is never
// later than Ends.
func (l limits) IdleEnds(s *Session) time.Time {
	idle, end := s.SeenAt.Add(l.idle), l.Ends(s)
	if idle.After(end) {
		return end
	}
	return idle
}

func (l limits) alive(s *Session) bool {
	now := l.now()
	latest := now.Add(clockTolerance)
	if s.SignedInAt.After(latest) || s.SeenAt.After(latest) {
		return false
	}
	return now.Before(l.IdleEnds(s))
}

func (l limits) slideDue(s *Session) bool {
	return l.now().Sub(s.SeenAt) >= l.idle/10
}

// seenNow returns a copy of s, seen now.
func (l limits) seenNow(s *Session) *Session {
	next := *s
	next.SeenAt = l.now().UTC()
	return &next
}
