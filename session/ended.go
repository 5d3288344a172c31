package session

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// defaultMaxEnded is how many ended sessions a process remembers unless told
// otherwise: about 16 MB when full.
const defaultMaxEnded = 100_000

// Ended remembers what is over until it would have expired anyway, so that a
// copy of a cookie dies with the original. Its methods return ErrUnavailable
// when it can't be asked.
type Ended interface {
	// End remembers until then that id is over.
	End(ctx context.Context, id string, until time.Time) error

	// EndSubject remembers until then that each session of subject is over whose
	// sign-in was not after upTo. An upTo before an earlier one changes nothing.
	EndSubject(ctx context.Context, subject string, upTo, until time.Time) error

	// Has reports whether id is over, and up to which sign-in the sessions of
	// subject are: the zero time when none.
	Has(ctx context.Context, id, subject string) (ended bool, upTo time.Time, err error)

	// Claim reports whether it is the first call for id, and remembers it until
	// then. Of any number of calls at once, exactly one is the first.
	Claim(ctx context.Context, id string, until time.Time) (first bool, err error)
}

// MemoryEnded is an Ended for a single process. It forgets when the process
// ends. It is safe for concurrent use.
type MemoryEnded struct {
	now func() time.Time

	mu       sync.Mutex
	ids      expiring
	subjects expiring
	claims   expiring
}

// NewMemoryEnded returns an Ended that remembers up to max ended sessions, max
// subjects and max claims. When it is full, what would expire next is forgotten
// to make room. It has no goroutine: each call drops what has expired.
func NewMemoryEnded(max int, now func() time.Time) *MemoryEnded {
	return &MemoryEnded{now: now, ids: newExpiring(max), subjects: newExpiring(max), claims: newExpiring(max)}
}

// End implements Ended. It returns no error.
func (e *MemoryEnded) End(_ context.Context, id string, until time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids.put(e.now(), id, time.Time{}, until)
	return nil
}

// EndSubject implements Ended. It returns no error.
func (e *MemoryEnded) EndSubject(_ context.Context, subject string, upTo, until time.Time) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if before, ok := e.subjects.get(e.now(), subject); ok && before.After(upTo) {
		return nil
	}
	e.subjects.put(e.now(), subject, upTo, until)
	return nil
}

// Has implements Ended. It returns no error.
func (e *MemoryEnded) Has(_ context.Context, id, subject string) (bool, time.Time, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	_, ended := e.ids.get(now, id)
	upTo, _ := e.subjects.get(now, subject)
	return ended, upTo, nil
}

// Claim implements Ended. It returns no error.
func (e *MemoryEnded) Claim(_ context.Context, id string, until time.Time) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	if _, claimed := e.claims.get(now, id); claimed {
		return false, nil
	}
	e.claims.put(now, id, time.Time{}, until)
	return true, nil
}

// expiring is a bounded map from names to times whose entries expire.
type expiring struct {
	max    int
	byName map[string]*expiringEntry
	byEnd  expiryHeap
}

type expiringEntry struct {
	name  string
	value time.Time
	until time.Time
	index int // in the heap
}

func newExpiring(max int) expiring {
	return expiring{max: max, byName: make(map[string]*expiringEntry)}
}

func (x *expiring) get(now time.Time, name string) (time.Time, bool) {
	entry, ok := x.byName[name]
	if !ok || !now.Before(entry.until) {
		return time.Time{}, false
	}
	return entry.value, true
}

func (x *expiring) put(now time.Time, name string, value, until time.Time) {
	for len(x.byEnd) > 0 && !now.Before(x.byEnd[0].until) {
		x.dropNext()
	}
	if entry, ok := x.byName[name]; ok {
		entry.value, entry.until = value, until
		heap.Fix(&x.byEnd, entry.index)
		return
	}
	if !now.Before(until) {
		return
	}
	if len(x.byEnd) >= x.max {
		x.dropNext()
	}
	entry := &expiringEntry{name: name, value: value, until: until}
	x.byName[name] = entry
	heap.Push(&x.byEnd, entry)
}

func (x *expiring) dropNext() {
	entry := heap.Pop(&x.byEnd).(*expiringEntry)
	delete(x.byName, entry.name)
}

// expiryHeap has the entry that expires next first.
type expiryHeap []*expiringEntry

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }

func (h expiryHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *expiryHeap) Push(x any) {
	entry := x.(*expiringEntry)
	entry.index = len(*h)
	*h = append(*h, entry)
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	entry := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return entry
}
