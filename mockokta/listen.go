package mockokta

import (
	"cmp"
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

// Start is New plus a listener on o.Addr. It refuses any address that is not loopback: an org with published
// passwords is not to be reached from another machine.
func Start(o Options) (*Org, error) {
	addr := cmp.Or(o.Addr, "127.0.0.1:0")
	listener, err := listenLoopback(addr)
	if err != nil {
		return nil, err
	}
	if o.URL == "" {
		o.URL = "http://" + listener.Addr().String()
	}
	org, err := New(o)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	org.listening.serve(listener, org.server())
	return org, nil
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

// server is an org's: none of its requests take long.
func (o *Org) server() *http.Server {
	server := streaming(o, o.Log())
	server.ReadTimeout = 30 * time.Second
	return server
}

// Close takes the listener away and drops every connection at once. More than one Close does no harm.
func (o *Org) Close() error { return o.listening.close() }

// Stop makes the org unreachable, as if Okta were away. What it knows is kept for Restart.
func (o *Org) Stop() {
	if err := o.Close(); err != nil {
		o.Log().Error("mockokta stop", "error", err)
	}
}

// Restart listens again on the port the org had before Stop. It does nothing while the org listens.
func (o *Org) Restart() error {
	o.listening.mu.Lock()
	defer o.listening.mu.Unlock()
	if o.listening.server != nil {
		return nil
	}
	if o.listening.addr == "" {
		return errors.New("mockokta: restart: the org was not started with Start")
	}
	listener, err := listenLoopback(o.listening.addr)
	if err != nil {
		return err
	}
	o.listening.serve(listener, o.server())
	return nil
}
