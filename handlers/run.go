package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/okta-gin/config"
	"example.com/okta-gin/web"
)

// Run serves this app on listener until ctx is done, and its metrics where
// METRICS_LISTEN says. Secrets that change in files are taken up, at once on SIGHUP. It starts also while Okta or Redis is away, says so, and
// recovers by itself. What the doctor finds wrong is logged once it serves.
func Run(ctx context.Context, cfg config.Config, listener net.Listener, log *slog.Logger) (err error) {
	app, err := New(cfg, log, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	for _, warning := range cfg.Warnings() {
		log.Warn(warning)
	}
	if cfg.IsOrgServer() {
		log.Info("the issuer is the org authorization server: /api accepts no bearer tokens, for only Okta can read them")
	}
	if _, _, apart := cfg.MetricsListenOn(); !apart && !cfg.OnThisMachine() {
		log.Info("metrics are not served: METRICS_LISTEN says where")
	}
	serving := web.Serving{Delay: cfg.ShutdownDelay, Leaving: func() { app.leaving.Store(true) }, Open: &app.open}
	if cfg.TLS() {
		if serving.Certificate, err = web.NewCertificate(cfg.TLSCertFile, cfg.TLSKeyFile, time.Now, log); err != nil {
			return err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	go func() {
		if err := app.Warm(ctx); err != nil {
			log.Warn("nobody can sign in yet; trying again at each sign-in and each /readyz", "error", err)
		}
		app.followFindings(ctx, examineAgain)
	}()
	go func() {
		if err := app.okta.CanKeep(ctx); err != nil && ctx.Err() == nil {
			log.Warn("sessions can't be kept yet: Redis does not answer, and nobody is sent to Okta until it does", "setting", redisSetting(cfg), "error", err)
		}
	}()
	for name, mark := range cfg.Renewed() {
		log.Info("secret", "setting", name, "sha256", mark)
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	group.Go(func() error {
		app.followSecrets(ctx, hangups, lookForSecrets)
		return nil
	})
	if network, address, ok := cfg.MetricsListenOn(); ok {
		metrics, err := web.Listen(ctx, network, address, cfg.Environ())
		if err != nil {
			return fmt.Errorf("METRICS_LISTEN: %w", err)
		}
		group.Go(func() error {
			return web.Serving{Delay: cfg.ShutdownDelay}.Serve(ctx, metrics, app.metricsAlone(), log)
		})
	}
	log.Info("serving", "url", cfg.BaseURL, "address", listener.Addr().String(), "issuer", cfg.Issuer, "tls", cfg.TLS())
	group.Go(func() error { return serving.Serve(ctx, listener, app, log) })
	return group.Wait()
}

// redisSetting is the name of the setting that says where Redis is.
func redisSetting(cfg config.Config) string {
	if cfg.SessionStore.Reveal() != "cookie" {
		return "SESSION_STORE"
	}
	return "REDIS_URL"
}
