package sessions_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// What a session held at Okta is given back when the session is over, however it
// ends, as far as it is still held here.
func TestRefreshTokensOfSessionsThatAreOver(t *testing.T) {
	t.Parallel()
	env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "10m"}
	t.Run("replaced by a new sign-in", func(t *testing.T) {
		t.Parallel()
		app := apptest.Start(t, apptest.Setup{Env: env})
		b := app.Browser()
		b.SignIn("/greet", testkit.Ada)
		b.SignIn("/login?prompt=login", testkit.Grace)
		testkit.Await(t, "the former refresh token to be revoked", func() bool { return app.Org.Count("revoke") == 1 })
		if !b.SignedIn() {
			t.Error("the new session has ended")
		}
	})
	t.Run("idle for too long", func(t *testing.T) {
		t.Parallel()
		app := apptest.Start(t, apptest.Setup{Env: env})
		b := app.Browser()
		b.SignIn("/greet", testkit.Ada)
		app.Clock.Add(15 * time.Minute)
		for range 3 {
			b.Get("/")
		}
		testkit.Await(t, "the refresh token to be revoked", func() bool { return app.Org.Count("revoke") == 1 })
		if b.SignIn("/greet", testkit.Ada).StatusCode != http.StatusOK || app.Org.Count("revoke") != 1 {
			t.Errorf("%d revocations", app.Org.Count("revoke"))
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
			first := apptest.Start(t, apptest.Setup{Env: env})
			b := first.Browser()
			b.SignIn("/greet", testkit.Ada)
			own := b.Cookie("okta_session")

			theirs := maps.Clone(env)
			theirs["OKTA_OAUTH2_CLIENT_ID"] = "0oaAnother"
			second := apptest.Start(t, apptest.Setup{Env: theirs, Client: func(c *mockokta.Client) { c.ID = "0oaAnother" }})
			if r := second.Browser().Get(apptest.ProfilePath, "Cookie", "okta_session="+own); r.StatusCode != http.StatusSeeOther {
				t.Errorf("the other client takes the session: status %d", r.StatusCode)
			}
			if r := second.Browser().Post(testkit.LogoutPath, nil, "Cookie", "okta_session="+own); strings.Contains(r.Body, "Signing you out") || second.Org.Count("revoke") != 0 {
				t.Error("the other client ends it at its org")
			}
			them := second.Browser()
			them.SignIn("/greet", testkit.Ada)
			them.Post(testkit.LogoutPath, map[string][]string{"everywhere": {"1"}})
			if !b.SignedIn() {
				t.Error("signing out everywhere there has ended the session here")
			}
		})
	}
}
