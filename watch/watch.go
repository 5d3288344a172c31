package watch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// Watch measures one app. It is a collector for one Prometheus registry, and safe for
// concurrent use.
type Watch struct {
	requests  requests
	upstreams upstreams
	limits    *rateLimits
	bounds    *bounds
	breakers  *breakers
	clock     *clock
	pools     *pools
	spans     spans
}

// New returns a Watch that has seen nothing. Its spans go to traces; nil means that there
// are none. now is the clock that is compared with Okta's, usually time.Now.
func New(traces trace.TracerProvider, now func() time.Time) *Watch {
	return &Watch{newRequests(), newUpstreams(), new(rateLimits), new(bounds), new(breakers), &clock{now: now}, new(pools), newSpans(traces)}
}

func (w *Watch) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		w.requests.count, w.requests.seconds, w.requests.refusals,
		w.upstreams.count, w.upstreams.seconds, w.upstreams.underWay, w.upstreams.up,
		w.limits, w.bounds, w.breakers, w.clock, w.pools,
	}
}

// Describe implements prometheus.Collector.
func (w *Watch) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range w.collectors() {
		c.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (w *Watch) Collect(ch chan<- prometheus.Metric) {
	for _, c := range w.collectors() {
		c.Collect(ch)
	}
}
