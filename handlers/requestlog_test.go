package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestRequestIDOfAProxy(t *testing.T) {
	t.Parallel()
	trusting := start(t, setup{env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}}).browser()
	const id = "8f3c2b1e-0d4a-4c55-9a52-proxy.1:2_3"
	if got := trusting.get("/greet", "X-Request-Id", id).Header.Get("X-Request-Id"); got != id {
		t.Errorf("a trusted proxy's: got %q", got)
	}
	for _, odd := range []string{"", "a b", "<b>", `a"b`, "-x", "é", strings.Repeat("x", 129)} {
		if got := trusting.get("/", "X-Request-Id", odd).Header.Get("X-Request-Id"); len(got) != 16 {
			t.Errorf("%q: got %q", odd, got)
		}
	}
	app := start(t, setup{})
	if got := app.browser().get("/", "X-Request-Id", id).Header.Get("X-Request-Id"); len(got) != 16 {
		t.Errorf("anybody's: got %q", got)
	}
	if strings.Contains(app.logs.String(), id) {
		t.Error("the log has it")
	}
}

func TestRequestLine(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	missing := app.line(b.get("/no/"+strings.Repeat("x", 500)+"?code=secret", "User-Agent", "odd/1"))
	if path, _ := missing["path"].(string); len(path) != 256 || !strings.HasPrefix(path, "/no/xx") || missing["user_agent"] != nil || missing["status"] != 404.0 {
		t.Errorf("a 404: %v", missing)
	}
	home := b.get("/", "Accept-Encoding", "identity")
	if line := app.line(home); line["bytes"] != float64(len(home.body)) || line["path"] != nil {
		t.Errorf("%d bytes: %v", len(home.body), line)
	}
	if strings.Contains(app.logs.String(), "secret") {
		t.Error("the log has the query")
	}
	debug := start(t, setup{env: map[string]string{"LOG_LEVEL": "debug"}})
	if line := debug.line(debug.browser().get("/", "User-Agent", "odd/1")); line["user_agent"] != "odd/1" {
		t.Errorf("at level debug: %v", line)
	}
}

// TestQuietRoutes: probes and what pages are made of are logged at level debug, unless
// something is wrong.
func TestQuietRoutes(t *testing.T) {
	t.Parallel()
	app, debug := start(t, setup{}), start(t, setup{env: map[string]string{"LOG_LEVEL": "debug"}})
	stylesheet := regexp.MustCompile(`/static/[^"]+\.css`).FindString(app.browser().get("/").body)
	paths := []string{"/healthz", "/readyz", "/metrics", stylesheet}
	for _, path := range paths {
		if r := app.browser().get(path); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
		debug.line(debug.browser().get(path))
	}
	app.line(app.browser().get("/")) // whatever came before has been logged
	for _, line := range app.allLines() {
		if line["msg"] == "request" && line["route"] != "/" && line["status"] == 200.0 {
			t.Errorf("logged: %v", line)
		}
	}
	fresh := start(t, setup{})
	fresh.org.Stop()
	if line := fresh.line(fresh.browser().get("/readyz")); line["reason"] != "okta_unreachable" {
		t.Errorf("not ready: %v", line)
	}
}
