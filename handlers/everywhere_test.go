package handlers_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// countRevoked counts the refresh tokens that Okta is told to forget.
func (a *app) countRevoked() *atomic.Int64 {
	var revoked atomic.Int64
	a.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
			if endpoint == "revoke" {
				revoked.Add(1)
			}
			return false
		}
	})
	return &revoked
}

func TestSignOutRevokesTheRefreshToken(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b, other := app.browser(), app.browser()
		b.signIn(profilePath, ada)
		other.signIn(profilePath, ada)
		revoked := app.countRevoked()
		r := b.post(logoutPath, nil)
		if r.StatusCode != http.StatusOK || revoked.Load() != 1 {
			t.Errorf("status %d, %d tokens revoked", r.StatusCode, revoked.Load())
		}
		page := b.follow(r)
		if page.StatusCode != http.StatusOK || !strings.Contains(page.body, "signed out") {
			t.Errorf("back from Okta: status %d", page.StatusCode)
		}
		app.clock.add(time.Hour)
		if b.signedIn() || !other.signedIn() {
			t.Error("the wrong session ended")
		}
	})
}

// TestSignOutWhileOktaHangs: the session here ends first, and nobody waits long for
// the rest.
func TestSignOutWhileOktaHangs(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing("OKTA_TIMEOUT", impatient)})
	b := app.browser()
	b.signIn(profilePath, ada)
	stolen := copyOf(b)
	asked := make(chan struct{}, 1)
	app.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			if endpoint != "revoke" {
				return false
			}
			asked <- struct{}{}
			io.Copy(io.Discard, r.Body) // only then is it noticed that the client has gone
			<-r.Context().Done()
			return true
		}
	})
	began := time.Now()
	answer := make(chan reply, 1)
	go func() { answer <- b.post(logoutPath, nil) }()
	receive(t, asked)
	if stolen.signedIn() {
		t.Error("Okta is asked before the session has ended here")
	}
	if r := receive(t, answer); r.StatusCode != http.StatusOK || !strings.Contains(b.get(r.onward(t)).location(), "/v1/logout") {
		t.Errorf("status %d to %s", r.StatusCode, r.location())
	}
	if waited := time.Since(began); waited > 4*time.Second {
		t.Errorf("waited %v", waited)
	}
	if b.signedIn() {
		t.Error("still signed in")
	}
	if !strings.Contains(app.logs.String(), "token not revoked") {
		t.Error("the log does not say that the token was not revoked")
	}
}

func TestSignOutEverywhereOnEveryStore(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		laptop, phone, tablet, other := app.browser(), app.browser(), app.browser(), app.browser()
		for _, b := range []*browser{laptop, phone, tablet} {
			b.signIn(profilePath, ada)
		}
		other.signIn(profilePath, grace)
		revoked := app.countRevoked()

		button := laptop.get(profilePath).page(t).Find("#sign-out-everywhere").Closest("form")
		if button.AttrOr("method", "") != "post" || button.AttrOr("action", "") != logoutPath {
			t.Fatal("no button on the profile page")
		}
		page := laptop.follow(laptop.post(logoutPath, url.Values{"everywhere": {"1"}}))
		if page.StatusCode != http.StatusOK || !strings.Contains(page.body, "All your sessions with this app have ended") {
			t.Errorf("status %d\n%s", page.StatusCode, page.body)
		}
		for name, b := range map[string]*browser{"laptop": laptop, "phone": phone, "tablet": tablet} {
			for range app.engines {
				if b.signedIn() {
					t.Errorf("%s: still signed in", name)
				}
			}
		}
		if !other.signedIn() {
			t.Error("another person was signed out")
		}
		// Only Redis knows the other browsers' tokens.
		want := int64(1)
		if app.env["SESSION_STORE"] != "" {
			want = 3
		}
		if got := revoked.Load(); got != want {
			t.Errorf("%d refresh tokens revoked, want %d", got, want)
		}
		asked := phone.signIn(profilePath, ada) // for a password, though Okta knows the browser
		if page := phone.follow(phone.submit(asked, url.Values{"username": {ada}, "password": {passwordOf(ada)}})); page.StatusCode != http.StatusOK || !phone.signedIn() {
			t.Errorf("a new sign-in: status %d", page.StatusCode)
		}
	})
}
