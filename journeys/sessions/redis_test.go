package sessions_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// soon is how long anybody waits for an answer while Redis is away: two seconds,
// and as much again where the machine is busy.
const soon = 4 * time.Second

func TestRedisAway(t *testing.T) {
	t.Parallel()
	for name, outage := range map[string]struct{ begin, end func(*redistest.Server) }{
		"killed": {(*redistest.Server).Kill, (*redistest.Server).Restart},
		"frozen": {(*redistest.Server).Freeze, (*redistest.Server).Thaw},
	} {
		for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
			t.Run(name+" "+setting, func(t *testing.T) {
				t.Parallel()
				server := redistest.Start(t)
				app := apptest.StartReplicas(t, 1, apptest.Setup{Env: map[string]string{setting: server.URL()}})
				b := app.Browser()
				b.SignIn(apptest.ProfilePath, testkit.Ada) // which takes as long as it takes
				app.Replace(0, map[string]string{setting: server.URL() + "?read_timeout=200ms"})
				testkit.Await(t, "/readyz", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
				outage.begin(server)
				checkRedisAway(t, b)
				outage.end(server)
				testkit.AwaitBeside(t, "/readyz to recover", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
				app.Replace(0, nil)
				if !b.SignedIn() {
					t.Error("signed out by the outage")
				}
			})
		}
	}
}

func checkRedisAway(t *testing.T, b *apptest.Browser) {
	t.Helper()
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range []struct {
		path, accept string
		want         int
		wantText     string
	}{
		{apptest.ProfilePath, "text/html", http.StatusServiceUnavailable, "You have not been signed out"},
		{"/greet", "text/html", http.StatusServiceUnavailable, "check your session right now"},
		{"/api/me", "application/json", http.StatusServiceUnavailable, `"reason":"session_store_unavailable"`},
		{"/", "text/html", http.StatusOK, "You have not been signed out"},
		{"/healthz", "text/html", http.StatusOK, "alive"},
		{"/metrics", "text/html", http.StatusOK, "okta_redis_pool_timeouts_total"},
		{testkit.LoginPath, "text/html", http.StatusServiceUnavailable, "You have not been signed out"},
		{"/readyz", "text/html", http.StatusServiceUnavailable, "session_store_unavailable"},
	} {
		all.Go(func() {
			began := time.Now()
			r := b.Get(c.path, "Accept", c.accept)
			if waited := time.Since(began); waited > soon {
				t.Errorf("%s: waited %v", c.path, waited)
			}
			if r.StatusCode != c.want || !strings.Contains(r.Body, c.wantText) {
				t.Errorf("%s: status %d, want %d\n%s", c.path, r.StatusCode, c.want, r.Body)
			}
			if r.StatusCode == http.StatusServiceUnavailable && c.path != "/readyz" && r.Header.Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", c.path)
			}
			for _, cookie := range r.Cookies() {
				if strings.HasPrefix(cookie.Name, "okta_session") && !strings.Contains(cookie.Name, "_attempt_") {
					t.Errorf("%s: cookie %s was touched", c.path, cookie.Name)
				}
			}
		})
	}
}

// TestOneRoundTripPerRequest has Redis itself count.
func TestOneRoundTripPerRequest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		setting, path string
		want          int
	}{
		{"SESSION_STORE", apptest.ProfilePath, 1},
		{"SESSION_STORE", "/api/me", 1},
		{"SESSION_STORE", "/", 1},
		{"SESSION_STORE", "/healthz", 0},
		{"REDIS_URL", apptest.ProfilePath, 1},
		{"REDIS_URL", "/healthz", 0},
	} {
		t.Run(c.setting+" "+c.path, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := apptest.Start(t, apptest.Setup{Env: map[string]string{c.setting: server.URL(), "OKTA_SCOPES": "openid offline_access"}})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			b.Get(c.path)
			got := server.RoundTrips(func() {
				for range 10 {
					b.Get(c.path)
				}
			})
			if got != 10*c.want {
				t.Errorf("%d round trips for 10 requests, want %d each", got, c.want)
			}
		})
	}
}

// TestProcessesAgree: whoever signs in at one process is served by the other, and
// whoever signs out at one is out at the other, with a copy of the cookies too.
func TestProcessesAgree(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 2, apptest.Setup{Env: map[string]string{setting: redistest.Start(t).URL()}})
			b := app.Browser()
			app.Only.Store(0)
			callback := b.ToCallback(apptest.ProfilePath, testkit.Ada)
			early := b.Copy()
			if page := b.Follow(b.Get(callback)); page.StatusCode != http.StatusOK {
				t.Fatalf("sign-in: status %d", page.StatusCode)
			}
			app.Only.Store(1)
			if r := early.Get(callback); r.StatusCode != http.StatusFound || app.Org.Count("token") != 1 {
				t.Errorf("the callback once more, at the other process: status %d after %d token requests", r.StatusCode, app.Org.Count("token"))
			}
			if !b.SignedIn() {
				t.Error("not signed in at the other process")
			}
			stolen := b.Copy()
			if r := b.Post(testkit.LogoutPath, nil); r.StatusCode != http.StatusOK {
				t.Errorf("sign-out: status %d", r.StatusCode)
			}
			for i := range app.Engines {
				app.Only.Store(int64(i))
				if b.SignedIn() || stolen.SignedIn() {
					t.Errorf("still signed in at process %d", i)
				}
			}
		})
	}
}

// TestStolenRedis: what Redis has on disk names nobody, opens nothing, and ends
// with the idle timeout.
func TestStolenRedis(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing(setting, server.URL(), "SESSION_IDLE_TIMEOUT", "2h")})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			app.Clock.Add(time.Hour)
			b.Me() // renewed
			token := b.Cookie("okta_session")
			dump := server.Dump()
			for _, secret := range []string{"Lovelace", testkit.Ada, "00u9mockAdaLove1a5d7", "eyJ", token} {
				if strings.Contains(dump, secret) {
					t.Errorf("the dump holds %q", secret)
				}
			}
			client := server.Client()
			keys := client.Keys(context.Background(), "*").Val()
			if len(keys) == 0 {
				t.Fatal("nothing in Redis")
			}
			for _, key := range keys {
				ttl := client.TTL(context.Background(), key).Val()
				switch {
				case strings.HasPrefix(key, "okta:listed:"):
					if ttl > 2*time.Hour || ttl < time.Hour {
						t.Errorf("%s ends in %v, want the idle timeout", key, ttl)
					}
				case strings.Contains(key, ":session:"):
					if ttl < 25*time.Hour || ttl > 26*time.Hour {
						t.Errorf("%s ends in %v, want the idle timeout and a day", key, ttl)
					}
				case ttl < 0 && !strings.HasSuffix(key, ":sessions:all"):
					t.Errorf("%s never ends", key)
				}
				if strings.Contains(key, token) {
					t.Errorf("%s is what the cookie holds", key)
				}
			}
		})
	}
}

// TestRedisFailsInTheMiddleOfARenewal: the old refresh token is spent and the new
// one could not be kept. It is kept as soon as Redis is back.
func TestRedisFailsInTheMiddleOfARenewal(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("SESSION_STORE", server.URL())})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Clock.Add(time.Hour)
	asked, release := holdRenewal(app)
	defer release()
	answer := make(chan testkit.Reply, 1)
	go func() { answer <- b.Get(apptest.ProfilePath) }()
	testkit.Receive(t, asked)
	server.Kill()
	release()
	if r := testkit.Receive(t, answer); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("status %d", r.StatusCode)
	}
	server.Restart()
	testkit.AwaitBeside(t, "Redis to be back", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
	if !b.SignedIn() || app.Renewals() != 1 || app.Events("renewal_refused") != 0 {
		t.Errorf("signed in %v after %d renewals", b.SignedIn(), app.Renewals())
	}
}
