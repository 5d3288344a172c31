package sessions_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// TestOktaAway: a failure that says nothing of the person leaves the session as it
// is, until the grace is over. Then nobody passes by it: it waits where Okta can't be asked, and
// ends where Okta has an answer that is no token.
func TestOktaAway(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(w http.ResponseWriter)
		ends   bool
	}{
		"unavailable": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) }, false},
		"too many": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusTooManyRequests)
		}, false},
		"connection cut": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, false},
		"no OAuth":       {func(w http.ResponseWriter) { io.WriteString(w, "<h1>Maintenance</h1>") }, true},
		"wrong secret":   {func(w http.ResponseWriter) { refuse(w, http.StatusUnauthorized, "invalid_client") }, true},
		"grant withheld": {func(w http.ResponseWriter) { refuse(w, http.StatusBadRequest, "unauthorized_client") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("SESSION_RENEW_GRACE", "10m")})
			b, other := app.Browser(), app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			other.SignIn(apptest.ProfilePath, testkit.Grace)
			var asked atomic.Int64
			app.Org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(endpoint string, w http.ResponseWriter, _ *http.Request) bool {
					if endpoint == "token" {
						asked.Add(1)
						tc.answer(w)
					}
					return endpoint == "token"
				}
			})
			app.Clock.Add(time.Hour)
			for range 5 {
				if r := b.Get(apptest.ProfilePath); r.StatusCode != http.StatusOK {
					t.Fatalf("within the grace: status %d", r.StatusCode)
				}
			}
			if got := asked.Load(); got != 1 {
				t.Errorf("Okta was asked %d times at once, want 1", got)
			}
			app.Clock.Add(6 * time.Second)
			b.Get(apptest.ProfilePath)
			if got := asked.Load(); got != 2 {
				t.Errorf("Okta was asked %d times after a while, want 2", got)
			}
			if got := app.Events("renewal_failed"); got != 2 {
				t.Errorf("%d failed renewals in the log, want 2", got)
			}

			app.Clock.Add(10 * time.Minute)
			r := b.Get(apptest.ProfilePath)
			if tc.ends {
				if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Body, "Your session has ended") {
					t.Errorf("after the grace: status %d", r.StatusCode)
				}
				if b.SignedIn() || app.Events("renewal_refused") != 1 {
					t.Error("signed in after the grace")
				}
			} else {
				before := asked.Load()
				for range 3 { // Okta is not asked again at once
					if r = b.Get(apptest.ProfilePath); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || strings.Contains(r.Body, "Lovelace") {
						t.Fatalf("after the grace: status %d\n%s", r.StatusCode, r.Body)
					}
				}
				if me := b.Get("/api/me"); me.StatusCode != http.StatusServiceUnavailable || !strings.Contains(me.Body, `"session_unconfirmed"`) {
					t.Errorf("after the grace a script gets %d\n%s", me.StatusCode, me.Body)
				}
				if got := asked.Load() - before; got != 0 || app.Events("renewal_refused") != 0 {
					t.Errorf("%d more requests to Okta, %d sessions ended", got, app.Events("renewal_refused"))
				}
				if r := b.Get("/"); r.StatusCode != http.StatusOK || strings.Contains(r.Body, "Lovelace") {
					t.Errorf("after the grace the front page answers %d\n%s", r.StatusCode, r.Body)
				}
			}
			app.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
			app.Clock.Add(time.Minute) // Okta is asked again
			if b.SignedIn() == tc.ends {
				t.Errorf("when Okta is back the person is signed in: %v", !tc.ends)
			}
			if !other.SignedIn() {
				t.Error("whose renewal nobody refused is signed out")
			}
		})
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":%q,"error_description":"No."}`, code)
}

func TestOktaComesBackWithinTheGrace(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing()})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Org.Stop()
	app.Clock.Add(time.Hour)
	if !b.SignedIn() {
		t.Fatal("signed out while Okta is away")
	}
	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	app.Clock.Add(10 * time.Minute)
	if !b.SignedIn() || app.Events("renewed") != 1 {
		t.Errorf("%d renewals", app.Events("renewed"))
	}
}

// TestHangingOktaHoldsUpOnePerson: who has waited in vain waits for all.
func TestHangingOktaHoldsUpOnePerson(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
	first, second := app.Browser(), app.Browser()
	first.SignIn(apptest.ProfilePath, testkit.Ada)
	second.SignIn(apptest.ProfilePath, testkit.Grace)
	app.Hurry()
	asked, release := holdRenewal(app.App)
	defer release()
	app.Clock.Add(time.Hour)
	began := time.Now()
	if !first.SignedIn() {
		t.Error("signed out")
	}
	if waited := time.Since(began); waited > 9*time.Second {
		t.Errorf("waited %v", waited)
	}
	testkit.Receive(t, asked)
	began = time.Now()
	if !second.SignedIn() || !first.SignedIn() {
		t.Error("signed out")
	}
	if waited := time.Since(began); waited > 2*time.Second {
		t.Errorf("the next ones waited %v", waited)
	}
	select {
	case <-asked:
		t.Error("Okta was asked again at once")
	default:
	}
}
