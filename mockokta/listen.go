package mockokta

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// listening is a place on the network. It is empty for what listens nowhere.
type listening struct {
	mu     sync.Mutex
	addr   string // where it can come back
	server *http.Server
}

func listenLoopback(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("mockokta: listen on %q: %w", addr, err)
	}
	if host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return nil, fmt.Errorf("mockokta: refuse to listen on %q: only loopback addresses such as 127.0.0.1:7777 are allowed", addr)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mockokta: listen: %w", err)
	}
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("mockokta: refuse to listen on %q: it resolves to %s, which is not loopback", addr, listener.Addr()), listener.Close())
	}
	return listener, nil
}

// serve takes a listener and serves it until close.
func (l *listening) serve(listener net.Listener, server *http.Server) {
	l.addr, l.server = listener.Addr().String(), server
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			server.ErrorLog.Print("mockokta stopped serving: ", err)
		}
	}()
}

func (l *listening) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.server == nil {
		return nil
	}
	server := l.server
	l.server = nil
	if err := server.Close(); err != nil {
		return fmt.Errorf("mockokta: close: %w", err)
	}
	return nil
}

// streaming is a server for answers and bodies that take as long as they like.
func streaming(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
