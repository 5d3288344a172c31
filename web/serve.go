package web

import (
	"context"
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
	// maxConnections bounds the clients that are connected at a time, at up to about
	// 100 KB each while they send. Further ones wait until one of those leaves.
	maxConnections = 4096
)

// Serve answers requests on listener until ctx is done. It then closes the
// listener, takes leave of connected clients for half a second, and lets requests
// under way finish, for at most 15 seconds more.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	listener = Bound(listener, maxConnections, log)
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
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
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

// closeWhen has each answer close its connection from when leaving is set.
func closeWhen(leaving *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leaving.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
