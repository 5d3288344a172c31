package operation_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestReadyzSaysThatTheAppStops: while SHUTDOWN_DELAY lasts, everything is served, and
// /readyz says that nothing more should be sent.
func TestReadyzSaysThatTheAppStops(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SHUTDOWN_DELAY": "1s"}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	var out testkit.Logs
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- handlers.Run(ctx, app.Cfg, listener, slog.New(slog.NewTextHandler(&out, nil))) }()
	testkit.Await(t, "the app to be ready", func() bool { return app.Browser().Get(base+"/readyz").StatusCode == http.StatusOK })
	stop()
	testkit.Await(t, "the app to be told", func() bool { return strings.Contains(out.String(), "told to stop") })
	if r := app.Browser().Get(base + "/readyz"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.Body, "stopping") {
		t.Errorf("/readyz: status %d, %s", r.StatusCode, r.Body)
	}
	for _, path := range []string{"/healthz", "/"} {
		if r := app.Browser().Get(base + path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
