package handlers

import (
	"context"
	"log/slog"
	"net"
	"time"

	"example.com/okta-gin/config"
)

// Run serves this app on listener until ctx is done. It starts also while Okta
// or Redis is away, says so, and recovers by itself.
func Run(ctx context.Context, cfg config.Config, listener net.Listener, log *slog.Logger) error {
	auth, err := New(cfg, log, time.Now)
	if err != nil {
		return err
	}
	router, err := Router(auth)
	if err != nil {
		return err
	}
	if cfg.SessionSecretGenerated {
		log.Warn("no SESSION_SECRET: a random one is used, and everybody is signed out when the app stops")
	}
	if cfg.IsOrgServer() {
		log.Info("the issuer is the org authorization server: /api accepts no bearer tokens, for only Okta can read them")
	}
	go func() {
		if err := auth.Warm(ctx); err != nil {
			log.Warn("nobody can sign in yet; trying again at each sign-in and each /readyz", "error", err)
		}
	}()
	log.Info("serving", "url", cfg.BaseURL, "address", listener.Addr().String(), "issuer", cfg.Issuer)
	return Serve(ctx, listener, router, log)
}
