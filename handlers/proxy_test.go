package handlers_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// TestProxyBySetting holds that PROXY_ROUTES has scripts call a service that checks the
// person's token wholly, and that nobody's browser sees that.
func TestProxyBySetting(t *testing.T) {
	t.Parallel()
	var api atomic.Pointer[mockokta.Resource]
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { api.Load().ServeHTTP(w, r) }))
	t.Cleanup(service.Close)
	a := apptest.Start(t, apptest.Setup{Env: map[string]string{
		"OKTA_SCOPES": "openid profile email offline_access", "PROXY_ROUTES": "/api/things=" + service.URL + "/v1 scope:email",
	}})
	api.Store(mockokta.NewResource(a.Org, mockokta.ResourceRules{Scope: "email"}))

	browser := a.Browser()
	script := []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin", "Accept", "application/json"}
	if r := browser.Get("/api/things/7", script...); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %d", r.StatusCode)
	}
	browser.SignIn("/greet", testkit.Ada)
	r := browser.Get("/api/things/7?q=1", script...)
	var said struct {
		Path, Query string
		Headers     http.Header
	}
	if err := json.Unmarshal([]byte(r.Body), &said); r.StatusCode != http.StatusOK || err != nil {
		t.Fatalf("%d, %v: %s", r.StatusCode, err, r.Body)
	}
	if said.Path != "/v1/7" || said.Query != "q=1" || said.Headers.Get("Cookie") != "" || !strings.HasPrefix(said.Headers.Get("Forwarded"), "for=127.0.0.1;host=") {
		t.Errorf("the service got %+v", said)
	}
	if line := a.Line(r); line["route"] != "/api/things/*rest" || line["service_status"] != 200.0 || line["service_ms"] == nil {
		t.Errorf("the log says %v", line)
	}
	if r := browser.Get("/api/things/7"); r.StatusCode != http.StatusForbidden {
		t.Errorf("a page: %d", r.StatusCode)
	}
	if got := browser.Metrics()[`okta_proxied_total{outcome="200",route="/api/things"}`]; got != "1" {
		t.Errorf("counted %q", got)
	}
}

// TestProxyInTheWay holds that a path which the app needs itself stops the start.
func TestProxyInTheWay(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/greet", "/api", "/api/me", "/authorization-code/callback", "/static"} {
		cfg, err := config.Load(map[string]string{
			"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oaApp", "OKTA_OAUTH2_CLIENT_SECRET": "secret-of-the-app",
			"OKTA_SCOPES": "openid offline_access", "PROXY_ROUTES": path + "=https://api.example.com",
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := handlers.New(cfg, slog.New(slog.DiscardHandler), time.Now); err == nil || !strings.Contains(err.Error(), "PROXY_ROUTES: auth: MountProxy "+path+" can't stand beside") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
