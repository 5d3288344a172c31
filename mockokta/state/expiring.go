package state

import (
	"sync"
	"time"
)

// Expiring is a map whose entries end at a time of their own. Ended entries are swept out as new ones come
// in, so that its size follows what is alive.
type Expiring[K comparable, V any] struct {
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

// NewExpiring returns an empty map that reads the time from now.
func NewExpiring[K comparable, V any](now func() time.Time) *Expiring[K, V] {
	return &Expiring[K, V]{now: now, entries: make(map[K]expiringEntry[V]), sweepAt: minSweep}
}

// Put keeps value under key until the time given, in place of what was there.
func (e *Expiring[K, V]) Put(key K, value V, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.putLocked(key, value, until)
}

func (e *Expiring[K, V]) putLocked(key K, value V, until time.Time) {
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

// PutNew is Put, unless the key is there already: then it changes nothing and returns false.
func (e *Expiring[K, V]) PutNew(key K, value V, until time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if entry, found := e.entries[key]; found && e.now().Before(entry.until) {
		return false
	}
	e.putLocked(key, value, until)
	return true
}

// Get returns what key stands for, unless it has ended.
func (e *Expiring[K, V]) Get(key K) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	entry, found := e.entries[key]
	if !found || !e.now().Before(entry.until) {
		var none V
		return none, false
	}
	return entry.value, true
}

// Values returns everything that has not ended, in no order.
func (e *Expiring[K, V]) Values() []V {
	e.mu.Lock()
	defer e.mu.Unlock()
	var values []V
	for _, entry := range e.entries {
		if e.now().Before(entry.until) {
			values = append(values, entry.value)
		}
	}
	return values
}

// Extend is Get for things that live on when they are used.
func (e *Expiring[K, V]) Extend(key K, until time.Time) (V, bool) {
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

// Take is Get for things that work once.
func (e *Expiring[K, V]) Take(key K) (V, bool) {
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

// Delete forgets key.
func (e *Expiring[K, V]) Delete(key K) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.entries, key)
}

// DeleteIf removes the entries that match returns true for.
func (e *Expiring[K, V]) DeleteIf(match func(V) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, entry := range e.entries {
		if match(entry.value) {
			delete(e.entries, k)
		}
	}
}
