package watch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What the app asks.
const (
	okta  = "okta"
	cache = "redis"
)

// How requests end, one word each.
const (
	ok          = "ok"
	refused     = "refused"      // an answer that says no
	rateLimited = "rate_limited" // 429
	failed      = "failed"       // an answer that says that it can't
	timedOut    = "timeout"
	unreachable = "unreachable"
	givenUp     = "given_up" // whoever asked did not wait
)

// upstreams are the requests that go out.
type upstreams struct {
	count    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	underWay *prometheus.GaugeVec
	up       *prometheus.GaugeVec
}

func newUpstreams() upstreams {
	return upstreams{
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_upstream_requests_total",
			Help: "Requests to Okta and Redis, by endpoint or command, and outcome: ok, refused, rate_limited, failed, timeout, unreachable or given_up.",
		}, []string{"upstream", "endpoint", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okta_upstream_request_duration_seconds", Help: "How long Okta and Redis took, to the last byte of their answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"upstream", "endpoint"}),
		underWay: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "okta_upstream_requests_in_flight", Help: "Requests to Okta and Redis that are under way.",
		}, []string{"upstream"}),
		up: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "okta_upstream_up", Help: "1 where the last request was answered, 0 where it was not, or with a failure. It is not there before the first.",
		}, []string{"upstream"}),
	}
}

// begin notes that upstream is asked for endpoint. Call done when it has answered.
func (u upstreams) begin(upstream, endpoint string) (done func(outcome string)) {
	began := time.Now()
	underWay := u.underWay.WithLabelValues(upstream)
	underWay.Inc()
	return func(outcome string) {
		underWay.Dec()
		u.count.WithLabelValues(upstream, endpoint, outcome).Inc()
		u.seconds.WithLabelValues(upstream, endpoint).Observe(time.Since(began).Seconds())
		switch {
		case outcome == givenUp: // tells nothing
		case isDown(outcome):
			u.up.WithLabelValues(upstream).Set(0)
		default:
			u.up.WithLabelValues(upstream).Set(1)
		}
	}
}

// isDown reports whether a request ended in a way that a working upstream's does not.
func isDown(outcome string) bool {
	return outcome == failed || outcome == timedOut || outcome == unreachable
}
