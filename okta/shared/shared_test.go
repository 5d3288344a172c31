package shared

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

var errAway = errors.New("away")

// counted is a document whose n-th fetch returns n, or fails while away is set.
type counted struct {
	Document[int]
	fetches atomic.Int64
	away    atomic.Bool
	takes   time.Duration
}

func newCounted(fresh time.Duration) *counted {
	c := &counted{}
	c.now, c.timeout = time.Now, time.Second*3
	c.fetch = func(ctx context.Context) (*int, time.Duration, error) {
		n := int(c.fetches.Add(1))
		select {
		case <-time.After(c.takes):
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
		if c.away.Load() {
			return nil, 0, errAway
		}
		return &n, fresh, nil
	}
	return c
}

func (c *counted) want(t *testing.T, what string, fetches int64, value int) {
	t.Helper()
	synctest.Wait()
	if got := c.fetches.Load(); got != fetches {
		t.Errorf("%s: %d fetches, want %d", what, got, fetches)
	}
	if got := c.Current(); value != 0 && (got == nil || *got != value) {
		t.Errorf("%s: document %v, want %d", what, got, value)
	}
}

func TestSharedIsFetchedOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.takes = time.Second
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if got, err := c.Get(t.Context()); err != nil || *got != 1 {
					t.Errorf("get: %v, %v", got, err)
				}
			})
		}
		wg.Wait()
		c.want(t, "50 at once", 1, 1)
	})
}

func TestSharedIsRenewedBehindTheRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.Get(t.Context())
		c.takes = time.Second
		time.Sleep(time.Hour + 1)
		began := time.Now()
		for range 10 {
			if got, err := c.Get(t.Context()); err != nil || *got != 1 {
				t.Errorf("get: %v, %v", got, err)
			}
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("somebody waited %v", waited)
		}
		time.Sleep(time.Second)
		c.want(t, "old", 2, 2)

		c.away.Store(true)
		time.Sleep(time.Hour + unasked/2)
		for range 10 { // in 10 seconds: one try every five
			if got, err := c.Get(t.Context()); err != nil || *got != 2 {
				t.Errorf("while away: %v, %v", got, err)
			}
			time.Sleep(time.Second)
		}
		c.want(t, "while away", 4, 2)
	})
}

func TestSharedRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.away.Store(true)
		if _, err := c.Get(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("away: %v", err)
		}
		c.away.Store(false)
		if got, err := c.Get(t.Context()); err != nil || *got != 2 {
			t.Errorf("back: %v, %v", got, err)
		}
	})
}

// Whoever gives up waiting does not end the fetch that others wait for.
func TestSharedOutlivesTheRequestThatBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.takes = time.Second
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := c.Get(impatient); !errors.Is(err, oktahttp.ErrUnreachable) {
			t.Errorf("impatient: %v", err)
		}
		if got, err := c.Get(t.Context()); err != nil || *got != 1 {
			t.Errorf("patient: %v, %v", got, err)
		}
		c.want(t, "both", 1, 1)
	})
}

func TestSharedFetchEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.takes = time.Hour
		began := time.Now()
		if _, err := c.Get(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("get: %v", err)
		}
		if waited := time.Since(began); waited != c.timeout {
			t.Errorf("it took %v", waited)
		}
	})
}

func TestNewer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		first, err := c.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.takes = time.Second
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if got, err := c.Newer(t.Context(), first); err != nil || *got != 2 {
					t.Errorf("newer: %v, %v", got, err)
				}
			})
		}
		wg.Wait()
		c.want(t, "50 at once", 2, 2)

		if got, err := c.Newer(t.Context(), first); err != nil || *got != 2 {
			t.Errorf("somebody who saw the first: %v, %v", got, err)
		}
		second := c.Current()
		for range 3 {
			if got, err := c.Newer(t.Context(), second); err != nil || *got != 2 {
				t.Errorf("at once again: %v, %v", got, err)
			}
			time.Sleep(time.Second)
		}
		c.want(t, "at once again", 2, 2)
		time.Sleep(retryInterval)
		c.away.Store(true)
		if _, err := c.Newer(t.Context(), second); !errors.Is(err, errAway) {
			t.Errorf("while away: %v", err)
		}
		c.want(t, "while away", 3, 2)
		if got, err := c.Get(t.Context()); err != nil || *got != 2 {
			t.Errorf("the old one is gone: %v, %v", got, err)
		}
	})
}

// Long past its freshness, a document is asked for before it is believed, and
// all the same not more than once in five seconds while Okta is away.
func TestSharedIsAskedForBeforeItIsBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.Get(t.Context())
		c.takes = time.Second
		time.Sleep(time.Hour + unasked + 1)
		began := time.Now()
		if got, err := c.Get(t.Context()); err != nil || *got != 2 {
			t.Errorf("asked for: %v, %v", got, err)
		}
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("waited %v for the newer one", waited)
		}

		c.away.Store(true)
		time.Sleep(time.Hour + unasked + 1)
		for range 10 {
			if got, err := c.Get(t.Context()); err != nil || *got != 2 {
				t.Errorf("while away: %v, %v", got, err)
			}
		}
		c.want(t, "ten times while away", 3, 2)
		time.Sleep(retryInterval)
		impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if got, err := c.Get(impatient); got != nil || !errors.Is(err, oktahttp.ErrUnreachable) {
			t.Errorf("impatient: %v, %v", got, err)
		}
		time.Sleep(c.takes)
	})
}

func TestSharedIsNotBelievedForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounted(time.Hour)
		c.Get(t.Context())
		c.away.Store(true)
		time.Sleep(time.Hour + longestSilence)
		if got, err := c.Get(t.Context()); err != nil || *got != 1 || c.Believed() == nil {
			t.Errorf("at the end of its time: %v, %v", got, err)
		}
		time.Sleep(time.Nanosecond)
		for range 10 {
			if got, err := c.Get(t.Context()); got != nil || !errors.Is(err, errAway) || c.Believed() != nil {
				t.Errorf("past its time: %v, %v", got, err)
			}
		}
		c.want(t, "ten times past its time", 2, 0)
		c.away.Store(false)
		time.Sleep(retryInterval)
		if got, err := c.Get(t.Context()); err != nil || *got != 3 || c.Believed() == nil {
			t.Errorf("back: %v, %v", got, err)
		}
	})
}
