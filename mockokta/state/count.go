package state

import "sync"

// Counters count requests by endpoint. The zero value counts from zero.
type Counters struct {
	mu sync.Mutex
	n  map[string]int
}

// CountRequest adds one to an endpoint's count.
func (c *Counters) CountRequest(endpoint string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = make(map[string]int)
	}
	c.n[endpoint]++
}

// Count is the number of requests so far to "discovery", "keys", "authorize", "token", "userinfo", "logout",
// "revoke", "introspect", "users", "groups", "sessions", "authn", "par", "interact", "idx", "organization" or "revocation", both authorization servers together; "other" counts
// paths that are not served. Count("") is the number of all requests but the browser's own to the sign-in and
// sign-out pages.
func (c *Counters) Count(endpoint string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if endpoint != "" {
		return c.n[endpoint]
	}
	total := 0
	for name, n := range c.n {
		if name != "authorize" && name != "logout" {
			total += n
		}
	}
	return total
}

// ResetCounts starts counting from zero.
func (c *Counters) ResetCounts() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = nil
}
