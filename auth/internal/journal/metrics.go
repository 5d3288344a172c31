package journal

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/watch"
)

// metrics are the counters.
type metrics struct {
	signIns  *prometheus.CounterVec
	signOuts prometheus.Counter
	renewals *prometheus.CounterVec
	limited  prometheus.Counter
	outside  *prometheus.CounterVec
	proxied  *prometheus.CounterVec
	waited   *prometheus.HistogramVec
	sessions activeSessions
	dropped  []prometheus.Collector // what full memories have given up
	requests *watch.Watch
}

func newMetrics(sessions *session.Sessions, rp *okta.RelyingParty, requests *watch.Watch) *metrics {
	sizes := map[string]watch.Size{"bearers": rp.Bearers, "dpop_keys": rp.Keys, "opened_sessions": sessions.Opened}
	if _, ok := sessions.Memory(); ok {
		sizes["ended_marks"] = marksIn(sessions)
	}
	requests.Bounds(sizes)
	return &metrics{
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_sign_ins_total", Help: "Finished sign-ins by outcome: success, or the reason of failure.",
		}, []string{"outcome"}),
		signOuts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "okta_sign_outs_total", Help: "Sign-outs.",
		}),
		renewals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_renewals_total", Help: "Session renewals by outcome: success, refused or failed.",
		}, []string{"outcome"}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "okta_code_exchanges_limited_total", Help: "Callbacks turned away because too many before them brought a wrong code.",
		}),
		outside: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_outside_total", Help: "What came from outside to end or renew sessions, by kind and outcome.",
		}, []string{"kind", "outcome"}),
		proxied: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "okta_proxied_total", Help: "Requests for services by route and outcome: the service's status, or the reason why it was not asked or did not answer.",
		}, []string{"route", "outcome"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "okta_proxied_seconds", Help: "Seconds until services began their answers, by route.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 30},
		}, []string{"route"}),
		sessions: activeSessions{sessions.Count},
		dropped: []prometheus.Collector{
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "okta_ended_marks_forgotten_total", Help: "Marks of ended sessions given up before their time, because their memory is full: a copy of such a cookie works again.",
			}, func() float64 {
				counts, _ := sessions.Memory()
				return float64(counts.Forgotten)
			}),
			prometheus.NewCounterFunc(prometheus.CounterOpts{
				Name: "okta_bearers_forgotten_total", Help: "Verified access tokens given up before their time, because their memory is full: they are verified again.",
			}, func() float64 { return float64(rp.BearersForgotten()) }),
		},
		requests: requests,
	}
}

func marksIn(sessions *session.Sessions) watch.Size {
	return func() (used, most int) {
		counts, _ := sessions.Memory()
		return counts.Marks, counts.Max
	}
}

func (m *metrics) count(event, reason string) {
	switch event {
	case SignedIn:
		m.signIns.WithLabelValues("success").Inc()
	case Refused:
		m.signIns.WithLabelValues(reason).Inc()
	case SignedOut:
		m.signOuts.Inc()
	case Renewed:
		m.renewals.WithLabelValues("success").Inc()
	case RenewalRefused:
		m.renewals.WithLabelValues("refused").Inc()
	case RenewalFailed:
		m.renewals.WithLabelValues("failed").Inc()
	}
}

func (m *metrics) collectors() []prometheus.Collector {
	return append(m.dropped, m.signIns, m.signOuts, m.renewals, m.limited, m.outside, m.proxied, m.waited, m.sessions, m.requests)
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range m.collectors() {
		c.Describe(ch)
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	for _, c := range m.collectors() {
		c.Collect(ch)
	}
}

// activeSessions asks the store at each scrape. A store that can't be asked has
// no value to show, rather than a wrong one.
type activeSessions struct {
	count func(context.Context) (int64, error)
}

// scrapeTimeout bounds the wait for the store's answer to a scrape.
const scrapeTimeout = time.Second

var activeSessionsDesc = prometheus.NewDesc("okta_sessions_active", "Sessions that have neither ended nor expired.", nil, nil)

// Describe implements prometheus.Collector.
func (s activeSessions) Describe(ch chan<- *prometheus.Desc) { ch <- activeSessionsDesc }

// Collect implements prometheus.Collector.
func (s activeSessions) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	if n, err := s.count(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(activeSessionsDesc, prometheus.GaugeValue, float64(n))
	}
}
