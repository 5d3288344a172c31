package mockokta

import "sync"

// counters count requests by endpoint.
type counters struct {
	mu sync.Mutex
	n  map[string]int
}

// browserEndpoint marks pages that only people's browsers ask for: they are not counted.
const browserEndpoint = ""

func (c *counters) add(endpoint string) {
	if endpoint == browserEndpoint {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = make(map[string]int)
	}
	c.n[endpoint]++
}

// Count is the number of requests so far to "discovery", "keys", "authorize", "token", "userinfo", "logout",
// "revoke", "introspect", "users", "groups" or "authn", both authorization servers together; "other" counts
// paths that are not served. Count("") is the number of all requests but the browser's own to the sign-in and
// sign-out pages.
func (o *Org) Count(endpoint string) int {
	o.counts.mu.Lock()
	defer o.counts.mu.Unlock()
	if endpoint != "" {
		return o.counts.n[endpoint]
	}
	total := 0
	for name, n := range o.counts.n {
		if name != "authorize" && name != "logout" {
			total += n
		}
	}
	return total
}

// ResetCounts starts counting from zero.
func (o *Org) ResetCounts() {
	o.counts.mu.Lock()
	defer o.counts.mu.Unlock()
	o.counts.n = nil
}
