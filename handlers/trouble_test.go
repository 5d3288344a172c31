package handlers_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// TestStartWhileOktaIsAway holds that what Okta said last is kept in STATE_FILE, for the
// same issuer and the same secret, and for as long as a process would believe it that had
// gone on.
func TestStartWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	b := app.browser()
	b.signIn(profilePath, ada)
	want := func(what string, status int) {
		t.Helper()
		if r := app.ask("/api/messages", "Bearer "+app.sign(nil)); r.StatusCode != status {
			t.Errorf("%s: a bearer gets status %d, want %d: %s", what, r.StatusCode, status, r.body)
		}
	}
	want("with Okta", http.StatusOK)
	app.org.Stop()
	app.restart()
	want("after a restart", http.StatusOK)
	if !b.signedIn() {
		t.Error("whoever was signed in is not")
	}
	if r := b.get("/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("/readyz: status %d: %s", r.StatusCode, r.body)
	}
	if err := app.auth.Warm(t.Context()); err == nil {
		t.Error("nobody is told that Okta is away")
	}

	own := app.cfg
	app.cfg.Issuer = app.org.OrgIssuer()
	app.restart()
	if r := b.get("/readyz"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("for another issuer, /readyz: status %d", r.StatusCode)
	}
	app.cfg = own

	app.clock.add(26 * time.Hour) // keys are fresh for an hour at most, and believed for a day more
	app.restart()
	want("a day later", http.StatusServiceUnavailable)
	if err := app.org.Restart(); err != nil {
		t.Fatal(err)
	}
	app.clock.add(time.Minute)
	want("with Okta again", http.StatusOK)
}

// TestStartAsksOktaAnew holds that what was kept is no reason not to ask.
func TestStartAsksOktaAnew(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	if err := app.auth.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	metadata, keys := app.org.Count("discovery"), app.org.Count("keys")
	app.restart()
	if err := app.auth.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if app.org.Count("discovery") != metadata+1 || app.org.Count("keys") != keys+1 {
		t.Error("Okta was not asked for metadata and keys")
	}
}

// TestNobodyIsSentToOktaForNothing holds that while Okta takes no codes, people are told
// so, and for how long, before they go.
func TestNobodyIsSentToOktaForNothing(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	app.org.Set(func(k *mockokta.Knobs) {
		k.RateLimited, k.RateLimitReset = func(endpoint string) bool { return endpoint == "token" }, 40*time.Second
	})
	checkRefused(t, b, b.get(callback), http.StatusServiceUnavailable, unreachable)
	asked := app.org.Count("token")
	for _, path := range []string{loginPath, "/authorization-code/login-custom"} {
		r := app.browser().get(path)
		seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Location") != "" || err != nil || seconds < 30 || seconds > 42 ||
			!strings.Contains(r.body, "Please try again in "+strconv.Itoa(seconds)+" s.") {
			t.Errorf("%s: status %d, Location %q, Retry-After %q: %s", path, r.StatusCode, r.Header.Get("Location"), r.Header.Get("Retry-After"), r.body)
		}
	}
	if body := b.get("/metrics").body; !strings.Contains(body, `okta_breaker_state{endpoint="token"} 2`) {
		t.Error("the metrics don't show the open breaker")
	}
	if got := app.org.Count("token"); got != asked {
		t.Errorf("Okta was asked for tokens %d times meanwhile", got-asked)
	}
	app.org.Set(wellAgain)
	app.clock.add(42 * time.Second)
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
}

// TestNobodyIsSentToOktaWithoutRedis holds that a session must be able to be kept before
// a sign-in begins, also for whom no session is looked up.
func TestNobodyIsSentToOktaWithoutRedis(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := start(t, setup{env: map[string]string{setting: server.URL()}})
			server.Kill()
			for _, path := range []string{loginPath, loginPath + "?prompt=login", "/authorization-code/login-custom"} {
				r := app.browser().get(path)
				if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Location") != "" || r.Header.Get("Retry-After") == "" {
					t.Errorf("%s: status %d, Location %q", path, r.StatusCode, r.Header.Get("Location"))
				}
			}
			if got := app.org.Count("authorize"); got != 0 {
				t.Errorf("%d people were sent to Okta", got)
			}
		})
	}
}

// TestRedisAwayAtStartIsLogged holds that the line names the setting.
func TestRedisAwayAtStartIsLogged(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"SESSION_STORE": "redis://127.0.0.1:" + redistest.FreePort(t)}})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out logs
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- handlers.Run(ctx, app.cfg, listener, slog.New(slog.NewTextHandler(&out, nil))) }()
	waitFor(t, "a line on Redis", func() bool {
		return strings.Contains(out.String(), "sessions can't be kept yet") && strings.Contains(out.String(), "setting=SESSION_STORE")
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
