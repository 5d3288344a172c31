package session

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/okta-gin/session/internal/expiring"
)

// defaultMaxEnded is how many marks and how many claims a process remembers: about
// 9 MB each when full.
const defaultMaxEnded = 100_000

// Mark says that what Name names is over if it began until UpTo. It is to be
// remembered until Until, when no copy could live anyway.
type Mark struct {
	Name        string
	UpTo, Until time.Time
}

// Ended remembers what is over, so that a copy of a cookie dies with the original.
// Names come from this package, without anything personal in them. Its methods
// return ErrUnavailable when it can't be asked.
type Ended interface {
	// End remembers marks. Of two of one name the later times count.
	End(ctx context.Context, marks ...Mark) error

	// Has returns up to when each of names is over: the zero time for one that is
	// not.
	Has(ctx context.Context, names ...string) ([]time.Time, error)

	// Claim reports whether it is the first call for name, and remembers it until
	// then. Of any number of calls at once, exactly one is the first.
	Claim(ctx context.Context, name string, until time.Time) (first bool, err error)
}

// MemoryEnded is an Ended for a single process. It forgets when the process
// ends. It is safe for concurrent use.
type MemoryEnded struct {
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	marks  *expiring.Map
	claims *expiring.Map
}

var _ Ended = (*MemoryEnded)(nil)

// NewMemoryEnded returns an Ended that remembers up to max marks and max claims.
// When it is full, what would expire next is forgotten to make room; that is
// counted, and said to log once each time it becomes full. A nil log hears
// nothing. It has no goroutine: each call drops what has expired.
func NewMemoryEnded(max int, now func() time.Time, log *slog.Logger) *MemoryEnded {
	return &MemoryEnded{now: now, log: log, marks: expiring.New(max), claims: expiring.New(max)}
}

// End implements Ended. It returns no error.
func (e *MemoryEnded) End(ctx context.Context, marks ...Mark) error {
	e.mu.Lock()
	now, full := e.now(), false
	for _, mark := range marks {
		full = e.marks.Put(now, mark.Name, mark.UpTo, mark.Until) || full
	}
	e.mu.Unlock()
	e.report(ctx, full)
	return nil
}

// Has implements Ended. It returns no error.
func (e *MemoryEnded) Has(_ context.Context, names ...string) ([]time.Time, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, upTo := e.now(), make([]time.Time, len(names))
	for i, name := range names {
		upTo[i], _ = e.marks.Get(now, name)
	}
	return upTo, nil
}

// Claim implements Ended. It returns no error.
func (e *MemoryEnded) Claim(ctx context.Context, name string, until time.Time) (bool, error) {
	e.mu.Lock()
	now := e.now()
	_, claimed := e.claims.Get(now, name)
	full := !claimed && e.claims.Put(now, name, time.Time{}, until)
	e.mu.Unlock()
	e.report(ctx, full)
	return !claimed, nil
}

func (e *MemoryEnded) report(ctx context.Context, full bool) {
	if full && e.log != nil {
		e.log.WarnContext(ctx, "the memory of what is over is full: copies of cookies that were signed out longest ago may work again until they expire",
			"max", e.marks.Max)
	}
}

// MemoryCounts are the figures of a MemoryEnded.
type MemoryCounts struct {
	Marks, Claims int    // held, the expired among them
	Max           int    // of each
	Forgotten     uint64 // before their time, since the start
}

// Counts returns the figures of now.
func (e *MemoryEnded) Counts() MemoryCounts {
	e.mu.Lock()
	defer e.mu.Unlock()
	return MemoryCounts{
		Marks: e.marks.Len(), Claims: e.claims.Len(), Max: e.marks.Max,
		Forgotten: e.marks.Forgotten + e.claims.Forgotten,
	}
}
