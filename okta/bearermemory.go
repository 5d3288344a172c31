package okta

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// bearerMemory bounds how long a verified access token is believed without
	// verifying it again.
	bearerMemory = time.Minute
	// bearerCount bounds how many are remembered, at about 2 KB each.
	bearerCount = 10_000
	// bearerLength bounds in bytes the tokens that are remembered. A longer one is
	// verified each time.
	bearerLength = 8 << 10
)

// bearerCache remembers verified tokens, found by a hash and compared in full. Nobody knows
// the hash's seed, so nobody makes two tokens with one hash, or learns from how long a
// comparison takes: only what has the hash is compared. It is safe for concurrent use.
type bearerCache struct {
	now       func() time.Time
	seed      maphash.Seed
	entries   *lru.Cache[uint64, remembered]
	forgotten atomic.Int64 // how many had to go before their time
}

type remembered struct {
	token  string
	bearer *Bearer
	keys   *keySet
	until  time.Time
}

func newBearerCache(now func() time.Time) (*bearerCache, error) {
	c := &bearerCache{now: now, seed: maphash.MakeSeed()}
	var err error
	c.entries, err = lru.NewWithEvict(bearerCount, func(_ uint64, gone remembered) {
		if c.now().Before(gone.until) {
			c.forgotten.Add(1)
		}
	})
	return c, err
}

// get returns what token said when a key of keys verified it.
func (c *bearerCache) get(token string, keys *keySet) (*Bearer, bool) {
	entry, ok := c.entries.Get(maphash.String(c.seed, token))
	if !ok || entry.token != token || entry.keys != keys || !c.now().Before(entry.until) {
		return nil, false
	}
	return entry.bearer, true
}

func (c *bearerCache) add(token string, bearer *Bearer, keys *keySet, exp time.Time) {
	until := c.now().Add(bearerMemory)
	if exp.Before(until) {
		until = exp
	}
	token = strings.Clone(token) // not all that came with it
	c.entries.Add(maphash.String(c.seed, token), remembered{token, bearer, keys, until})
}
