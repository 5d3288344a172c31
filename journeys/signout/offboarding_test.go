package signout_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// onBoth runs a test with cookies and with Redis, with env.
func onBoth(t *testing.T, env map[string]string, test func(t *testing.T, app *apptest.App)) {
	t.Run("cookies", func(t *testing.T) {
		t.Parallel()
		test(t, apptest.Start(t, apptest.Setup{Env: env}))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		all := map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
		maps.Copy(all, env)
		test(t, apptest.Start(t, apptest.Setup{Env: all}))
	})
}

// TestDeactivatedWithoutRenewal: nothing tells this app before the session's own end;
// then Okta lets nobody back in.
func TestDeactivatedWithoutRenewal(t *testing.T) {
	t.Parallel()
	onBoth(t, map[string]string{"SESSION_IDLE_TIMEOUT": "12h"}, func(t *testing.T, app *apptest.App) {
		b := app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Grace)
		app.Org.DeactivateUser(testkit.Grace)
		app.Clock.Add(12*time.Hour - 6*time.Minute) // from then on, people are sent to sign in anew
		if !b.SignedIn() {
			t.Error("out before SESSION_MAX_AGE")
		}
		app.Clock.Add(6 * time.Minute)
		if r := b.Follow(b.Get(apptest.ProfilePath)); b.SignedIn() {
			t.Errorf("still in after SESSION_MAX_AGE: status %d", r.StatusCode)
		}
	})
}

// TestGroupTakenAway: what the group opened is closed within one access token's lifetime
// where sessions are renewed, and at SESSION_MAX_AGE where they are not.
func TestGroupTakenAway(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]struct {
		env   map[string]string
		after time.Duration
	}{
		"renewed":     {apptest.Renewing("REQUIRE_GROUPS", "Admins"), 5 * time.Minute},
		"not renewed": {map[string]string{"REQUIRE_GROUPS": "Admins", "SESSION_IDLE_TIMEOUT": "12h"}, 12 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, setting.env, func(t *testing.T, app *apptest.App) {
				app.Org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 5 * time.Minute })
				b := app.Browser()
				b.SignIn(apptest.ProfilePath, testkit.Ada)
				app.Org.Set(func(k *mockokta.Knobs) { k.OmitGroups = true })
				before := setting.after * 8 / 10 // just before the end, a session is renewed or asked to begin anew
				app.Clock.Add(before)
				if !b.SignedIn() {
					t.Error("closed before that")
				}
				app.Clock.Add(setting.after - before)
				r := b.Follow(b.Get(apptest.ProfilePath))
				if r.AsksWho(t) {
					r = b.Follow(b.Submit(r, url.Values{"username": {testkit.Ada}, "password": {testkit.PasswordOf(testkit.Ada)}}))
				}
				if r.StatusCode != http.StatusForbidden {
					t.Errorf("after %v: status %d", setting.after, r.StatusCode)
				}
			})
		})
	}
}

// TestPasswordChanged: it ends no session here by itself; "sign out everywhere" does.
func TestPasswordChanged(t *testing.T) {
	t.Parallel()
	onBoth(t, map[string]string{"SESSION_IDLE_TIMEOUT": "12h"}, func(t *testing.T, app *apptest.App) {
		thief, owner := app.Browser(), app.Browser()
		thief.SignIn(apptest.ProfilePath, testkit.Ada)
		app.Org.EndSessions(testkit.Ada) // as Okta does with a new password, if the person ticks it
		app.Clock.Add(time.Hour)
		owner.SignIn(apptest.ProfilePath, testkit.Ada)
		if !thief.SignedIn() {
			t.Fatal("out by itself: the table says otherwise")
		}
		owner.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}})
		if thief.SignedIn() {
			t.Error("still in")
		}
	})
}
