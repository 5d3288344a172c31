package renewal

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/session"
)

const (
	// renewedCount is how many renewed sessions are remembered, at about 4 KB each.
	// Ten thousand people with the shortest tokens renew so many in half a minute,
	// for which Okta itself would still accept a spent refresh token.
	renewedCount = 1024
	// failureMemory is for how long nobody tries again what has just failed.
	failureMemory = 5 * time.Second
	failureCount  = 4096
)

// memory makes one renewal of the requests of a session that come together,
// and remembers how it went for those that come late: what they carry is spent.
type memory struct {
	now    func() time.Time
	flight singleflight.Group

	renewed  *lru.Cache[string, *session.Session] // by the generation from before
	failures *lru.Cache[string, time.Time]        // until when not to try again
	again    *lru.Cache[string, time.Time]        // until when what came by Again is good enough

	mu           sync.Mutex
	stalledUntil time.Time // Okta has let a request wait in vain; zero when all is well
}

func newMemory(now func() time.Time) (*memory, error) {
	renewed, err := lru.New[string, *session.Session](renewedCount)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of renewals: %w", err)
	}
	failures, err := lru.New[string, time.Time](failureCount)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of failures: %w", err)
	}
	again, err := lru.New[string, time.Time](failureCount)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of tokens that were refused: %w", err)
	}
	return &memory{now: now, renewed: renewed, failures: failures, again: again}, nil
}

func (r *memory) due(s *session.Session) bool {
	return s.RefreshToken != "" && (!s.Stale.IsZero() || r.now().After(s.AccessTokenExpiry.Add(-renewBefore)))
}

// newest returns what s was renewed to, and that again, or s itself. What makes s stale
// makes it stale too, unless it was renewed since.
func (r *memory) newest(s *session.Session) *session.Session {
	newest := s
	for {
		next, ok := r.renewed.Get(newest.Generation())
		if !ok {
			break
		}
		newest = next
	}
	if newest == s || s.Stale.IsZero() || newest.ClaimsAt.After(s.Stale) {
		return newest
	}
	stale := *newest
	stale.Stale = s.Stale
	return &stale
}

func (r *memory) remember(before, after *session.Session) {
	if before.Generation() != after.Generation() {
		r.renewed.Add(before.Generation(), after)
	}
}

// mayTry reports whether to ask Okta to renew s. After a failure it says no for
// a while; and while Okta lets requests wait in vain, one person in that while
// finds out whether that is over, and nobody else waits.
func (r *memory) mayTry(s *session.Session) bool {
	now := r.now()
	if until, ok := r.failures.Get(s.Generation()); ok && now.Before(until) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stalledUntil.IsZero() {
		return true
	}
	if now.Before(r.stalledUntil) {
		return false
	}
	r.stalledUntil = now.Add(failureMemory)
	return true
}

// mayAgain reports whether Again is to renew s.
func (r *memory) mayAgain(s *session.Session) bool {
	until, lately := r.again.Get(s.Generation())
	return !(lately && r.now().Before(until)) && r.mayTry(s)
}

// cameAgain notes that s has its tokens by Again.
func (r *memory) cameAgain(s *session.Session) { r.again.Add(s.Generation(), r.now().Add(againAfter)) }

// failed notes that s could not be renewed.
func (r *memory) failed(s *session.Session, err error) {
	until := r.now().Add(failureMemory)
	r.failures.Add(s.Generation(), until)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.stalledUntil = until
	}
}

// succeeded notes that Okta answers.
func (r *memory) succeeded() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stalledUntil = time.Time{}
}
