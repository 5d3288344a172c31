package watch

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// clock compares this machine's with Okta's, by the Date of its answers.
type clock struct {
	now func() time.Time

	mu    sync.Mutex
	ahead time.Duration
	known bool
}

var aheadDesc = prometheus.NewDesc("okta_clock_ahead_seconds", "How far this machine's clock was ahead of Okta's at its last answer; below zero: behind.", nil, nil)

// note takes the Date of the answer to a request that was sent at that time: it is in whole
// seconds, and somewhere between. What a cache has answered in Okta's place changes nothing.
func (c *clock) note(sent time.Time, h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil || h.Get("Age") != "" {
		return
	}
	came := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead, c.known = sent.Add(came.Sub(sent)/2).Sub(date.Add(time.Second/2)), true
}

// ClockAhead is how far this machine's clock was ahead of Okta's at its last answer, to
// about a second, below zero if it was behind. known is false while there was none.
func (w *Watch) ClockAhead() (ahead time.Duration, known bool) {
	w.clock.mu.Lock()
	defer w.clock.mu.Unlock()
	return w.clock.ahead, w.clock.known
}

// Describe implements prometheus.Collector.
func (c *clock) Describe(ch chan<- *prometheus.Desc) { ch <- aheadDesc }

// Collect implements prometheus.Collector.
func (c *clock) Collect(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known {
		ch <- prometheus.MustNewConstMetric(aheadDesc, prometheus.GaugeValue, c.ahead.Seconds())
	}
}
