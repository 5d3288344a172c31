package sessions_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestOneRenewalForRequestsThatComeTogether(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		b := app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		for round := 1; round <= 3; round++ {
			app.Clock.Add(time.Hour)
			for i, r := range app.Together(b, 20, apptest.ProfilePath) {
				if r.StatusCode != http.StatusOK {
					t.Errorf("round %d, request %d: status %d", round, i, r.StatusCode)
				}
			}
			if got := app.Renewals(); got != round {
				t.Errorf("%d renewals after round %d", got, round)
			}
		}
		if !b.SignedIn() {
			t.Error("signed out")
		}
	})
}

func TestLateRequestWithOldCookies(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		b := app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		first := b.Copy()
		for range 3 {
			app.Clock.Add(time.Hour)
			b.Me()
		}
		late := first.Get(apptest.ProfilePath)
		if late.StatusCode != http.StatusOK || !first.SignedIn() || !b.SignedIn() {
			t.Errorf("a late request: status %d", late.StatusCode)
		}
		if got := app.Renewals(); got != 3 {
			t.Errorf("%d renewals, want 3", got)
		}
		app.Clock.Add(time.Hour)
		if !first.SignedIn() || !b.SignedIn() || app.Renewals() != 4 {
			t.Errorf("an hour later: %d renewals, want 4", app.Renewals())
		}
	})
}

// holdRenewal makes the token endpoint say when it is asked, and wait.
func holdRenewal(a *apptest.App) (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "token" {
				select {
				case begun <- struct{}{}:
				default:
				}
				<-gate
			}
			return false
		}
	})
	return begun, sync.OnceFunc(func() { close(gate) })
}

func TestRenewalOutlivesItsClient(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		b := app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		app.Clock.Add(time.Hour)

		asked, release := holdRenewal(app.App)
		defer release()
		ctx, giveUp := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, app.URL+apptest.ProfilePath, nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			<-asked
			giveUp()
		}()
		if resp, err := b.Client.Do(req); err == nil {
			t.Fatalf("the request was answered: status %d", resp.StatusCode)
		}
		release()
		testkit.AwaitBeside(t, "the renewal to be kept", func() bool { return app.Events("renewed") == 1 })
		if !b.SignedIn() || app.Renewals() != 1 {
			t.Errorf("signed in %v after %d renewals", b.SignedIn(), app.Renewals())
		}
	})
}

// holdAnswer is holdRenewal when the refresh token is spent already.
func holdAnswer(a *apptest.App) (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.Org.Set(func(k *mockokta.Knobs) {
		k.TamperToken = func(map[string]any) {
			begun <- struct{}{}
			<-gate
		}
	})
	return begun, sync.OnceFunc(func() { close(gate) })
}

// TestRenewalThatEndsAfterSignOut: Okta answers late, and gives new tokens in spite
// of the sign-out. They are revoked too.
func TestRenewalThatEndsAfterSignOut(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		b := app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		other := b.Copy()
		app.Clock.Add(time.Hour)

		asked, release := holdAnswer(app.App)
		defer release()
		late := make(chan testkit.Reply, 1)
		go func() { late <- other.Get(apptest.ProfilePath, "X-Replica", "0") }()
		testkit.Receive(t, asked)
		if r := b.Post(testkit.LogoutPath, nil); r.StatusCode != http.StatusOK {
			t.Fatalf("sign-out: status %d", r.StatusCode)
		}
		release()
		if r := testkit.Receive(t, late); r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusUnauthorized {
			t.Errorf("the request that renewed: status %d", r.StatusCode)
		}
		if other.SignedIn() || b.SignedIn() {
			t.Error("the session is back")
		}
		if got := app.Org.Count("revoke"); got != 2 {
			t.Errorf("%d refresh tokens revoked, want the old and the new one", got)
		}
		app.Clock.Add(time.Hour)
		if other.SignedIn() || app.Events("renewed") != 0 {
			t.Error("the session is back an hour later")
		}
	})
}
