package testkit

import (
	"log/slog"
	"net"
	"net/http"
	"testing"
)

// Listen takes a free port of this machine.
func Listen(t testing.TB) (listener net.Listener, port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return listener, port
}

// Serve serves handler on listener until the test ends. What net/http complains of goes to
// log.
func Serve(t testing.TB, listener net.Listener, handler http.Handler, log *slog.Logger) {
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
}
