package okta

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/okta/oktahttp"
)

// retryInterval is the least time between two renewals of a document, be it
// that it grew old or that an unknown key asked for a newer one.
const retryInterval = 5 * time.Second

// shared is a document of Okta's that is fetched once for everybody. Whoever
// comes while it is missing waits for the same single fetch; once it is there,
// nobody waits again: it is renewed behind the requests when it grows old, and
// the old one stays in use while Okta is away.
type shared[T any] struct {
	// fetch returns the document and for how long it is fresh.
	fetch func(context.Context) (*T, time.Duration, error)
	now   func() time.Time

	flight singleflight.Group

	mu         sync.Mutex
	value      *T
	freshUntil time.Time
	triedAt    time.Time // the last fetch of any kind
	asking     bool      // newer's fetch is under way
	askedAt    time.Time // newer's last fetch
}

// get returns the document, waiting for a fetch only if there is none yet.
func (s *shared[T]) get(ctx context.Context) (*T, error) {
	s.mu.Lock()
	now := s.now()
	value, due := s.value, now.After(s.freshUntil) && now.Sub(s.triedAt) >= retryInterval
	s.mu.Unlock()
	if value == nil {
		return s.load(ctx, nil)
	}
	if due {
		s.start(ctx, value)
	}
	return value, nil
}

// newer fetches the document again because the one at hand, seen, lacks
// something. However often it is called, Okta is asked at most once in
// retryInterval; callers in between get what is there.
func (s *shared[T]) newer(ctx context.Context, seen *T) (*T, error) {
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

func (s *shared[T]) load(ctx context.Context, seen *T) (*T, error) {
	select {
	case r := <-s.start(ctx, seen):
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*T), nil
	case <-ctx.Done():
		return nil, oktahttp.Unreachable("wait for okta", ctx.Err())
	}
}

// start joins the fetch under way or begins one, unless another has replaced
// the document that the caller has seen. The fetch outlives the request that
// happened to begin it, because others wait for it too.
func (s *shared[T]) start(ctx context.Context, seen *T) <-chan singleflight.Result {
	return s.flight.DoChan("", func() (any, error) {
		if value := s.current(); value != seen {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), oktahttp.Timeout)
		defer cancel()
		value, fresh, err := s.fetch(ctx)

		s.mu.Lock()
		defer s.mu.Unlock()
		s.triedAt, s.asking = s.now(), false
		if err != nil {
			return nil, err
		}
		s.value, s.freshUntil = value, s.now().Add(fresh)
		return value, nil
	})
}

func (s *shared[T]) current() *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value
}
