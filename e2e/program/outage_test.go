package program_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
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
	a := drive.NewApp(t, nil)
	a.Org.Stop()
	a.Start()
	a.WaitFor("/healthz", http.StatusOK)
	a.WaitFor("/readyz", http.StatusServiceUnavailable)
	v := drive.NewVisitor(t, a)
	if r := v.Get("/"); r.StatusCode != http.StatusOK {
		t.Errorf("the front page answers %d", r.StatusCode)
	}
	wantUnreachable(t, v, drive.LoginPath)

	if err := a.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	// Nobody asks for /readyz: the sign-in itself finds Okta back.
	if r := v.SignIn("/greet", drive.Ada); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Heading(t), "Good ") {
		t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.Heading(t))
	}
	a.WaitFor("/readyz", http.StatusOK)
}

// TestOktaGoesAway takes Okta away from somebody signed in and somebody about to be.
func TestOktaGoesAway(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	inside := drive.NewVisitor(t, a)
	inside.SignIn("/", drive.Ada)
	outside := drive.NewVisitor(t, a)
	answer := stopAtCallback(outside)
	outside.SignIn("/greet", drive.Ada)

	a.Org.Stop()
	for _, path := range []string{"/", drive.ProfilePath, "/greet", "/api/me"} {
		if r := inside.Get(path); r.StatusCode != http.StatusOK || strings.Contains(r.Body, "Okta can&#39;t be reached") {
			t.Errorf("without Okta, %s answers %d to somebody signed in", path, r.StatusCode)
		}
	}
	outside.Client.CheckRedirect = nil
	wantUnreachable(t, outside, strings.TrimPrefix(*answer, a.URL))
	if outside.SignedIn() {
		t.Error("the broken sign-in made a session")
	}

	if err := a.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	if r := outside.SignIn("/greet", drive.Ada); !strings.HasPrefix(r.Heading(t), "Good ") {
		t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.Heading(t))
	}
}

// TestSignOutWithoutOkta signs out where Okta has never been seen: the session here
// ends, and the page says that Okta's may not have.
func TestSignOutWithoutOkta(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	v := drive.NewVisitor(t, a)
	v.SignIn("/", drive.Ada)
	a.Stop()
	a.Org.Stop()
	a.Start()
	a.WaitFor("/healthz", http.StatusOK)
	r, err := v.Send(a.URL+drive.LogoutPath, map[string][]string{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Heading(t) != "You are signed out" || !strings.Contains(r.Body, "You may still be signed in at Okta") {
		t.Errorf("sign-out answers %d %q", r.StatusCode, r.Heading(t))
	}
	if v.SignedIn() {
		t.Error("still signed in")
	}
}

// TestOktaHangs has Okta accept connections and say nothing.
func TestOktaHangs(t *testing.T) {
	t.Parallel()
	impatient := map[string]string{
		"OKTA_TIMEOUT":    oktaTimeout.String(),
		"DOCTOR_AT_START": "off", // people would wait for the answer to its questions, asked before Okta is back
	}
	hangAt := func(a *drive.App, where string) {
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
		a := drive.NewApp(t, impatient)
		hangAt(a, "discovery")
		a.Start()
		a.WaitFor("/healthz", http.StatusOK)
		v := drive.NewVisitor(t, a)
		wantUnreachable(t, v, drive.LoginPath)
		a.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
		if r := v.SignIn("/greet", drive.Ada); !strings.HasPrefix(r.Heading(t), "Good ") {
			t.Errorf("after Okta is back, the sign-in ends on %d %q", r.StatusCode, r.Heading(t))
		}
	})
	t.Run("at the token endpoint", func(t *testing.T) {
		t.Parallel()
		a := drive.StartApp(t, impatient)
		v := drive.NewVisitor(t, a)
		answer := stopAtCallback(v)
		v.SignIn("/greet", drive.Ada)
		v.Client.CheckRedirect = nil
		hangAt(a, "token")
		wantUnreachable(t, v, strings.TrimPrefix(*answer, a.URL))
	})
	t.Run("at userinfo", func(t *testing.T) {
		t.Parallel()
		a := drive.StartApp(t, impatient)
		hangAt(a, "userinfo")
		v := drive.NewVisitor(t, a)
		began := time.Now()
		if r := v.SignIn("/greet", drive.Ada); !strings.HasPrefix(r.Heading(t), "Good ") {
			t.Errorf("the sign-in ends on %d %q", r.StatusCode, r.Heading(t))
		}
		if took := time.Since(began); took > oktaTimeout+busy {
			t.Errorf("the sign-in took %s", took)
		}
	})
}

// stopAtCallback makes a visitor's sign-in stop short of the app's callback, whose
// address it returns.
func stopAtCallback(v *drive.Visitor) *string {
	var callback string
	v.Client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/authorization-code/callback" {
			callback = req.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &callback
}

// wantUnreachable expects the page that says that Okta is away, in time.
func wantUnreachable(t *testing.T, v *drive.Visitor, path string) {
	t.Helper()
	began := time.Now()
	r := v.Get(path)
	if r.StatusCode != http.StatusServiceUnavailable || r.Heading(t) != "Okta can't be reached" || r.Header.Get("Retry-After") == "" {
		t.Errorf("%s answers %d %q", path, r.StatusCode, r.Heading(t))
	}
	if took := time.Since(began); took > oktaTimeout+busy {
		t.Errorf("%s took %s", path, took)
	}
}
