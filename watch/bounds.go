package watch

import (
	"maps"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Size says how much of something bounded is in use, and how much may be.
type Size func() (used, most int)

// bounds are asked at each scrape.
type bounds struct {
	mu    sync.Mutex
	sizes map[string]Size
}

var (
	usedDesc = prometheus.NewDesc("okta_bound_used", "How much of something bounded is in use.", []string{"bound"}, nil)
	mostDesc = prometheus.NewDesc("okta_bound_limit", "How much of it may be in use.", []string{"bound"}, nil)
)

// Bounds adds sizes by their names: one word each, in place of what had that name.
func (w *Watch) Bounds(sizes map[string]Size) {
	w.bounds.mu.Lock()
	defer w.bounds.mu.Unlock()
	if w.bounds.sizes == nil {
		w.bounds.sizes = make(map[string]Size)
	}
	maps.Copy(w.bounds.sizes, sizes)
}

// Describe implements prometheus.Collector.
func (b *bounds) Describe(ch chan<- *prometheus.Desc) {
	ch <- usedDesc
	ch <- mostDesc
}

// Collect implements prometheus.Collector.
func (b *bounds) Collect(ch chan<- prometheus.Metric) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, size := range b.sizes {
		used, most := size()
		ch <- prometheus.MustNewConstMetric(usedDesc, prometheus.GaugeValue, float64(used), name)
		ch <- prometheus.MustNewConstMetric(mostDesc, prometheus.GaugeValue, float64(most), name)
	}
}
