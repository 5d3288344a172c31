// Package over remembers, in the memory of a process, what is over.
package over

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"example.com/okta-gin/session/internal/expiring"
)

// Mark says that what Name names is over if it began until UpTo. It is to be
// remembered until Until, when no copy could live anyway.
type Mark struct {
	Name        string
	UpTo, Until time.Time
}

// Memory is a session.Ended for a single process. It forgets when the process
// ends. It is safe for concurrent use.
type Memory struct {
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	marks  *expiring.Map
	claims *expiring.Map
}

// NewMemory returns a Memory that remembers up to max marks and max claims.
// When it is full, what would expire next is forgotten to make room; that is
// counted, and said to log once each time it becomes full. A nil log hears
// nothing. It has no goroutine: each call drops what has expired.
func NewMemory(max int, now func() time.Time, log *slog.Logger) *Memory {
	return &Memory{now: now, log: log, marks: expiring.New(max), claims: expiring.New(max)}
}

// End implements session.Ended. It returns no error.
func (e *Memory) End(ctx context.Context, marks ...Mark) error {
	e.mu.Lock()
	now, full := e.now(), false
	for _, mark := range marks {
		full = e.marks.Put(now, mark.Name, mark.UpTo, mark.Until) || full
	}
	e.mu.Unlock()
	e.report(ctx, full)
	return nil
}

// Has implements session.Ended. It returns no error.
func (e *Memory) Has(_ context.Context, names ...string) ([]time.Time, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, upTo := e.now(), make([]time.Time, len(names))
	for i, name := range names {
		upTo[i], _ = e.marks.Get(now, name)
	}
	return upTo, nil
}

// Claim implements session.Ended. It returns no error.
func (e *Memory) Claim(ctx context.Context, name string, until time.Time) (bool, error) {
	e.mu.Lock()
	now := e.now()
	_, claimed := e.claims.Get(now, name)
	full := !claimed && e.claims.Put(now, name, time.Time{}, until)
	e.mu.Unlock()
	e.report(ctx, full)
	return !claimed, nil
}

func (e *Memory) report(ctx context.Context, full bool) {
	if full && e.log != nil {
		e.log.WarnContext(ctx, "the memory of what is over is full: copies of cookies that were signed out longest ago may work again until they expire",
			"max", e.marks.Max)
	}
}

// Counts are the figures of a Memory.
type Counts struct {
	Marks, Claims int    // held, the expired among them
	Max           int    // of each
	Forgotten     uint64 // before their time, since the start
}

// Counts returns the figures of now.
func (e *Memory) Counts() Counts {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Counts{
		Marks: e.marks.Len(), Claims: e.claims.Len(), Max: e.marks.Max,
		Forgotten: e.marks.Forgotten + e.claims.Forgotten,
	}
}
