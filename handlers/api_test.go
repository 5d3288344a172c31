package handlers_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

func TestAPIAnswers(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_API_SCOPES": "messages:read"}})
	token := app.machineToken("messages:read")

	r := app.ask("/api/messages", "Bearer "+token)
	var list struct {
		Messages []struct {
			Date time.Time `json:"date"`
			Text string    `json:"text"`
		} `json:"messages"`
	}
	if err := json.Unmarshal([]byte(r.body), &list); err != nil || r.StatusCode != http.StatusOK || len(list.Messages) == 0 {
		t.Fatalf("messages: status %d: %s (%v)", r.StatusCode, r.body, err)
	}
	for _, m := range list.Messages {
		if m.Date.IsZero() || m.Text == "" {
			t.Errorf("a message without date or text: %+v", m)
		}
	}
	if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type %q", got)
	}
	if r := app.ask("/api/messages", "Bearer "+app.machineToken("messages:write")); r.StatusCode != http.StatusForbidden ||
		!strings.HasSuffix(r.Header.Get("WWW-Authenticate"), `scope="messages:read"`) {
		t.Errorf("another scope: status %d, %s", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
	var claims map[string]any
	if r := app.ask("/api/me", "Bearer "+token); json.Unmarshal([]byte(r.body), &claims) != nil || claims["cid"] != mockokta.MachineClientID {
		t.Errorf("me: status %d: %s", r.StatusCode, r.body)
	}
}

func TestASeenTokenAsksOktaNothing(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	token := app.sign(nil)
	app.ask("/api/me", "Bearer "+token)
	app.org.Stop()
	if r := app.ask("/api/me", "Bearer "+token); r.StatusCode != http.StatusOK {
		t.Errorf("seen, while Okta is away: status %d", r.StatusCode)
	}
	if r := app.ask("/api/me", "Bearer "+app.sign(map[string]any{"jti": "AT.2"})); r.StatusCode != http.StatusOK {
		t.Errorf("not seen, with a known key, while Okta is away: status %d", r.StatusCode)
	}
	fresh := start(t, setup{})
	token = fresh.sign(nil)
	fresh.org.Stop()
	r := fresh.ask("/api/me", "Bearer "+token)
	if p := problemJSON(t, r); r.StatusCode != http.StatusServiceUnavailable || p["reason"] != "okta_unreachable" || r.Header.Get("Retry-After") == "" {
		t.Errorf("keys never had: status %d, %v", r.StatusCode, p)
	}
}

func TestOrgServerTakesNoTokens(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_OAUTH2_ISSUER": "org"}})
	for _, path := range []string{"/api/me", "/api/messages"} {
		if r := app.ask(path); r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") != `Bearer, DPoP algs="ES256 PS256 RS256"` {
			t.Errorf("%s, nobody: status %d, %q", path, r.StatusCode, r.Header.Get("WWW-Authenticate"))
		}
		for name, authorization := range map[string][]string{"a bearer": {"Bearer " + app.sign(nil)}} {
			r := app.ask(path, authorization...)
			p := problemJSON(t, r)
			if detail, _ := p["detail"].(string); r.StatusCode != http.StatusNotImplemented || p["reason"] != "opaque_access_tokens" ||
				!strings.Contains(detail, "org authorization server") || r.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s, %s: status %d, %v", path, name, r.StatusCode, p)
			}
		}
	}
	b := app.browser()
	b.signIn("/login", ada)
	if r := b.get("/api/me"); r.StatusCode != http.StatusOK {
		t.Errorf("somebody signed in: status %d", r.StatusCode)
	}
}

func TestStartLogSaysThatTokensAreOpaque(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]int{"org": 1, "custom": 0} {
		s := setup{}
		if issuer == "org" {
			s.env = map[string]string{"OKTA_OAUTH2_ISSUER": issuer}
		}
		app := start(t, s)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var out logs
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			done <- handlers.Run(ctx, app.cfg, listener, slog.New(slog.NewTextHandler(&out, nil)))
		}()
		waitFor(t, "the app to serve", func() bool { return strings.Contains(out.String(), "serving") })
		for range 2 {
			app.browser().get("http://" + listener.Addr().String() + "/api/me")
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := strings.Count(out.String(), "only Okta can read them"); got != want {
			t.Errorf("%s issuer: said %d times, want %d", issuer, got, want)
		}
	}
}
