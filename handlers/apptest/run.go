package apptest

import (
	"context"
	"log/slog"
	"net"
	"net/http"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/testkit"
)

// Process is an app that runs as the program does.
type Process struct {
	URL  string
	Logs *testkit.Logs // as text
	Stop func()        // tells it to stop
	done chan error
}

// Run runs a process with the settings of a.
func (a *App) Run() *Process {
	a.T.Helper()
	listener, _ := testkit.Listen(a.T)
	ctx, stop := context.WithCancel(a.T.Context())
	p := &Process{"http://" + listener.Addr().String(), &testkit.Logs{}, stop, make(chan error, 1)}
	go func() { p.done <- handlers.Run(ctx, a.Cfg, listener, slog.New(slog.NewTextHandler(p.Logs, nil))) }()
	return p
}

// Ended waits until the process has stopped, and returns what went wrong with it.
func (p *Process) Ended() error { return <-p.done }

// OverSocket is a client whose requests all go to a Unix socket.
func OverSocket(path string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
}
