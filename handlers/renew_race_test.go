package handlers_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestOneRenewalForRequestsThatComeTogether(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		for round := 1; round <= 3; round++ {
			app.clock.add(time.Hour)
			for i, r := range app.together(b, 20, profilePath) {
				if r.StatusCode != http.StatusOK {
					t.Errorf("round %d, request %d: status %d", round, i, r.StatusCode)
				}
			}
			if got := app.renewals(); got != round {
				t.Errorf("%d renewals after round %d", got, round)
			}
		}
		if !b.signedIn() {
			t.Error("signed out")
		}
	})
}

func TestLateRequestWithOldCookies(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		first := copyOf(b)
		for range 3 {
			app.clock.add(time.Hour)
			b.me()
		}
		late := first.get(profilePath)
		if late.StatusCode != http.StatusOK || !first.signedIn() || !b.signedIn() {
			t.Errorf("a late request: status %d", late.StatusCode)
		}
		if got := app.renewals(); got != 3 {
			t.Errorf("%d renewals, want 3", got)
		}
		app.clock.add(time.Hour)
		if !first.signedIn() || !b.signedIn() || app.renewals() != 4 {
			t.Errorf("an hour later: %d renewals, want 4", app.renewals())
		}
	})
}

// holdRenewal makes the token endpoint say when it is asked, and wait.
func (a *app) holdRenewal() (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.org.Set(func(k *mockokta.Knobs) {
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
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		app.clock.add(time.Hour)

		asked, release := app.holdRenewal()
		defer release()
		ctx, giveUp := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, app.URL+profilePath, nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			<-asked
			giveUp()
		}()
		if resp, err := b.client.Do(req); err == nil {
			t.Fatalf("the request was answered: status %d", resp.StatusCode)
		}
		release()
		await(t, "the renewal to be kept", func() bool { return app.events("renewed") == 1 })
		if !b.signedIn() || app.renewals() != 1 {
			t.Errorf("signed in %v after %d renewals", b.signedIn(), app.renewals())
		}
	})
}

// holdAnswer is holdRenewal when the refresh token is spent already.
func (a *app) holdAnswer() (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.org.Set(func(k *mockokta.Knobs) {
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
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		other := copyOf(b)
		app.clock.add(time.Hour)

		asked, release := app.holdAnswer()
		defer release()
		late := make(chan reply, 1)
		go func() { late <- other.get(profilePath, "X-Replica", "0") }()
		receive(t, asked)
		if r := b.post(logoutPath, nil); r.StatusCode != http.StatusOK {
			t.Fatalf("sign-out: status %d", r.StatusCode)
		}
		release()
		if r := receive(t, late); r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusUnauthorized {
			t.Errorf("the request that renewed: status %d", r.StatusCode)
		}
		if other.signedIn() || b.signedIn() {
			t.Error("the session is back")
		}
		if got := app.org.Count("revoke"); got != 2 {
			t.Errorf("%d refresh tokens revoked, want the old and the new one", got)
		}
		app.clock.add(time.Hour)
		if other.signedIn() || app.events("renewed") != 0 {
			t.Error("the session is back an hour later")
		}
	})
}
