package auth

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

const (
	// revokeTimeout bounds the wait for Okta when sessions have ended.
	revokeTimeout = 2 * time.Second
	// revokeAtOnce is how many refresh tokens of a person are revoked at a time.
	revokeAtOnce = 8
	// revokeBehind is how many are revoked behind requests at a time. Further ones are
	// left to expire.
	revokeBehind = 64
)

// revoker has Okta forget the refresh tokens of sessions that are over. The
// sessions are over anyway: what fails is logged.
type revoker struct {
	okta   *okta.RelyingParty
	log    *slog.Logger
	places chan struct{}
}

func newRevoker(rp *okta.RelyingParty, log *slog.Logger) *revoker {
	return &revoker{okta: rp, log: log, places: make(chan struct{}, revokeBehind)}
}

// now revokes the refresh tokens of sessions, as far as Okta answers within two
// seconds.
func (v *revoker) now(ctx context.Context, ended []session.Session) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(revokeAtOnce)
	begun := map[string]bool{"": true}
	for _, s := range ended {
		if begun[s.RefreshToken] {
			continue
		}
		begun[s.RefreshToken] = true
		group.Go(func() error { return v.okta.Revoke(timed, s.RefreshToken) })
	}
	if err := group.Wait(); err != nil {
		v.warn(ctx, err.Error())
	}
}

// later revokes a refresh token behind the request. An empty one is none.
func (v *revoker) later(ctx context.Context, refreshToken string) {
	if refreshToken == "" {
		return
	}
	select {
	case v.places <- struct{}{}:
	default:
		v.warn(ctx, "too many are being revoked already")
		return
	}
	go func() {
		defer func() { <-v.places }()
		v.now(ctx, []session.Session{{RefreshToken: refreshToken}})
	}()
}

func (v *revoker) warn(ctx context.Context, why string) {
	v.log.WarnContext(ctx, "refresh token not revoked", "request_id", web.RequestIDIn(ctx), "error", why)
}
