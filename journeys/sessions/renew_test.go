package sessions_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]func(*mockokta.Client){"rotating": apptest.Rotating, "static": func(*mockokta.Client) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
				app := start(apptest.Setup{Client: client})
				b := app.Browser()
				b.SignIn(apptest.ProfilePath, testkit.Grace)
				app.Clock.Add(59 * time.Minute)
				b.Me()
				if got := app.Renewals(); got != 0 {
					t.Errorf("%d renewals a minute before the access token's end", got)
				}
				for i := range 3 {
					group := fmt.Sprintf("Crew %d", i)
					app.Org.SetGroups(testkit.Grace, group)
					app.Clock.Add(time.Hour - 40*time.Second + time.Duration(i)*time.Minute)
					if got := b.Me()["groups"]; !slices.Equal(got.([]any), []any{any(group)}) {
						t.Errorf("after renewal %d: groups %v, want %q", i+1, got, group)
					}
					b.Me()
					if got := app.Renewals(); got != i+1 {
						t.Errorf("%d renewals, want %d", got, i+1)
					}
				}
				if got := app.Events("renewed"); got != 3 {
					t.Errorf("%d renewals in the log, want 3", got)
				}
			})
		})
	}
}

func TestDeactivatedPersonIsOutWithinOneAccessTokenLifetime(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		app.Org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 5 * time.Minute })
		b, bystander := app.Browser(), app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Grace)
		bystander.SignIn(apptest.ProfilePath, testkit.Ada)
		stolen := b.Copy()
		app.Org.DeactivateUser(testkit.Grace)
		app.Clock.Add(5 * time.Minute)

		replies := app.Together(b, 20, "/greet?from=menu")
		for _, r := range replies {
			// Who comes when all is over has no session, and is asked to sign in.
			if r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusSeeOther {
				t.Errorf("status %d", r.StatusCode)
			}
		}
		explained := slices.IndexFunc(replies, func(r testkit.Reply) bool { return r.StatusCode == http.StatusUnauthorized })
		if explained < 0 {
			t.Fatal("nobody was told why")
		}
		page := replies[explained].Page(t)
		if h := page.Find("h1").Text(); !strings.Contains(h, "Your session has ended") {
			t.Errorf("heading %q", h)
		}
		if page.Find(`a[href="/authorization-code/login-redirect?return_to=%2Fgreet%3Ffrom%3Dmenu"]`).Length() == 0 {
			t.Errorf("no way back:\n%s", replies[explained].Body)
		}
		if b.SignedIn() || stolen.SignedIn() {
			t.Error("still signed in")
		}
		if got := app.Events("renewal_refused"); got != 1 {
			t.Errorf("%d refused renewals in the log, want 1", got)
		}
		if !strings.Contains(app.Logs.String(), `"reason":"invalid_grant"`) {
			t.Error("the log does not say why")
		}
		if !bystander.SignedIn() {
			t.Error("another person is signed out")
		}
	})
}

func TestRevokedSessionTellsPrograms(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Org.RevokeRefreshTokens(testkit.Ada)
	app.Clock.Add(time.Hour)
	r := b.Get("/api/me")
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(r.Body, `"reason":"session_ended"`) {
		t.Errorf("status %d, %s: %s", r.StatusCode, r.Header.Get("Content-Type"), r.Body)
	}
	if home := b.Get("/"); home.StatusCode != http.StatusOK || home.Page(t).Find("#login-button").Length() == 0 {
		t.Errorf("home: status %d", home.StatusCode)
	}
}

// TestHomeExplainsTheEnd: the front page is public and says it too.
func TestHomeExplainsTheEnd(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Org.RevokeRefreshTokens(testkit.Ada)
	app.Clock.Add(time.Hour)
	if home := b.Get("/"); home.StatusCode != http.StatusOK || !strings.Contains(home.Body, "Okta no longer vouches") {
		t.Errorf("status %d\n%s", home.StatusCode, home.Body)
	}
}
