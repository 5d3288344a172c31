// Package revoke has Okta forget the tokens of sessions that are over, and of those that
// never began.
package revoke

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

const (
	// revokeTimeout bounds the wait for Okta when sessions have ended.
	revokeTimeout = 2 * time.Second
	// revokeAtOnce is how many refresh tokens of a person are revoked at a time.
	revokeAtOnce = 8
	// revokeBehind is how many requests leave tokens to be revoked behind them at a time.
	// Further ones are left to expire.
	revokeBehind = 64
)

// Okta forgets tokens, as okta.RelyingParty has it done.
type Okta interface {
	Revoke(ctx context.Context, refreshToken string) error
	GiveBack(ctx context.Context, refreshToken, accessToken string) error
}

// Revoker asks Okta. The sessions are over anyway: what fails is logged. It is safe
// for concurrent use.
type Revoker struct {
	okta   Okta
	log    *slog.Logger
	places chan struct{}
}

// New returns a Revoker that logs to log.
func New(okta Okta, log *slog.Logger) *Revoker {
	return &Revoker{okta: okta, log: log, places: make(chan struct{}, revokeBehind)}
}

// Now revokes the refresh tokens of sessions, as far as Okta answers within two
// seconds.
func (v *Revoker) Now(ctx context.Context, ended []session.Session) {
	v.try(ctx, func(timed context.Context) error {
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
		return group.Wait()
	})
}

// Later revokes a refresh token behind the request. An empty one is none.
func (v *Revoker) Later(ctx context.Context, refreshToken string) {
	v.AllLater(ctx, []session.Session{{RefreshToken: refreshToken}})
}

// AllLater revokes the refresh tokens of sessions behind the request.
func (v *Revoker) AllLater(ctx context.Context, ended []session.Session) {
	if slices.ContainsFunc(ended, func(s session.Session) bool { return s.RefreshToken != "" }) {
		v.behind(ctx, func() { v.Now(ctx, ended) })
	}
}

// GiveBackLater revokes, behind the request, the tokens of a sign-in that came to nothing
// after Okta gave them. Without any it does nothing.
func (v *Revoker) GiveBackLater(ctx context.Context, refreshToken, accessToken string) {
	if refreshToken == "" && accessToken == "" {
		return
	}
	v.behind(ctx, func() {
		v.try(ctx, func(timed context.Context) error { return v.okta.GiveBack(timed, refreshToken, accessToken) })
	})
}

func (v *Revoker) behind(ctx context.Context, work func()) {
	select {
	case v.places <- struct{}{}:
	default:
		v.warn(ctx, "too many are being revoked already")
		return
	}
	go func() {
		defer func() { <-v.places }()
		work()
	}()
}

// try has work done, which outlives the request, within two seconds.
func (v *Revoker) try(ctx context.Context, work func(timed context.Context) error) {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeTimeout)
	defer cancel()
	if err := work(timed); err != nil {
		v.warn(ctx, err.Error())
	}
}

func (v *Revoker) warn(ctx context.Context, why string) {
	v.log.WarnContext(ctx, "token not revoked", "request_id", web.RequestIDIn(ctx), "error", why)
}
