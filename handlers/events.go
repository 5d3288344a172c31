package handlers

import (
	"log/slog"

	"github.com/gin-gonic/gin"
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

// event logs and counts what happened to somebody's session: who, by which
// request and from where, and never a token or cookie.
func (a *Auth) event(c *gin.Context, name, sub, reason string) {
	attrs := []slog.Attr{
		slog.String("event", name), slog.String("request_id", requestID(c)), slog.String("client", c.ClientIP()),
	}
	if sub != "" {
		attrs = append(attrs, slog.String("sub", sub))
	}
	if reason != "" {
		attrs = append(attrs, slog.String("reason", reason))
	}
	a.log.LogAttrs(c.Request.Context(), slog.LevelInfo, "security event", attrs...)
	a.metrics.count(name, reason)
}
