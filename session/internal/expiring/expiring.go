// Package expiring is a bounded map from names to times whose entries expire.
package expiring

import (
	"container/heap"
	"hash/maphash"
	"time"

	"example.com/okta-gin/session/internal/nanos"
)

// Map is a bounded map from names to times whose entries expire. It keeps names
// as 128 bits of hash, by seeds that nobody knows, and no pointers: some 90 bytes an entry.
type Map struct {
	Max       int
	seeds     [2]maphash.Seed
	at        map[nameHash]int32 // in entries
	entries   []expiringEntry    // a heap: what expires next comes first
	full      bool               // until a tenth is free again
	Forgotten uint64             // entries dropped before their time
}

type nameHash [2]uint64

func (x *Map) hashOf(name string) nameHash {
	return nameHash{maphash.String(x.seeds[0], name), maphash.String(x.seeds[1], name)}
}

// expiringEntry has its times in nanoseconds since 1970, 0 for the zero time.
type expiringEntry struct {
	name         nameHash
	value, until int64
}

// New returns a map of up to max entries. When it is full, what would expire next is
// dropped to make room.
func New(max int) *Map {
	return &Map{Max: max, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, at: make(map[nameHash]int32)}
}

// Get returns the value of name, unless it has expired.
func (x *Map) Get(now time.Time, name string) (time.Time, bool) {
	i, ok := x.at[x.hashOf(name)]
	if !ok || x.entries[i].until <= nanos.Of(now) {
		return time.Time{}, false
	}
	return nanos.Time(x.entries[i].value), true
}

// Put keeps the later value, the longer. It reports whether the map has become
// full by that, and something had to be forgotten.
func (x *Map) Put(now time.Time, name string, value, until time.Time) (becameFull bool) {
	for len(x.entries) > 0 && x.entries[0].until <= nanos.Of(now) {
		heap.Pop(x)
	}
	entry := expiringEntry{x.hashOf(name), nanos.Of(value), nanos.Of(until)}
	if i, ok := x.at[entry.name]; ok {
		x.entries[i].value = max(x.entries[i].value, entry.value)
		x.entries[i].until = max(x.entries[i].until, entry.until)
		heap.Fix(x, int(i))
		return false
	}
	if entry.until <= nanos.Of(now) {
		return false
	}
	if len(x.entries) < x.Max-x.Max/10 {
		x.full = false
	}
	if len(x.entries) >= x.Max {
		heap.Pop(x)
		x.Forgotten++
		becameFull, x.full = !x.full, true
	}
	heap.Push(x, entry)
	return becameFull
}

// Len implements heap.Interface.
func (x *Map) Len() int { return len(x.entries) }

// Less implements heap.Interface.
func (x *Map) Less(i, j int) bool { return x.entries[i].until < x.entries[j].until }

// Swap implements heap.Interface.
func (x *Map) Swap(i, j int) {
	x.entries[i], x.entries[j] = x.entries[j], x.entries[i]
	x.at[x.entries[i].name], x.at[x.entries[j].name] = int32(i), int32(j)
}

// Push implements heap.Interface.
func (x *Map) Push(entry any) {
	e := entry.(expiringEntry)
	x.at[e.name] = int32(len(x.entries))
	x.entries = append(x.entries, e)
}

// Pop implements heap.Interface.
func (x *Map) Pop() any {
	last := len(x.entries) - 1
	entry := x.entries[last]
	delete(x.at, entry.name)
	x.entries = x.entries[:last]
	return entry
}
