// Package journal logs and counts what happens to people's sessions.
package journal

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
	"github.com/prometheus/client_golang/prometheus"
)

// Security events, one log line and one counter each.
const (
	SignedIn       = "signed_in"
	Refused        = "sign_in_refused"
	SignedOut      = "signed_out"
	Renewed        = "renewed"
	RenewalRefused = "renewal_refused"
	RenewalFailed  = "renewal_failed"
	OutOfDate      = "claims_out_of_date"
)

// What comes from outside, by kind.
const (
	UniversalLogout = "universal_logout"
	FrontChannel    = "front_channel_logout"
	BackChannel     = "back_channel_logout"
	EventHook       = "event_hook"
)

// What operators did.
const (
	LookedUp        = "looked_up_by_operator"
	EndedByOperator = "ended_by_operator"
)

// Journal logs and counts. It is safe for concurrent use.
type Journal struct {
	site    web.Site
	log     *slog.Logger
	metrics *metrics
	day     *day
}

// New returns a journal that writes to log, and counts sign-ins and what the
// memories of sessions and rp hold and have given up. What requests has counted is
// among its own figures.
func New(site web.Site, log *slog.Logger, now func() time.Time, sessions *session.Sessions, rp *okta.RelyingParty, requests *watch.Watch) Journal {
	return Journal{site, log, newMetrics(sessions, rp, requests), &day{now: now}}
}

// Collector gives the counters to Prometheus.
func (j Journal) Collector() prometheus.Collector { return j.metrics }

// Limited counts a callback that was turned away.
func (j Journal) Limited() { j.metrics.limited.Inc() }

// Event notes what happened: to whom, by which request and from where, and never a
// token or cookie.
func (j Journal) Event(r *http.Request, name, sub, reason string) {
	attrs := []slog.Attr{
		slog.String("event", name), slog.String("request_id", web.RequestIDIn(r.Context())), slog.String("client", j.site.Client(r)),
	}
	if sub != "" {
		attrs = append(attrs, slog.String("sub", sub))
	}
	if reason != "" {
		attrs = append(attrs, slog.String("reason", reason))
	}
	j.log.LogAttrs(r.Context(), slog.LevelInfo, "security event", attrs...)
	j.metrics.count(name, reason)
	j.day.count(name)
}

// Outside counts what came from outside: its kind and how it went, one word each.
func (j Journal) Outside(kind, outcome string) {
	j.metrics.outside.WithLabelValues(kind, outcome).Inc()
}

// Proxied counts a request for a service: the route, and the service's status or, where
// it was not asked or did not answer, why; and how long it took to begin its answer.
func (j Journal) Proxied(route, outcome string, took time.Duration) {
	j.metrics.proxied.WithLabelValues(route, outcome).Inc()
	if took > 0 {
		j.metrics.waited.WithLabelValues(route).Observe(took.Seconds())
	}
}

// ByOperator notes what somebody, from where, did to another person's sessions, or saw of
// them.
func (j Journal) ByOperator(ctx context.Context, client, name, by, sub, what string) {
	j.log.LogAttrs(ctx, slog.LevelInfo, "security event", slog.String("event", name),
		slog.String("request_id", web.RequestIDIn(ctx)), slog.String("client", client),
		slog.String("by", by), slog.String("sub", sub), slog.String("what", what))
}

// LastDay returns the last 24 hours of this process, the oldest first.
func (j Journal) LastDay() []Hour { return j.day.last() }

// Warn notes what the operator should know although nobody was refused for it.
func (j Journal) Warn(ctx context.Context, message string, err error) {
	j.log.WarnContext(ctx, message, "request_id", web.RequestIDIn(ctx), "error", err)
}
