package watch

import (
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"example.com/okta-gin/notes"
)

const (
	// noRoute is the route of requests that fit none.
	noRoute = "none"
	// maxReasons bounds how many reasons are told apart: an app may have reasons of its
	// own.
	maxReasons = 100
	// other stands for what is not told apart.
	other = "other"
)

// requests are those that come to the app.
type requests struct {
	count    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	reasons  *words
}

func newRequests() requests {
	return requests{
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_http_requests_total", Help: "Requests answered, by the route's pattern, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okta_http_request_duration_seconds", Help: "How long requests took, by the route's pattern and method.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route", "method"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_http_refusals_total", Help: "Requests answered with a problem, by its reason.",
		}, []string{"reason"}),
		reasons: newWords(maxReasons),
	}
}

// Requests is middleware that counts each request, once however often it stands in the
// chain, measures how long it took, and makes a span of it. reason says why a request that is done was
// refused; it is empty for one that was not.
func (w *Watch) Requests(reason func(*gin.Context) string) gin.HandlerFunc {
	return func(c *gin.Context) {
		var known *notes.Notes
		if c.Request, known = notes.Begin(c.Request); known.Get(w) != nil {
			return
		}
		known.Put(w, true)
		began, end := time.Now(), w.spans.arrived(c)
		defer func() { // after a panic too
			why := reason(c)
			w.requests.done(c, why, time.Since(began))
			end(why)
		}()
		c.Next()
	}
}

func (r requests) done(c *gin.Context, reason string, took time.Duration) {
	route, method := c.FullPath(), methodOf(c.Request.Method)
	if route == "" {
		route = noRoute
	}
	r.count.WithLabelValues(route, method, strconv.Itoa(c.Writer.Status())).Inc()
	r.seconds.WithLabelValues(route, method).Observe(took.Seconds())
	if reason != "" {
		r.refusals.WithLabelValues(r.reasons.known(reason)).Inc()
	}
}

// methodOf is method, or other for one that clients made up.
func methodOf(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE":
		return method
	default:
		return other
	}
}

// words are the first so many of a label's values.
type words struct {
	max int

	mu   sync.RWMutex
	seen map[string]bool
}

func newWords(max int) *words { return &words{max: max, seen: make(map[string]bool)} }

// known returns word, or other where too many others were first.
func (w *words) known(word string) string {
	w.mu.RLock()
	seen := w.seen[word]
	w.mu.RUnlock()
	if seen {
		return word
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.seen[word] && len(w.seen) == w.max {
		return other
	}
	w.seen[word] = true
	return word
}
