package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestReadyzSaysThatTheAppStops: while SHUTDOWN_DELAY lasts, everything is served, and
// /readyz says that nothing more should be sent.
func TestReadyzSaysThatTheAppStops(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SHUTDOWN_DELAY": "1s"}})
	process := app.Run()
	testkit.Await(t, "the app to be ready", func() bool { return app.Browser().Get(process.URL+"/readyz").StatusCode == http.StatusOK })
	process.Stop()
	testkit.Await(t, "the app to be told", func() bool { return strings.Contains(process.Logs.String(), "told to stop") })
	if r := app.Browser().Get(process.URL + "/readyz"); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.Body, "stopping") {
		t.Errorf("/readyz: status %d, %s", r.StatusCode, r.Body)
	}
	for _, path := range []string{"/healthz", "/"} {
		if r := app.Browser().Get(process.URL + path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
	if err := process.Ended(); err != nil {
		t.Error(err)
	}
}
