package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	// farewell is how long clients with a connection are served after the app was
	// told to stop. Each is told with its next answer that the connection closes: if
	// it closed without a word, the client's next request might be on its way.
	farewell = 500 * time.Millisecond
	// drainTimeout bounds the wait for requests under way when the app stops.
	drainTimeout = 15 * time.Second
	// maxHeader leaves room for what Limit refuses with a page; above it,
	// net/http answers 431 itself.
	maxHeader = 64 << 10
	// MaxConnections bounds the clients that are connected at a time, at up to about
	// 100 KB each while they send. Further ones wait until one of those leaves.
	MaxConnections = 4096
)

// Serving is how [Serving.Serve] serves. The zero value serves without TLS and stops
// listening as soon as it is told to stop.
type Serving struct {
	// Certificate is the certificate for TLS, nil for none.
	Certificate *Certificate
	// Delay is how long requests are still taken after the app was told to stop.
	Delay time.Duration
	// Leaving, where it is set, is called once the app was told to stop, before Delay
	// begins.
	Leaving func()
	// Open, where it is set, is kept at how many connections are open. MaxConnections may
	// be.
	Open *atomic.Int64
}

// Serve is [Serving.Serve] of the zero Serving.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	return Serving{}.Serve(ctx, listener, handler, log)
}

// Serve answers requests on listener until ctx is done. It then goes on for s.Delay,
// closes the listener, takes leave of connected clients for half a second, and lets
// requests under way finish, for at most 15 seconds more.
func (s Serving) Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	listener = Bound(listener, MaxConnections, s.Open, log)
	var leaving atomic.Bool
	server := &http.Server{
		Handler:           closeWhen(&leaving, handler),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.accept(server, listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if s.Leaving != nil {
		s.Leaving()
	}
	if s.Delay > 0 {
		log.Info("told to stop; still listening", "for", s.Delay.String())
		select {
		case err := <-failed:
			return fmt.Errorf("serve: %w", err)
		case <-time.After(s.Delay):
		}
	}
	log.Info("stopping")
	if err := listener.Close(); err != nil {
		return fmt.Errorf("stop listening: %w", err)
	}
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	leaving.Store(true) // not before: who is told to go would come back and wait in vain
	time.Sleep(farewell)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return fmt.Errorf("finish the requests under way: %w", err)
	}
	return nil
}

// accept serves until the listener closes.
func (s Serving) accept(server *http.Server, listener net.Listener) error {
	if s.Certificate == nil {
		return server.Serve(listener)
	}
	server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.Certificate.Get}
	return server.ServeTLS(listener, "", "")
}

// closeWhen has each answer close its connection from when leaving is set.
func closeWhen(leaving *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
