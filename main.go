// Okta-gin is a web app with Okta sign-in. It reads its settings from .env,
// .okta.env and the environment; without any it says what is missing.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/session/redisurl"
	"example.com/okta-gin/tracing"
	"example.com/okta-gin/version"
	"example.com/okta-gin/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks a second time need not wait
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run is the program: it returns 0 when told to stop, 2 for settings or
// arguments that can't work, 1 for anything else.
func run(ctx context.Context, args, environ []string, stdout io.Writer, stderr *os.File) int {
	if len(args) > 0 {
		return tell(ctx, args, environ, stdout, stderr)
	}
	cfg, err := config.Read(".", environ)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	collectLess(environ)
	log, flush := web.NewLogger(cfg, stderr)
	defer flush()
	redisurl.Log(log)
	tracing.Log(log)
	network, address := cfg.ListenOn()
	listener, err := web.Listen(ctx, network, address, environ)
	if err != nil {
		log.Error("cannot listen", "setting", cfg.ListenSetting(), "error", err)
		return 1
	}
	defer listener.Close() // also where it does not come to serving
	log.Info("starting", "version", version.Current().Name)
	if err := handlers.Run(ctx, cfg, listener, log); err != nil {
		log.Error("stopped", "error", err)
		return 1
	}
	return 0
}
