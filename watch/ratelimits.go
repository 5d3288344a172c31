package watch

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// rateLimits are what Okta said last of each endpoint's limit.
type rateLimits struct {
	mu   sync.Mutex
	said map[string]rateLimit // by endpoint
}

type rateLimit struct{ limit, left, reset float64 }

var (
	limitDesc = prometheus.NewDesc("okta_rate_limit", "How many requests Okta allows in a minute, as its last answer said.", []string{"endpoint"}, nil)
	leftDesc  = prometheus.NewDesc("okta_rate_limit_remaining", "How many of them were left at that answer.", []string{"endpoint"}, nil)
	resetDesc = prometheus.NewDesc("okta_rate_limit_reset_timestamp_seconds", "When there will be all of them again, by Okta's clock.", []string{"endpoint"}, nil)
)

// note takes X-Rate-Limit-Limit, -Remaining and -Reset. An answer without them, or with
// numbers below zero, changes nothing.
func (l *rateLimits) note(endpoint string, h http.Header) {
	var said [3]float64
	for i, name := range [...]string{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"} {
		number, err := strconv.ParseUint(h.Get(name), 10, 53)
		if err != nil {
			return
		}
		said[i] = float64(number)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.said == nil {
		l.said = make(map[string]rateLimit)
	}
	l.said[endpoint] = rateLimit{limit: said[0], left: said[1], reset: said[2]}
}

// Describe implements prometheus.Collector.
func (l *rateLimits) Describe(ch chan<- *prometheus.Desc) {
	ch <- limitDesc
	ch <- leftDesc
	ch <- resetDesc
}

// Collect implements prometheus.Collector.
func (l *rateLimits) Collect(ch chan<- prometheus.Metric) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for endpoint, said := range l.said {
		ch <- prometheus.MustNewConstMetric(limitDesc, prometheus.GaugeValue, said.limit, endpoint)
		ch <- prometheus.MustNewConstMetric(leftDesc, prometheus.GaugeValue, said.left, endpoint)
		ch <- prometheus.MustNewConstMetric(resetDesc, prometheus.GaugeValue, said.reset, endpoint)
	}
}
