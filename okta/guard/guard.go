package guard

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Guard has the breakers of one Okta org. It is safe for concurrent use.
type Guard struct {
	now func() time.Time

	mu       sync.Mutex
	breakers map[string]*breaker // by endpoint, as oktahttp.EndpointOf has them: few
}

// New returns a Guard whose breakers are closed.
func New(now func() time.Time) *Guard {
	return &Guard{now: now, breakers: make(map[string]*breaker)}
}

// Check returns an *oktahttp.Resting where a request to endpoint would not be sent, and
// else nil. It sends none.
func (g *Guard) Check(endpoint string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if resting := g.of(endpoint).rest(g.now()); resting != nil {
		resting.Endpoint = endpoint
		return resting
	}
	return nil
}

// Mode is how a breaker stands.
type Mode int

// Closed lets all requests through, HalfOpen one at a time, Open none.
const (
	Closed Mode = iota
	HalfOpen
	Open
)

// State is how an endpoint's breaker stands.
type State struct {
	Endpoint string
	Mode     Mode
	Spared   uint64 // requests that were not sent
	Again    uint64 // requests that were sent a second time
}

// States returns those of every endpoint that was asked for, in the order of their names.
func (g *Guard) States() []State {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	var states []State
	for _, endpoint := range slices.Sorted(maps.Keys(g.breakers)) {
		b := g.breakers[endpoint]
		state := State{Endpoint: endpoint, Spared: b.spared, Again: b.again}
		switch {
		case now.Before(b.until):
			state.Mode = Open
		case b.opened > 0:
			state.Mode = HalfOpen
		}
		states = append(states, state)
	}
	return states
}

func (g *Guard) of(endpoint string) *breaker {
	b := g.breakers[endpoint]
	if b == nil {
		b = new(breaker)
		g.breakers[endpoint] = b
	}
	return b
}

// enter says whether a request may be sent. tried is whether it is the one of a half open
// breaker. Call leave when it is done.
func (g *Guard) enter(endpoint string) (tried bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.of(endpoint)
	if resting := b.rest(g.now()); resting != nil {
		b.spared++
		resting.Endpoint = endpoint
		return false, resting
	}
	if b.opened > 0 {
		b.trying, tried = true, true
	}
	return tried, nil
}

func (g *Guard) leave(endpoint string, tried bool, end outcome, pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.of(endpoint)
	if tried {
		b.trying = false
	}
	switch end {
	case answered:
		b.answered()
	case failed:
		b.failed(g.now())
	case limited:
		b.asked(g.now(), pause)
	}
}

func (g *Guard) noteAgain(endpoint string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.of(endpoint).again++
}
