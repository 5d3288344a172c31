package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
)

func TestRequestIDOfAProxy(t *testing.T) {
	t.Parallel()
	trusting := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}}).Browser()
	const id = "8f3c2b1e-0d4a-4c55-9a52-proxy.1:2_3"
	if got := trusting.Get("/greet", "X-Request-Id", id).Header.Get("X-Request-Id"); got != id {
		t.Errorf("a trusted proxy's: got %q", got)
	}
	for _, odd := range []string{"", "a b", "<b>", `a"b`, "-x", "é", strings.Repeat("x", 129)} {
		if got := trusting.Get("/", "X-Request-Id", odd).Header.Get("X-Request-Id"); len(got) != 16 {
			t.Errorf("%q: got %q", odd, got)
		}
	}
	app := apptest.Start(t, apptest.Setup{})
	if got := app.Browser().Get("/", "X-Request-Id", id).Header.Get("X-Request-Id"); len(got) != 16 {
		t.Errorf("anybody's: got %q", got)
	}
	if strings.Contains(app.Logs.String(), id) {
		t.Error("the log has it")
	}
}

func TestRequestLine(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	missing := app.Line(b.Get("/no/"+strings.Repeat("x", 500)+"?code=secret", "User-Agent", "odd/1"))
	if path, _ := missing["path"].(string); len(path) != 256 || !strings.HasPrefix(path, "/no/xx") || missing["user_agent"] != nil || missing["status"] != 404.0 {
		t.Errorf("a 404: %v", missing)
	}
	home := b.Get("/", "Accept-Encoding", "identity")
	if line := app.Line(home); line["bytes"] != float64(len(home.Body)) || line["path"] != nil {
		t.Errorf("%d bytes: %v", len(home.Body), line)
	}
	if strings.Contains(app.Logs.String(), "secret") {
		t.Error("the log has the query")
	}
	debug := apptest.Start(t, apptest.Setup{Env: map[string]string{"LOG_LEVEL": "debug"}})
	if line := debug.Line(debug.Browser().Get("/", "User-Agent", "odd/1")); line["user_agent"] != "odd/1" {
		t.Errorf("at level debug: %v", line)
	}
}

// TestQuietRoutes: probes and what pages are made of are logged at level debug, unless
// something is wrong.
func TestQuietRoutes(t *testing.T) {
	t.Parallel()
	app, debug := apptest.Start(t, apptest.Setup{}), apptest.Start(t, apptest.Setup{Env: map[string]string{"LOG_LEVEL": "debug"}})
	stylesheet := regexp.MustCompile(`/static/[^"]+\.css`).FindString(app.Browser().Get("/").Body)
	paths := []string{"/healthz", "/readyz", "/metrics", stylesheet}
	for _, path := range paths {
		if r := app.Browser().Get(path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
		debug.Line(debug.Browser().Get(path))
	}
	app.Line(app.Browser().Get("/")) // whatever came before has been logged
	for _, line := range app.AllLines() {
		if line["msg"] == "request" && line["route"] != "/" && line["status"] == 200.0 {
			t.Errorf("logged: %v", line)
		}
	}
	fresh := apptest.Start(t, apptest.Setup{})
	fresh.Org.Stop()
	if line := fresh.Line(fresh.Browser().Get("/readyz")); line["reason"] != "okta_unreachable" {
		t.Errorf("not ready: %v", line)
	}
}
