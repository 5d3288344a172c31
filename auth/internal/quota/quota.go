// Package quota bounds how often a wrong code is taken to Okta.
package quota

import (
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Codes that Okta refuses cost it a request each, and its limits are the whole
// org's. So many may fail at once and then in each minute, from one address and in
// all.
const (
	failuresOfClient  = 10
	failuresPerMinute = 6
	failuresInAll     = 200
	allPerMinute      = 100
	limitedClients    = 10_000 // addresses and networks that are remembered, at about 200 bytes each
)

// Quota is how often codes may still fail. It is safe for concurrent use.
type Quota struct {
	now func() time.Time
	all *rate.Limiter

	mu      sync.Mutex
	clients *lru.Cache[string, *rate.Limiter]
}

// New returns a whole quota.
func New(now func() time.Time) (*Quota, error) {
	clients, err := lru.New[string, *rate.Limiter](limitedClients)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of failed sign-ins: %w", err)
	}
	return &Quota{now: now, all: rate.NewLimiter(allPerMinute/60., failuresInAll), clients: clients}, nil
}

// Wait returns how long client must wait before its code is taken to Okta: nothing
// as long as few have failed. An empty client is anybody, such as behind a Unix socket:
// only what has failed in all holds it up.
func (l *Quota) Wait(client string) time.Duration {
	now := l.now()
	wait := missing(l.all, now)
	if client == "" {
		return wait
	}
	return max(wait, missing(l.of(client), now))
}

// Failed notes that Okta refused a code of client's.
func (l *Quota) Failed(client string) {
	now := l.now()
	l.all.AllowN(now, 1)
	if client != "" {
		l.of(client).AllowN(now, 1)
	}
}

// Clients says how many addresses are remembered, and how many may be.
func (l *Quota) Clients() (used, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clients.Len(), limitedClients
}

// Failures says how many codes count as failed, and how many may fail before nobody's is
// taken to Okta.
func (l *Quota) Failures() (used, most int) {
	return failuresInAll - int(max(0, l.all.TokensAt(l.now()))), failuresInAll
}

func (l *Quota) of(client string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter, ok := l.clients.Get(client)
	if !ok {
		limiter = rate.NewLimiter(failuresPerMinute/60., failuresOfClient)
		l.clients.Add(client, limiter)
	}
	return limiter
}

// missing is how long it takes until limiter lets one more fail.
func missing(limiter *rate.Limiter, now time.Time) time.Duration {
	short := 1 - limiter.TokensAt(now)
	if short <= 0 {
		return 0
	}
	return time.Duration(short / float64(limiter.Limit()) * float64(time.Second))
}
