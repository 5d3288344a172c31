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
// is, until the grace is over.
func TestOktaAway(t *testing.T) {
	t.Parallel()
	answers := map[string]func(w http.ResponseWriter){
		"unavailable": func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"too many": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"no OAuth":       func(w http.ResponseWriter) { io.WriteString(w, "<h1>Maintenance</h1>") },
		"wrong secret":   func(w http.ResponseWriter) { refuse(w, http.StatusUnauthorized, "invalid_client") },
		"grant withheld": func(w http.ResponseWriter) { refuse(w, http.StatusBadRequest, "unauthorized_client") },
		"connection cut": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	for name, answer := range answers {
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
						answer(w)
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
			if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Body, "Your session has ended") {
				t.Errorf("after the grace: status %d", r.StatusCode)
			}
			if b.SignedIn() || app.Events("renewal_refused") != 1 {
				t.Error("signed in after the grace")
			}
			app.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
			app.Clock.Add(6 * time.Second) // Okta is asked again
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
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing("OKTA_TIMEOUT", apptest.Impatient)})
	first, second := app.Browser(), app.Browser()
	first.SignIn(apptest.ProfilePath, testkit.Ada)
	second.SignIn(apptest.ProfilePath, testkit.Grace)
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
