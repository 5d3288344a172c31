package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/okta-gin/session"
)

// metrics are the counters of GET /metrics.
type metrics struct {
	handler  http.Handler
	signIns  *prometheus.CounterVec
	signOuts prometheus.Counter
	renewals *prometheus.CounterVec
}

func newMetrics(store *session.Sessions) *metrics {
	m := &metrics{
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_sign_ins_total", Help: "Finished sign-ins by outcome: success, or the reason of failure.",
		}, []string{"outcome"}),
		signOuts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "okta_sign_outs_total", Help: "Sign-outs.",
		}),
		renewals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_renewals_total", Help: "Session renewals by outcome: success, refused or failed.",
		}, []string{"outcome"}),
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(m.signIns, m.signOuts, m.renewals,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if _, err := store.Count(context.Background()); !errors.Is(err, errors.ErrUnsupported) {
		registry.MustRegister(activeSessions{store.Count})
	}
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) count(event, reason string) {
	switch event {
	case eventSignedIn:
		m.signIns.WithLabelValues("success").Inc()
	case eventRefused:
		m.signIns.WithLabelValues(reason).Inc()
	case eventSignedOut:
		m.signOuts.Inc()
	case eventRenewed:
		m.renewals.WithLabelValues("success").Inc()
	case eventRenewalRefused:
		m.renewals.WithLabelValues("refused").Inc()
	case eventRenewalFailed:
		m.renewals.WithLabelValues("failed").Inc()
	}
}

// activeSessions asks the store at each scrape. A store that can't be asked has
// no value to show, rather than a wrong one.
type activeSessions struct {
	count func(context.Context) (int64, error)
}

var activeSessionsDesc = prometheus.NewDesc("okta_sessions_active", "Sessions that have neither ended nor expired.", nil, nil)

// Describe implements prometheus.Collector.
func (s activeSessions) Describe(ch chan<- *prometheus.Desc) { ch <- activeSessionsDesc }

// Collect implements prometheus.Collector.
func (s activeSessions) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if n, err := s.count(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(activeSessionsDesc, prometheus.GaugeValue, float64(n))
	}
}

// metricsPage serves GET /metrics in Prometheus' text format.
func (a *Auth) metricsPage(c *gin.Context) error {
	a.metrics.handler.ServeHTTP(c.Writer, c.Request)
	return nil
}
