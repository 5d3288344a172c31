package session

import (
	"container/heap"
	"time"
)

// expiring is a bounded map from names to times whose entries expire.
type expiring struct {
	max       int
	byName    map[string]*expiringEntry
	byEnd     expiryHeap
	full      bool   // until a tenth is free again
	forgotten uint64 // entries dropped before their time
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

// put keeps the later value, the longer. It reports whether the map has become
// full by that, and something had to be forgotten.
func (x *expiring) put(now time.Time, name string, value, until time.Time) (becameFull bool) {
	for len(x.byEnd) > 0 && !now.Before(x.byEnd[0].until) {
		x.dropNext()
	}
	if entry, ok := x.byName[name]; ok {
		entry.value, entry.until = later(entry.value, value), later(entry.until, until)
		heap.Fix(&x.byEnd, entry.index)
		return false
	}
	if !now.Before(until) {
		return false
	}
	if len(x.byEnd) < x.max-x.max/10 {
		x.full = false
	}
	if len(x.byEnd) >= x.max {
		x.dropNext()
		x.forgotten++
		becameFull, x.full = !x.full, true
	}
	entry := &expiringEntry{name: name, value: value, until: until}
	x.byName[name] = entry
	heap.Push(&x.byEnd, entry)
	return becameFull
}

func (x *expiring) dropNext() {
	entry := heap.Pop(&x.byEnd).(*expiringEntry)
	delete(x.byName, entry.name)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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
