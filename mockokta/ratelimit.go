package mockokta

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// rateLimits count requests by endpoint in windows of a minute, each of which begins with the first request
// after the last window's end. The headers show them; nobody is refused: that is Knobs.RateLimited.
type rateLimits struct {
	now     func() time.Time
	mu      sync.Mutex
	windows map[string]*rateWindow
}

type rateWindow struct {
	ends time.Time
	used int
}

func newRateLimits(now func() time.Time) *rateLimits {
	return &rateLimits{now: now, windows: make(map[string]*rateWindow)}
}

// rateLimit is how many requests a minute an endpoint has on a small org. Metadata and keys have no limit: 0.
func rateLimit(endpoint string) int {
	switch endpoint {
	case "discovery", "keys":
		return 0
	case "users", "groups":
		return 50
	case "token":
		return 150
	case "authn":
		return 500
	}
	return 600
}

// count counts a request and sets Okta's three headers.
func (l *rateLimits) count(w http.ResponseWriter, endpoint string) {
	limit := rateLimit(endpoint)
	if limit == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	window := l.windows[endpoint]
	if now := l.now(); window == nil || !now.Before(window.ends) {
		window = &rateWindow{ends: now.Add(time.Minute)}
		l.windows[endpoint] = window
	}
	window.used++
	h := w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(limit-window.used, 0)))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(window.ends.Unix(), 10))
}

// exhaust makes the headers say that nothing is left until reset from now.
func (l *rateLimits) exhaust(w http.ResponseWriter, reset time.Duration) {
	w.Header().Set("X-Rate-Limit-Remaining", "0")
	w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(l.now().Add(reset).Unix(), 10))
}
