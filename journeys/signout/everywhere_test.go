package signout_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// countRevoked counts the refresh tokens that Okta is told to forget.
func countRevoked(a *apptest.App) *atomic.Int64 {
	var revoked atomic.Int64
	a.Org.Set(func(k *mockokta.Knobs) {
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
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		b, other := app.Browser(), app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		other.SignIn(apptest.ProfilePath, testkit.Ada)
		revoked := countRevoked(app.App)
		r := b.Post(testkit.LogoutPath, nil)
		if r.StatusCode != http.StatusOK || revoked.Load() != 1 {
			t.Errorf("status %d, %d tokens revoked", r.StatusCode, revoked.Load())
		}
		page := b.Follow(r)
		if page.StatusCode != http.StatusOK || !strings.Contains(page.Body, "signed out") {
			t.Errorf("back from Okta: status %d", page.StatusCode)
		}
		app.Clock.Add(time.Hour)
		if b.SignedIn() || !other.SignedIn() {
			t.Error("the wrong session ended")
		}
	})
}

// TestSignOutWhileOktaHangs: the session here ends first, and nobody waits long for
// the rest.
func TestSignOutWhileOktaHangs(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Hurry()
	stolen := b.Copy()
	asked := make(chan struct{}, 1)
	app.Org.Set(func(k *mockokta.Knobs) {
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
	answer := make(chan testkit.Reply, 1)
	go func() { answer <- b.Post(testkit.LogoutPath, nil) }()
	testkit.Receive(t, asked)
	if stolen.SignedIn() {
		t.Error("Okta is asked before the session has ended here")
	}
	if r := testkit.Receive(t, answer); r.StatusCode != http.StatusOK || !strings.Contains(b.Get(r.Onward(t)).Location(), "/v1/logout") {
		t.Errorf("status %d to %s", r.StatusCode, r.Location())
	}
	if waited := time.Since(began); waited > 4*time.Second {
		t.Errorf("waited %v", waited)
	}
	if b.SignedIn() {
		t.Error("still signed in")
	}
	if !strings.Contains(app.Logs.String(), "token not revoked") {
		t.Error("the log does not say that the token was not revoked")
	}
}

func TestSignOutEverywhereOnEveryStore(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		laptop, phone, tablet, other := app.Browser(), app.Browser(), app.Browser(), app.Browser()
		for _, b := range []*apptest.Browser{laptop, phone, tablet} {
			b.SignIn(apptest.ProfilePath, testkit.Ada)
		}
		other.SignIn(apptest.ProfilePath, testkit.Grace)
		revoked := countRevoked(app.App)

		button := laptop.Get(apptest.ProfilePath).Page(t).Find("#sign-out-everywhere").Closest("form")
		if button.AttrOr("method", "") != "post" || button.AttrOr("action", "") != testkit.LogoutPath {
			t.Fatal("no button on the profile page")
		}
		page := laptop.Follow(laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}}))
		if page.StatusCode != http.StatusOK || !strings.Contains(page.Body, "All your sessions with this app have ended") {
			t.Errorf("status %d\n%s", page.StatusCode, page.Body)
		}
		for name, b := range map[string]*apptest.Browser{"laptop": laptop, "phone": phone, "tablet": tablet} {
			for range app.Engines {
				if b.SignedIn() {
					t.Errorf("%s: still signed in", name)
				}
			}
		}
		if !other.SignedIn() {
			t.Error("another person was signed out")
		}
		// Only Redis knows the other browsers' tokens.
		want := int64(1)
		if app.Env["SESSION_STORE"] != "" {
			want = 3
		}
		if got := revoked.Load(); got != want {
			t.Errorf("%d refresh tokens revoked, want %d", got, want)
		}
		asked := phone.SignIn(apptest.ProfilePath, testkit.Ada) // for a password, though Okta knows the browser
		if page := phone.Follow(phone.Submit(asked, url.Values{"username": {testkit.Ada}, "password": {testkit.PasswordOf(testkit.Ada)}})); page.StatusCode != http.StatusOK || !phone.SignedIn() {
			t.Errorf("a new sign-in: status %d", page.StatusCode)
		}
	})
}
