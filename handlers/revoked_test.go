package handlers_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// What a session held at Okta is given back when the session is over, however it
// ends, as far as it is still held here.
func TestRefreshTokensOfSessionsThatAreOver(t *testing.T) {
	t.Parallel()
	env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "10m"}
	t.Run("replaced by a new sign-in", func(t *testing.T) {
		t.Parallel()
		app := start(t, setup{env: env})
		b := app.browser()
		b.signIn("/greet", ada)
		b.signIn("/login?prompt=login", grace)
		waitFor(t, "the former refresh token to be revoked", func() bool { return app.org.Count("revoke") == 1 })
		if !b.signedIn() {
			t.Error("the new session has ended")
		}
	})
	t.Run("idle for too long", func(t *testing.T) {
		t.Parallel()
		app := start(t, setup{env: env})
		b := app.browser()
		b.signIn("/greet", ada)
		app.clock.add(15 * time.Minute)
		for range 3 {
			b.get("/")
		}
		waitFor(t, "the refresh token to be revoked", func() bool { return app.org.Count("revoke") == 1 })
		if b.signIn("/greet", ada).StatusCode != http.StatusOK || app.org.Count("revoke") != 1 {
			t.Errorf("%d revocations", app.org.Count("revoke"))
		}
	})
}

// A session, and what goes with it, belongs to one issuer and client: one secret and
// one Redis may serve a second, and know nothing of the first.
func TestAnotherClientKnowsNothingOfTheFirst(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"cookie", "redis"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access"}
			if store == "redis" {
				env["SESSION_STORE"] = redistest.Start(t).URL()
			}
			first := start(t, setup{env: env})
			b := first.browser()
			b.signIn("/greet", ada)
			own := b.cookie("okta_session")

			theirs := maps.Clone(env)
			theirs["OKTA_OAUTH2_CLIENT_ID"] = "0oaAnother"
			second := start(t, setup{env: theirs, client: func(c *mockokta.Client) { c.ID = "0oaAnother" }})
			if r := second.browser().get(profilePath, "Cookie", "okta_session="+own); r.StatusCode != http.StatusSeeOther {
				t.Errorf("the other client takes the session: status %d", r.StatusCode)
			}
			if r := second.browser().post(logoutPath, nil, "Cookie", "okta_session="+own); strings.Contains(r.body, "Signing you out") || second.org.Count("revoke") != 0 {
				t.Error("the other client ends it at its org")
			}
			them := second.browser()
			them.signIn("/greet", ada)
			them.post(logoutPath, map[string][]string{"everywhere": {"1"}})
			if !b.signedIn() {
				t.Error("signing out everywhere there has ended the session here")
			}
		})
	}
}
