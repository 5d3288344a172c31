package watch

import (
	"github.com/prometheus/client_golang/prometheus"

	"example.com/okta-gin/okta/guard"
)

// breakers are asked at each scrape.
type breakers struct{ states func() []guard.State }

var (
	breakerDesc = prometheus.NewDesc("okta_breaker_state", "Whether Okta is asked: 0 closed, it is; 1 half open, one request at a time; 2 open, it is not.", []string{"endpoint"}, nil)
	sparedDesc  = prometheus.NewDesc("okta_breaker_refused_total", "Requests that were not sent to Okta because the breaker was open.", []string{"endpoint"}, nil)
	againDesc   = prometheus.NewDesc("okta_upstream_retries_total", "Requests that were sent to Okta a second time.", []string{"endpoint"}, nil)
)

// Guard adds g's breakers, in place of those of another Guard. Call it before the first
// scrape.
func (w *Watch) Guard(g *guard.Guard) { w.breakers.states = g.States }

// Describe implements prometheus.Collector.
func (b *breakers) Describe(ch chan<- *prometheus.Desc) {
	ch <- breakerDesc
	ch <- sparedDesc
	ch <- againDesc
}

// Collect implements prometheus.Collector.
func (b *breakers) Collect(ch chan<- prometheus.Metric) {
	if b.states == nil {
		return
	}
	for _, state := range b.states() {
		ch <- prometheus.MustNewConstMetric(breakerDesc, prometheus.GaugeValue, float64(state.Mode), state.Endpoint)
		ch <- prometheus.MustNewConstMetric(sparedDesc, prometheus.CounterValue, float64(state.Spared), state.Endpoint)
		ch <- prometheus.MustNewConstMetric(againDesc, prometheus.CounterValue, float64(state.Again), state.Endpoint)
	}
}
