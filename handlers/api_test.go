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
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestAPIAnswers(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_API_SCOPES": "messages:read"}})
	token := machineToken(app, "messages:read")

	r := app.Ask("/api/messages", "Bearer "+token)
	var list struct {
		Messages []struct {
			Date time.Time `json:"date"`
			Text string    `json:"text"`
		} `json:"messages"`
	}
	if err := json.Unmarshal([]byte(r.Body), &list); err != nil || r.StatusCode != http.StatusOK || len(list.Messages) == 0 {
		t.Fatalf("messages: status %d: %s (%v)", r.StatusCode, r.Body, err)
	}
	for _, m := range list.Messages {
		if m.Date.IsZero() || m.Text == "" {
			t.Errorf("a message without date or text: %+v", m)
		}
	}
	if got := r.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type %q", got)
	}
	if r := app.Ask("/api/messages", "Bearer "+machineToken(app, "messages:write")); r.StatusCode != http.StatusForbidden ||
		!strings.HasSuffix(r.Header.Get("WWW-Authenticate"), `scope="messages:read"`) {
		t.Errorf("another scope: status %d, %s", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
	var claims map[string]any
	if r := app.Ask("/api/me", "Bearer "+token); json.Unmarshal([]byte(r.Body), &claims) != nil || claims["cid"] != mockokta.MachineClientID {
		t.Errorf("me: status %d: %s", r.StatusCode, r.Body)
	}
}

func TestASeenTokenAsksOktaNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	token := app.Sign(nil)
	app.Ask("/api/me", "Bearer "+token)
	app.Org.Stop()
	if r := app.Ask("/api/me", "Bearer "+token); r.StatusCode != http.StatusOK {
		t.Errorf("seen, while Okta is away: status %d", r.StatusCode)
	}
	if r := app.Ask("/api/me", "Bearer "+app.Sign(map[string]any{"jti": "AT.2"})); r.StatusCode != http.StatusOK {
		t.Errorf("not seen, with a known key, while Okta is away: status %d", r.StatusCode)
	}
	fresh := apptest.Start(t, apptest.Setup{})
	token = fresh.Sign(nil)
	fresh.Org.Stop()
	r := fresh.Ask("/api/me", "Bearer "+token)
	if p := apptest.ProblemJSON(t, r); r.StatusCode != http.StatusServiceUnavailable || p["reason"] != "okta_unreachable" || r.Header.Get("Retry-After") == "" {
		t.Errorf("keys never had: status %d, %v", r.StatusCode, p)
	}
}

func TestOrgServerTakesNoTokens(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_OAUTH2_ISSUER": "org"}})
	for _, path := range []string{"/api/me", "/api/messages"} {
		if r := app.Ask(path); r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") != `Bearer, DPoP algs="ES256 PS256 RS256"` {
			t.Errorf("%s, nobody: status %d, %q", path, r.StatusCode, r.Header.Get("WWW-Authenticate"))
		}
		for name, authorization := range map[string][]string{"a bearer": {"Bearer " + app.Sign(nil)}} {
			r := app.Ask(path, authorization...)
			p := apptest.ProblemJSON(t, r)
			if detail, _ := p["detail"].(string); r.StatusCode != http.StatusNotImplemented || p["reason"] != "opaque_access_tokens" ||
				!strings.Contains(detail, "org authorization server") || r.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s, %s: status %d, %v", path, name, r.StatusCode, p)
			}
		}
	}
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	if r := b.Get("/api/me"); r.StatusCode != http.StatusOK {
		t.Errorf("somebody signed in: status %d", r.StatusCode)
	}
}

func TestStartLogSaysThatTokensAreOpaque(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]int{"org": 1, "custom": 0} {
		s := apptest.Setup{}
		if issuer == "org" {
			s.Env = map[string]string{"OKTA_OAUTH2_ISSUER": issuer}
		}
		app := apptest.Start(t, s)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var out testkit.Logs
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			done <- handlers.Run(ctx, app.Cfg, listener, slog.New(slog.NewTextHandler(&out, nil)))
		}()
		testkit.Await(t, "the app to serve", func() bool { return strings.Contains(out.String(), "serving") })
		for range 2 {
			app.Browser().Get("http://" + listener.Addr().String() + "/api/me")
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
