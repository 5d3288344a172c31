package handlers_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestMetricsApart: where METRICS_LISTEN says, and nowhere else.
func TestMetricsApart(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "metrics.sock")
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"METRICS_LISTEN": "unix:" + socket}})
	process := app.Run()
	testkit.Await(t, "the app to serve", func() bool { return strings.Contains(process.Logs.String(), "serving") })

	apart := apptest.OverSocket(socket)
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/": http.StatusNotFound, "/greet": http.StatusNotFound} {
		resp, err := apart.Get("http://metrics" + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || strings.Contains(string(body), "okta_sign_ins") && path != "/metrics" {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, resp.Header)
		}
	}
	if r := app.Browser().Get(process.URL + "/metrics"); r.StatusCode != http.StatusNotFound {
		t.Errorf("on the app's own port: status %d", r.StatusCode)
	}
	process.Stop()
	if err := process.Ended(); err != nil {
		t.Error(err)
	}
	public := apptest.Start(t, apptest.Setup{Env: map[string]string{"BASE_URL": "https://app.example"}})
	if r := public.Browser().Get("/metrics"); r.StatusCode != http.StatusNotFound {
		t.Errorf("to the world: status %d", r.StatusCode)
	}
}
