package answers_test

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestStartWhileOktaIsAway holds that what Okta said last is kept in STATE_FILE, for the
// same issuer and the same secret, and for as long as a process would believe it that had
// gone on.
func TestStartWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	want := func(what string, status int) {
		t.Helper()
		if r := app.Ask("/api/messages", "Bearer "+app.Sign(nil)); r.StatusCode != status {
			t.Errorf("%s: a bearer gets status %d, want %d: %s", what, r.StatusCode, status, r.Body)
		}
	}
	want("with Okta", http.StatusOK)
	app.Org.Stop()
	app.Restart()
	want("after a restart", http.StatusOK)
	if !b.SignedIn() {
		t.Error("whoever was signed in is not")
	}
	if r := b.Get("/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("/readyz: status %d: %s", r.StatusCode, r.Body)
	}
	if err := app.Warm(t.Context()); err == nil {
		t.Error("nobody is told that Okta is away")
	}

	own := app.Cfg
	app.Cfg.Issuer = app.Org.OrgIssuer()
	app.Restart()
	if r := b.Get("/readyz"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("for another issuer, /readyz: status %d", r.StatusCode)
	}
	app.Cfg = own

	app.Clock.Add(26 * time.Hour) // keys are fresh for an hour at most, and believed for a day more
	app.Restart()
	want("a day later", http.StatusServiceUnavailable)
	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	app.Clock.Add(time.Minute)
	want("with Okta again", http.StatusOK)
}

// TestStartAsksOktaAnew holds that what was kept is no reason not to ask.
func TestStartAsksOktaAnew(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	if err := app.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	metadata, keys := app.Org.Count("discovery"), app.Org.Count("keys")
	app.Restart()
	if err := app.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if app.Org.Count("discovery") != metadata+1 || app.Org.Count("keys") != keys+1 {
		t.Error("Okta was not asked for metadata and keys")
	}
}

// TestNobodyIsSentToOktaForNothing holds that while Okta takes no codes, people are told
// so, and for how long, before they go.
func TestNobodyIsSentToOktaForNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	app.Org.Set(func(k *mockokta.Knobs) {
		k.RateLimited, k.RateLimitReset = func(endpoint string) bool { return endpoint == "token" }, 40*time.Second
	})
	apptest.CheckRefused(t, b, b.Get(callback), http.StatusServiceUnavailable, unreachable)
	asked := app.Org.Count("token")
	for _, path := range []string{testkit.LoginPath, "/authorization-code/login-custom"} {
		r := app.Browser().Get(path)
		seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Location") != "" || err != nil || seconds < 30 || seconds > 42 ||
			!strings.Contains(r.Body, "Please try again in "+strconv.Itoa(seconds)+" s.") {
			t.Errorf("%s: status %d, Location %q, Retry-After %q: %s", path, r.StatusCode, r.Header.Get("Location"), r.Header.Get("Retry-After"), r.Body)
		}
	}
	if body := b.Get("/metrics").Body; !strings.Contains(body, `okta_breaker_state{endpoint="token"} 2`) {
		t.Error("the metrics don't show the open breaker")
	}
	if got := app.Org.Count("token"); got != asked {
		t.Errorf("Okta was asked for tokens %d times meanwhile", got-asked)
	}
	app.Org.Set(wellAgain)
	app.Clock.Add(42 * time.Second)
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
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
			app := apptest.Start(t, apptest.Setup{Env: map[string]string{setting: server.URL()}})
			server.Kill()
			for _, path := range []string{testkit.LoginPath, testkit.LoginPath + "?prompt=login", "/authorization-code/login-custom"} {
				r := app.Browser().Get(path)
				if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Location") != "" || r.Header.Get("Retry-After") == "" {
					t.Errorf("%s: status %d, Location %q", path, r.StatusCode, r.Header.Get("Location"))
				}
			}
			if got := app.Org.Count("authorize"); got != 0 {
				t.Errorf("%d people were sent to Okta", got)
			}
		})
	}
}

// TestRedisAwayAtStartIsLogged holds that the line names the setting.
func TestRedisAwayAtStartIsLogged(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SESSION_STORE": "redis://127.0.0.1:" + redistest.FreePort(t)}})
	process := app.Run()
	testkit.Await(t, "a line on Redis", func() bool {
		return strings.Contains(process.Logs.String(), "sessions can't be kept yet") && strings.Contains(process.Logs.String(), "setting=SESSION_STORE")
	})
	process.Stop()
	if err := process.Ended(); err != nil {
		t.Error(err)
	}
}
