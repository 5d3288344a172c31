package okta

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"time"
)

func TestBearerCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache, err := newBearerCache(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	hash := func(i int) [sha256.Size]byte {
		return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
	}
	for i := range bearerCount + 500 {
		cache.add(hash(i), &Bearer{}, now.Add(time.Hour))
	}
	if got := cache.entries.Len(); got != bearerCount {
		t.Errorf("it holds %d tokens, want %d", got, bearerCount)
	}
	if _, ok := cache.get(hash(0)); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := cache.get(hash(bearerCount)); !ok {
		t.Error("a newer one is gone")
	}
}
