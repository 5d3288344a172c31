package handlers_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// onBoth runs a test with cookies and with Redis, with env.
func onBoth(t *testing.T, env map[string]string, test func(t *testing.T, app *app)) {
	t.Run("cookies", func(t *testing.T) {
		t.Parallel()
		test(t, start(t, setup{env: env}))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		all := map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
		maps.Copy(all, env)
		test(t, start(t, setup{env: all}))
	})
}

// TestDeactivatedWithoutRenewal: nothing tells this app before the session's own end;
// then Okta lets nobody back in.
func TestDeactivatedWithoutRenewal(t *testing.T) {
	t.Parallel()
	onBoth(t, map[string]string{"SESSION_IDLE_TIMEOUT": "12h"}, func(t *testing.T, app *app) {
		b := app.browser()
		b.signIn(profilePath, grace)
		app.org.DeactivateUser(grace)
		app.clock.add(12*time.Hour - 6*time.Minute) // from then on, people are sent to sign in anew
		if !b.signedIn() {
			t.Error("out before SESSION_MAX_AGE")
		}
		app.clock.add(6 * time.Minute)
		if r := b.follow(b.get(profilePath)); b.signedIn() {
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
		"renewed":     {renewing("REQUIRE_GROUPS", "Admins"), 5 * time.Minute},
		"not renewed": {map[string]string{"REQUIRE_GROUPS": "Admins", "SESSION_IDLE_TIMEOUT": "12h"}, 12 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, setting.env, func(t *testing.T, app *app) {
				app.org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 5 * time.Minute })
				b := app.browser()
				b.signIn(profilePath, ada)
				app.org.Set(func(k *mockokta.Knobs) { k.OmitGroups = true })
				before := setting.after * 8 / 10 // just before the end, a session is renewed or asked to begin anew
				app.clock.add(before)
				if !b.signedIn() {
					t.Error("closed before that")
				}
				app.clock.add(setting.after - before)
				r := b.follow(b.get(profilePath))
				if r.asksForPassword(t) {
					r = b.follow(b.submit(r, url.Values{"username": {ada}, "password": {passwordOf(ada)}}))
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
	onBoth(t, map[string]string{"SESSION_IDLE_TIMEOUT": "12h"}, func(t *testing.T, app *app) {
		thief, owner := app.browser(), app.browser()
		thief.signIn(profilePath, ada)
		app.org.EndSessions(ada) // as Okta does with a new password, if the person ticks it
		app.clock.add(time.Hour)
		owner.signIn(profilePath, ada)
		if !thief.signedIn() {
			t.Fatal("out by itself: the table says otherwise")
		}
		owner.post(logoutPath, url.Values{"everywhere": {"1"}})
		if thief.signedIn() {
			t.Error("still in")
		}
	})
}
