// Package shared has documents that are fetched once for everybody, and outlive a while
// in which they can't be.
package shared

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	// retryInterval is the least time between two renewals of a document, be it
	// that it grew old or that an unknown key asked for a newer one.
	retryInterval = 5 * time.Second
	// unasked is for how long past its freshness a document is believed without
	// asking Okta first.
	unasked = time.Hour
	// longestSilence is for how long past its freshness a document is believed
	// although Okta, when asked, does not give a newer one.
	longestSilence = 24 * time.Hour
)

// Document is a document of Okta's that is fetched once for everybody. Whoever
// comes while it is missing waits for the same single fetch. Once it is there,
// nobody waits for its renewal until unasked past its freshness: it is renewed
// behind the requests. From then on Okta is asked before the document is believed,
// at most once in retryInterval; and if Okta has nothing newer to say until
// longestSilence past its freshness, it is not believed at all. What an earlier process
// has kept counts the same, and is renewed behind the first request.
type Document[T any] struct {
	// fetch returns the document and for how long it is fresh.
	fetch   func(context.Context) (*T, time.Duration, error)
	timeout time.Duration // of fetch
	now     func() time.Time
	keep    func(value *T, freshUntil time.Time) // writes it down for the next start; may be nil

	flight singleflight.Group

	mu          sync.Mutex
	value       *T
	freshUntil  time.Time
	unconfirmed bool      // value is from before this process began
	triedAt     time.Time // the end of the last fetch of any kind
	failed      error     // how that went
	asking      bool      // newer's fetch is under way
	askedAt     time.Time // newer's last fetch
}

// New returns a document that has not been fetched. fetch returns it, and for how long
// it is fresh; timeout bounds fetch.
func New[T any](fetch func(context.Context) (*T, time.Duration, error), timeout time.Duration, now func() time.Time) *Document[T] {
	return &Document[T]{fetch: fetch, timeout: timeout, now: now}
}

// Get returns the document. The error is that of a fetch that failed, or
// oktahttp.ErrUnreachable if ctx ends first.
func (s *Document[T]) Get(ctx context.Context) (*T, error) {
	s.mu.Lock()
	now := s.now()
	value, failed, past := s.value, s.failed, now.Sub(s.freshUntil)
	due := (past > 0 || s.unconfirmed) && now.Sub(s.triedAt) >= retryInterval
	s.mu.Unlock()
	if value == nil {
		return s.load(ctx, nil)
	}
	if due && past <= unasked {
		s.start(ctx, value)
		return value, nil
	}
	if due {
		newer, err := s.load(ctx, value)
		if err == nil || ctx.Err() != nil {
			return newer, err
		}
		failed = err
	}
	if past > longestSilence {
		return nil, fmt.Errorf("what Okta said last is %v past its time: %w", past.Round(time.Minute), failed)
	}
	return value, nil
}

// Newer fetches the document again because the one at hand, seen, lacks
// something. However often it is called, Okta is asked at most once in
// retryInterval; callers in between get what is there.
func (s *Document[T]) Newer(ctx context.Context, seen *T) (*T, error) {
	s.mu.Lock()
	if s.value != seen {
		defer s.mu.Unlock()
		return s.value, nil
	}
	if !s.asking {
		now := s.now()
		if now.Sub(s.askedAt) < retryInterval {
			defer s.mu.Unlock()
			return seen, nil
		}
		s.asking, s.askedAt = true, now
	}
	s.mu.Unlock()
	return s.load(ctx, seen)
}

// load waits for a fetch that replaces seen.
func (s *Document[T]) load(ctx context.Context, seen *T) (*T, error) {
	select {
	case r := <-s.start(ctx, seen):
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*T), nil
	case <-ctx.Done():
		return nil, oktahttp.Failed("wait for okta", ctx.Err())
	}
}

// start joins the fetch under way or begins one, unless another has replaced
// the document that the caller has seen. The fetch outlives the request that
// happened to begin it, because others wait for it too.
func (s *Document[T]) start(ctx context.Context, seen *T) <-chan singleflight.Result {
	return s.flight.DoChan("", func() (any, error) {
		if value := s.Current(); value != seen {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
		defer cancel()
		value, fresh, err := s.fetch(ctx)

		if err := s.note(value, fresh, err); err != nil {
			return nil, err
		}
		if s.keep != nil {
			s.keep(value, s.now().Add(fresh))
		}
		return value, nil
	})
}

// note takes up how a fetch ended, and returns its error.
func (s *Document[T]) note(value *T, fresh time.Duration, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.triedAt, s.failed, s.asking = s.now(), err, false
	if err == nil {
		s.value, s.freshUntil, s.unconfirmed = value, s.triedAt.Add(fresh), false
	}
	return err
}

// Confirmed is Get, for a document that this process has fetched itself.
func (s *Document[T]) Confirmed(ctx context.Context) (*T, error) {
	s.mu.Lock()
	value, unconfirmed := s.value, s.unconfirmed
	s.mu.Unlock()
	if unconfirmed {
		return s.load(ctx, value)
	}
	return s.Get(ctx)
}

// Current returns the document at hand, however old; nil before the first.
func (s *Document[T]) Current() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value
}

// Believed returns the document at hand if it is not too old to be believed, and
// else nil. It asks nobody.
func (s *Document[T]) Believed() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.freshUntil) > longestSilence {
		return nil
	}
	return s.value
}
