package hosts

import (
	"net"
	"net/http"
	"testing"

	"example.com/okta-gin/examples/spa"
)

// FrontEnd starts examples/spa on an origin of its own, and the app that it belongs to.
func FrontEnd(t testing.TB) (origin string, app *Host) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	origin = "http://localhost:" + port
	app = App(t, map[string]string{"CORS_ALLOWED_ORIGINS": origin})
	handler, err := spa.Handler(app.URL, app.Org.URL())
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return origin, app
}
