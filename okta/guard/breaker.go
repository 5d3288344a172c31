package guard

import (
	"math/rand/v2"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	// enough failures in a row open a breaker, none of them older than recent.
	enough = 5
	recent = time.Minute
	// shortest is how long a breaker is open at first. Each failure after that doubles
	// it, up to longest, and up to a fifth more, so that the processes of an app do not all try at once.
	shortest = 5 * time.Second
	longest  = 30 * time.Second
	// whileTrying is what those are told to wait who come while one request is tried.
	whileTrying = time.Second
)

// breaker is one endpoint's. Its methods are called under the Guard's lock.
type breaker struct {
	failures int // in a row
	failedAt time.Time
	opened   int       // how often in a row; 0: it is closed
	until    time.Time // no request before
	limited  bool      // until is Okta's own word
	trying   bool      // a request is tried, to see how Okta is
	spared   uint64    // requests not sent
	again    uint64    // requests sent a second time
}

// rest says why no request may be sent; nil where one may.
func (b *breaker) rest(now time.Time) *oktahttp.Resting {
	switch {
	case now.Before(b.until):
		return &oktahttp.Resting{Wait: b.until.Sub(now), Limited: b.limited}
	case b.opened > 0 && b.trying:
		return &oktahttp.Resting{Wait: whileTrying}
	default:
		return nil
	}
}

// answered closes the breaker. What Okta said of its limits stays.
func (b *breaker) answered() {
	b.failures = 0
	if b.opened > 0 {
		b.opened, b.until = 0, time.Time{}
	}
}

// failed counts, and opens the breaker where that is enough. Requests from before it
// opened tell nothing new.
func (b *breaker) failed(now time.Time) {
	if now.Before(b.until) {
		return
	}
	if now.Sub(b.failedAt) > recent {
		b.failures = 0
	}
	b.failures, b.failedAt = b.failures+1, now
	if b.opened == 0 && b.failures < enough {
		return
	}
	rest := min(shortest<<min(b.opened, 8), longest)
	b.opened++
	b.until, b.limited = now.Add(rest+rand.N(rest/5)), false
}

// asked keeps requests back for as long as Okta says.
func (b *breaker) asked(now time.Time, pause time.Duration) {
	b.failures, b.opened = 0, 0
	b.until, b.limited = now.Add(pause), true
}
