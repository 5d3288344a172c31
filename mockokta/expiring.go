package mockokta

import (
	"sync"
	"time"
)

// expiring is a map whose entries end at a time of their own. Ended entries are swept out as new ones come
// in, so that its size follows what is alive.
type expiring[K comparable, V any] struct {
	now     func() time.Time
	mu      sync.Mutex
	entries map[K]expiringEntry[V]
	sweepAt int // number of entries that triggers the next sweep
}

type expiringEntry[V any] struct {
	value V
	until time.Time
}

const minSweep = 1024

func newExpiring[K comparable, V any](now func() time.Time) *expiring[K, V] {
	return &expiring[K, V]{now: now, entries: make(map[K]expiringEntry[V]), sweepAt: minSweep}
}

func (e *expiring[K, V]) put(key K, value V, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.putLocked(key, value, until)
}

func (e *expiring[K, V]) putLocked(key K, value V, until time.Time) {
	if len(e.entries) >= e.sweepAt {
		now := e.now()
		for k, entry := range e.entries {
			if !now.Before(entry.until) {
				delete(e.entries, k)
			}
		}
		e.sweepAt = max(minSweep, 2*len(e.entries))
	}
	e.entries[key] = expiringEntry[V]{value, until}
}

// putNew is put, unless the key is there already: then it changes nothing and returns false.
func (e *expiring[K, V]) putNew(key K, value V, until time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if entry, found := e.entries[key]; found && e.now().Before(entry.until) {
		return false
	}
	e.putLocked(key, value, until)
	return true
}

func (e *expiring[K, V]) get(key K) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	entry, found := e.entries[key]
	if !found || !e.now().Before(entry.until) {
		var none V
		return none, false
	}
	return entry.value, true
}

// extend is get for things that live on when they are used.
func (e *expiring[K, V]) extend(key K, until time.Time) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	entry, found := e.entries[key]
	if !found || !e.now().Before(entry.until) {
		var none V
		return none, false
	}
	e.entries[key] = expiringEntry[V]{entry.value, until}
	return entry.value, true
}

// take is get for things that work once.
func (e *expiring[K, V]) take(key K) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	entry, found := e.entries[key]
	delete(e.entries, key)
	if !found || !e.now().Before(entry.until) {
		var none V
		return none, false
	}
	return entry.value, true
}

func (e *expiring[K, V]) delete(key K) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.entries, key)
}

// deleteIf removes the entries that match returns true for.
func (e *expiring[K, V]) deleteIf(match func(V) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, entry := range e.entries {
		if match(entry.value) {
			delete(e.entries, k)
		}
	}
}
