package okta

import (
	"crypto/sha256"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// bearerMemory bounds how long a verified access token is believed without
	// verifying it again.
	bearerMemory = time.Minute
	// bearerCount bounds how many are remembered, at about 1 KB each.
	bearerCount = 10_000
	// bearerLength bounds in bytes the tokens that are remembered. A longer one is
	// verified each time.
	bearerLength = 8 << 10
)

// bearerCache remembers verified tokens by their SHA-256, so that it holds no
// token and its look-up leaks no timing of one.
type bearerCache struct {
	now       func() time.Time
	entries   *lru.Cache[[sha256.Size]byte, remembered]
	forgotten atomic.Int64 // how many had to go before their time
}

type remembered struct {
	bearer *Bearer
	keys   *keySet
	until  time.Time
}

func newBearerCache(now func() time.Time) (*bearerCache, error) {
	c := &bearerCache{now: now}
	var err error
	c.entries, err = lru.NewWithEvict(bearerCount, func(_ [sha256.Size]byte, gone remembered) {
		if c.now().Before(gone.until) {
			c.forgotten.Add(1)
		}
	})
	return c, err
}

// get returns what the token with that hash said when a key of keys verified it.
func (c *bearerCache) get(hash [sha256.Size]byte, keys *keySet) (*Bearer, bool) {
	entry, ok := c.entries.Get(hash)
	if !ok || entry.keys != keys || !c.now().Before(entry.until) {
		return nil, false
	}
	return entry.bearer, true
}

func (c *bearerCache) add(hash [sha256.Size]byte, bearer *Bearer, keys *keySet, exp time.Time) {
	until := c.now().Add(bearerMemory)
	if exp.Before(until) {
		until = exp
	}
	c.entries.Add(hash, remembered{bearer, keys, until})
}
