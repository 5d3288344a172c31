package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// rotating gives every refresh token one use, without any grace: whoever sends a
// spent one loses the session.
func rotating(c *mockokta.Client) {
	c.RefreshRotation, c.RefreshLeeway = "ROTATE", -1
}

// renewing are the settings of an app that renews its sessions and has no idle
// timeout of note, and further ones as name, value.
func renewing(more ...string) map[string]string {
	env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// onStores runs a test with cookies in one process and in two that share
// REDIS_URL, and with Redis in one and in two.
// more changes the settings.
func onStores(t *testing.T, test func(t *testing.T, start func(setup) *replicas), more ...func(map[string]string) map[string]string) {
	for _, store := range []struct {
		name, setting string
		n             int
	}{
		{"cookies", "", 1}, {"cookies in two processes", "REDIS_URL", 2},
		{"redis", "SESSION_STORE", 1}, {"redis in two processes", "SESSION_STORE", 2},
	} {
		t.Run(store.name, func(t *testing.T) {
			t.Parallel()
			test(t, func(s setup) *replicas {
				s.env = renewing()
				if store.setting != "" {
					s.env[store.setting] = redistest.Start(t).URL()
				}
				for _, change := range more {
					s.env = change(s.env)
				}
				return startReplicas(t, store.n, s)
			})
		})
	}
}

// me is what the app knows of the browser's person.
func (b *browser) me() map[string]any {
	b.t.Helper()
	r := b.get("/api/me")
	if r.StatusCode != http.StatusOK {
		b.t.Fatalf("/api/me: status %d\n%s", r.StatusCode, r.body)
	}
	var claims map[string]any
	if err := json.Unmarshal([]byte(r.body), &claims); err != nil {
		b.t.Fatal(err)
	}
	return claims
}

func (a *app) renewals() int { return a.org.Count("token") - a.signIns() }
func (a *app) signIns() int  { return strings.Count(a.logs.String(), `"event":"signed_in"`) }

// event counts the log lines of one kind of security event.
func (a *app) events(name string) int {
	return strings.Count(a.logs.String(), `"event":"`+name+`"`)
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]func(*mockokta.Client){"rotating": rotating, "static": func(*mockokta.Client) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onStores(t, func(t *testing.T, start func(setup) *replicas) {
				app := start(setup{client: client})
				b := app.browser()
				b.signIn(profilePath, grace)
				app.clock.add(59 * time.Minute)
				b.me()
				if got := app.renewals(); got != 0 {
					t.Errorf("%d renewals a minute before the access token's end", got)
				}
				for i := range 3 {
					group := fmt.Sprintf("Crew %d", i)
					app.org.SetGroups(grace, group)
					app.clock.add(time.Hour - 40*time.Second + time.Duration(i)*time.Minute)
					if got := b.me()["groups"]; !slices.Equal(got.([]any), []any{any(group)}) {
						t.Errorf("after renewal %d: groups %v, want %q", i+1, got, group)
					}
					b.me()
					if got := app.renewals(); got != i+1 {
						t.Errorf("%d renewals, want %d", got, i+1)
					}
				}
				if got := app.events("renewed"); got != 3 {
					t.Errorf("%d renewals in the log, want 3", got)
				}
			})
		})
	}
}

func TestDeactivatedPersonIsOutWithinOneAccessTokenLifetime(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		app.org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 5 * time.Minute })
		b, bystander := app.browser(), app.browser()
		b.signIn(profilePath, grace)
		bystander.signIn(profilePath, ada)
		stolen := copyOf(b)
		app.org.DeactivateUser(grace)
		app.clock.add(5 * time.Minute)

		replies := app.together(b, 20, "/greet?from=menu")
		for _, r := range replies {
			// Who comes when all is over has no session, and is asked to sign in.
			if r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusSeeOther {
				t.Errorf("status %d", r.StatusCode)
			}
		}
		explained := slices.IndexFunc(replies, func(r reply) bool { return r.StatusCode == http.StatusUnauthorized })
		if explained < 0 {
			t.Fatal("nobody was told why")
		}
		page := replies[explained].page(t)
		if h := page.Find("h1").Text(); !strings.Contains(h, "Your session has ended") {
			t.Errorf("heading %q", h)
		}
		if page.Find(`a[href="/authorization-code/login-redirect?return_to=%2Fgreet%3Ffrom%3Dmenu"]`).Length() == 0 {
			t.Errorf("no way back:\n%s", replies[explained].body)
		}
		if b.signedIn() || stolen.signedIn() {
			t.Error("still signed in")
		}
		if got := app.events("renewal_refused"); got != 1 {
			t.Errorf("%d refused renewals in the log, want 1", got)
		}
		if !strings.Contains(app.logs.String(), `"reason":"invalid_grant"`) {
			t.Error("the log does not say why")
		}
		if !bystander.signedIn() {
			t.Error("another person is signed out")
		}
	})
}

func TestRevokedSessionTellsPrograms(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.org.RevokeRefreshTokens(ada)
	app.clock.add(time.Hour)
	r := b.get("/api/me")
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(r.body, `"reason":"session_ended"`) {
		t.Errorf("status %d, %s: %s", r.StatusCode, r.Header.Get("Content-Type"), r.body)
	}
	if home := b.get("/"); home.StatusCode != http.StatusOK || home.page(t).Find("#login-button").Length() == 0 {
		t.Errorf("home: status %d", home.StatusCode)
	}
}

// TestHomeExplainsTheEnd: the front page is public and says it too.
func TestHomeExplainsTheEnd(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.org.RevokeRefreshTokens(ada)
	app.clock.add(time.Hour)
	if home := b.get("/"); home.StatusCode != http.StatusOK || !strings.Contains(home.body, "Okta no longer vouches") {
		t.Errorf("status %d\n%s", home.StatusCode, home.body)
	}
}
