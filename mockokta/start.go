package mockokta

import (
	"cmp"
	"errors"
	"net/http"
	"time"
)

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
