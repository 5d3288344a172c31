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

// listening is the org's place on the network. It is empty for an org made with New.
type listening struct {
	mu     sync.Mutex
	addr   string // where Restart comes back
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
	org.listening.addr = listener.Addr().String()
	org.serve(listener)
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

func (o *Org) serve(listener net.Listener) {
	server := &http.Server{
		Handler:           o,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log().Handler(), slog.LevelDebug),
	}
	o.listening.server = server
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			o.Log().Error("mockokta stopped serving", "error", err)
		}
	}()
}

// Close takes the listener away and drops every connection at once. More than one Close does no harm.
func (o *Org) Close() error {
	o.listening.mu.Lock()
	defer o.listening.mu.Unlock()
	if o.listening.server == nil {
		return nil
	}
	server := o.listening.server
	o.listening.server = nil
	if err := server.Close(); err != nil {
		return fmt.Errorf("mockokta: close: %w", err)
	}
	return nil
}

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
	o.serve(listener)
	return nil
}
