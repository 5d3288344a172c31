package okta

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"time"
)

func hashOf(i int) [sha256.Size]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
}

func TestBearerCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache, err := newBearerCache(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	keys := &keySet{}
	for i := range bearerCount + 500 {
		cache.add(hashOf(i), &Bearer{}, keys, now.Add(time.Hour))
	}
	if got := cache.entries.Len(); got != bearerCount {
		t.Errorf("it holds %d tokens, want %d", got, bearerCount)
	}
	if got := cache.forgotten.Load(); got != 500 {
		t.Errorf("it counts %d forgotten, want 500", got)
	}
	if _, ok := cache.get(hashOf(0), keys); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := cache.get(hashOf(bearerCount), keys); !ok {
		t.Error("a newer one is gone")
	}
	now = now.Add(2 * bearerMemory)
	for i := range 10 {
		cache.add(hashOf(-1-i), &Bearer{}, keys, now.Add(time.Hour))
	}
	if got := cache.forgotten.Load(); got != 500 {
		t.Errorf("it counts %d forgotten, want 500: those whose time is over don't count", got)
	}
}

func TestBearerCacheForgets(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache, err := newBearerCache(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	keys, newer := &keySet{{id: "a"}}, &keySet{{id: "a"}}
	cache.add(hashOf(1), &Bearer{}, keys, now.Add(time.Hour))
	cache.add(hashOf(2), &Bearer{}, keys, now.Add(30*time.Second))
	for _, step := range []struct {
		after      time.Duration
		keys       *keySet
		hour, half bool
	}{
		{0, keys, true, true},
		{0, newer, false, false}, // another set than the one that verified them
		{0, nil, false, false},   // no set is believed any more
		{29 * time.Second, keys, true, true},
		{2 * time.Second, keys, true, false},
		{29 * time.Second, keys, false, false},
	} {
		now = now.Add(step.after)
		_, hour := cache.get(hashOf(1), step.keys)
		_, half := cache.get(hashOf(2), step.keys)
		if hour != step.hour || half != step.half {
			t.Errorf("%+v: %v, %v", step, hour, half)
		}
	}
}
