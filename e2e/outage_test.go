package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// oktaTimeout is how long the app waits for Okta where Okta does not answer. busy is for a machine
// that is.
const (
	oktaTimeout = 500 * time.Millisecond
	busy        = 3 * time.Second
)

func TestOktaAwayAtStart(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.Org.Stop()
	a.start()
	a.waitFor("/healthz", http.StatusOK)
	a.waitFor("/readyz", http.StatusServiceUnavailable)
	v := newVisitor(t, a)
	if r := v.get("/"); r.StatusCode != http.StatusOK {
		t.Errorf("the front page answers %d", r.StatusCode)
	}
	wantUnreachable(t, v, loginPath)

	if err := a.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	// Nobody asks for /readyz: the sign-in itself finds Okta back.
	if r := v.signIn("/greet", ada); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.heading(t), "Good ") {
		t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.heading(t))
	}
	a.waitFor("/readyz", http.StatusOK)
}

// TestOktaGoesAway takes Okta away from somebody signed in and somebody about to be.
func TestOktaGoesAway(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	inside := newVisitor(t, a)
	inside.signIn("/", ada)
	outside := newVisitor(t, a)
	answer := stopAtCallback(outside)
	outside.signIn("/greet", ada)

	a.Org.Stop()
	for _, path := range []string{"/", profilePath, "/greet", "/api/me"} {
		if r := inside.get(path); r.StatusCode != http.StatusOK || strings.Contains(r.body, "reached") {
			t.Errorf("without Okta, %s answers %d to somebody signed in", path, r.StatusCode)
		}
	}
	outside.client.CheckRedirect = nil
	wantUnreachable(t, outside, strings.TrimPrefix(*answer, a.URL))
	if outside.signedIn() {
		t.Error("the broken sign-in made a session")
	}

	if err := a.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := outside.signIn("/greet", ada); !strings.HasPrefix(r.heading(t), "Good ") {
		t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.heading(t))
	}
}

// TestSignOutWithoutOkta signs out where Okta has never been seen: the session here
// ends, and the page says that Okta's may not have.
func TestSignOutWithoutOkta(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	v := newVisitor(t, a)
	v.signIn("/", ada)
	a.stop()
	a.Org.Stop()
	a.start()
	a.waitFor("/healthz", http.StatusOK)
	r, err := v.send(a.URL+logoutPath, map[string][]string{})
	if err != nil {
		t.Fatal(err)
	}
	if r.heading(t) != "You are signed out" || !strings.Contains(r.body, "You may still be signed in at Okta") {
		t.Errorf("sign-out answers %d %q", r.StatusCode, r.heading(t))
	}
	if v.signedIn() {
		t.Error("still signed in")
	}
}

// TestOktaHangs has Okta accept connections and say nothing.
func TestOktaHangs(t *testing.T) {
	t.Parallel()
	impatient := map[string]string{"OKTA_TIMEOUT": oktaTimeout.String()}
	hangAt := func(a *app, where string) {
		a.Org.Set(func(k *mockokta.Knobs) {
			k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
				if endpoint != where {
					return false
				}
				<-r.Context().Done()
				return true
			}
		})
	}
	t.Run("before the sign-in", func(t *testing.T) {
		t.Parallel()
		a := newApp(t, impatient)
		hangAt(a, "discovery")
		a.start()
		a.waitFor("/healthz", http.StatusOK)
		v := newVisitor(t, a)
		wantUnreachable(t, v, loginPath)
		a.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
		if r := v.signIn("/greet", ada); !strings.HasPrefix(r.heading(t), "Good ") {
			t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.heading(t))
		}
	})
	t.Run("at the token endpoint", func(t *testing.T) {
		t.Parallel()
		a := startApp(t, impatient)
		v := newVisitor(t, a)
		answer := stopAtCallback(v)
		v.signIn("/greet", ada)
		v.client.CheckRedirect = nil
		hangAt(a, "token")
		wantUnreachable(t, v, strings.TrimPrefix(*answer, a.URL))
	})
	t.Run("at userinfo", func(t *testing.T) {
		t.Parallel()
		a := startApp(t, impatient)
		hangAt(a, "userinfo")
		v := newVisitor(t, a)
		began := time.Now()
		if r := v.signIn("/greet", ada); !strings.HasPrefix(r.heading(t), "Good ") {
			t.Errorf("the sign-in ends on %d %q", r.StatusCode, r.heading(t))
		}
		if took := time.Since(began); took > oktaTimeout+busy {
			t.Errorf("the sign-in took %s", took)
		}
	})
}

// stopAtCallback makes a visitor's sign-in stop short of the app's callback, whose
// address it returns.
func stopAtCallback(v *visitor) *string {
	var callback string
	v.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/authorization-code/callback" {
			callback = req.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &callback
}

// wantUnreachable expects the page that says that Okta is away, in time.
func wantUnreachable(t *testing.T, v *visitor, path string) {
	t.Helper()
	began := time.Now()
	r := v.get(path)
	if r.StatusCode != http.StatusServiceUnavailable || r.heading(t) != "Okta can't be reached" || r.Header.Get("Retry-After") == "" {
		t.Errorf("%s answers %d %q", path, r.StatusCode, r.heading(t))
	}
	if took := time.Since(began); took > oktaTimeout+busy {
		t.Errorf("%s took %s", path, took)
	}
}
