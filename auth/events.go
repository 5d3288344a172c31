package auth

import (
	"log/slog"
	"net/http"

	"example.com/okta-gin/web"
)

// Security events, one log line and one counter each.
const (
	eventSignedIn       = "signed_in"
	eventRefused        = "sign_in_refused"
	eventSignedOut      = "signed_out"
	eventRenewed        = "renewed"
	eventRenewalRefused = "renewal_refused"
	eventRenewalFailed  = "renewal_failed"
)

// journal logs and counts what happens to people's sessions.
type journal struct {
	site    web.Site
	log     *slog.Logger
	metrics *metrics
}

// event notes what happened: to whom, by which request and from where, and never a
// token or cookie.
func (j journal) event(r *http.Request, name, sub, reason string) {
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
}

// warn notes what the operator should know although nobody was refused for it.
func (j journal) warn(r *http.Request, message string, err error) {
	j.log.WarnContext(r.Context(), message, "request_id", web.RequestIDIn(r.Context()), "error", err)
}
