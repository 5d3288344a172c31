package handlers_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/handlers"
)

// TestReadyzSaysThatTheAppStops: while SHUTDOWN_DELAY lasts, everything is served, and
// /readyz says that nothing more should be sent.
func TestReadyzSaysThatTheAppStops(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"SHUTDOWN_DELAY": "1s"}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	var out logs
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- handlers.Run(ctx, app.cfg, listener, slog.New(slog.NewTextHandler(&out, nil))) }()
	waitFor(t, "the app to be ready", func() bool { return app.browser().get(base+"/readyz").StatusCode == http.StatusOK })
	stop()
	waitFor(t, "the app to be told", func() bool { return strings.Contains(out.String(), "told to stop") })
	if r := app.browser().get(base + "/readyz"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.body, "stopping") {
		t.Errorf("/readyz: status %d, %s", r.StatusCode, r.body)
	}
	for _, path := range []string{"/healthz", "/"} {
		if r := app.browser().get(base + path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
