package state

import (
	"slices"
	"sync"
	"time"
)

// nonceMemory is for how long after it was made a DPoP nonce works.
const nonceMemory = 3 * 24 * time.Hour

// Nonces are the DPoP nonces of one server (RFC 9449 section 8). The zero value has none yet.
type Nonces struct {
	mu   sync.Mutex
	list []madeNonce // the newest last
}

type madeNonce struct {
	value string
	made  time.Time
}

// Current is the nonce to use, another one when the newest is older than lifetime.
func (n *Nonces) Current(now time.Time, lifetime time.Duration) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if last := len(n.list) - 1; last >= 0 && now.Sub(n.list[last].made) < lifetime {
		return n.list[last].value
	}
	return n.add(now)
}

// Another makes a nonce and forgets those before it.
func (n *Nonces) Another(now time.Time) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = nil
	return n.add(now)
}

func (n *Nonces) add(now time.Time) string {
	n.list = slices.DeleteFunc(n.list, func(m madeNonce) bool { return now.Sub(m.made) >= nonceMemory })
	n.list = append(n.list, madeNonce{RandomID()[:32], now})
	return n.list[len(n.list)-1].value
}

// Good says whether a nonce is one of these and works still.
func (n *Nonces) Good(nonce string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.list, func(m madeNonce) bool { return m.value == nonce && now.Sub(m.made) < nonceMemory })
}
