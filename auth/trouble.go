package auth

import (
	"context"
	"net/http"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/lastgood"
)

// CarryToOkta returns next, a transport of requests to Okta, watched for Metrics and
// guarded: an Okta that fails is left alone for a while, with the errors of package
// okta/guard. The endpoints are those of the whole app.
func (a *Auth) CarryToOkta(next http.RoundTripper) http.RoundTripper {
	return a.guard.Transport(a.watch.Okta(next))
}

// lastGood is where what Okta says is kept for the next start: nil without STATE_FILE.
func (a *Auth) lastGood(cfg config.Config) *lastgood.Documents {
	if a.state == nil {
		return nil
	}
	return lastgood.New(a.state.Documents(), cfg.SessionKeys(), a.log)
}

// CanKeep reports whether sessions can be kept: session.ErrUnavailable while Redis is away.
func (a *Auth) CanKeep(ctx context.Context) error { return a.sessions.Ping(ctx) }
