package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestJourneyWithoutScripts(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.withoutScripts()
	b.open(a.URL + "/greet")
	b.signInWith(ada, "not-her-password")
	b.signIn(ada)
	b.waitURL(a.URL + "/greet")
	b.follow("#profile-button")
	if got := b.text("#claim-email"); got != ada {
		t.Errorf("the profile says %q", got)
	}
	if got := b.text("time"); !strings.Contains(got, "UTC") {
		t.Errorf("a time is shown as %q, want it with its zone", got)
	}
	b.click("details.raw summary")
	if got := b.text("#raw-json"); !strings.Contains(got, ada) {
		t.Errorf("the JSON reads %q", got)
	}
	if evaluate[bool](b, "document.querySelector('[data-copy]').checkVisibility()") {
		t.Error("there is a button to copy, which cannot work")
	}
	b.follow("#logout-button")
	b.waitFor("#login-button")
	if got := b.text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
	b.follow("#login-button")
	b.waitURL(a.Org.URL())
	b.waitFor(signInButton)
}

func TestSignOutPageWithoutScripts(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.withoutScripts()
	b.open(a.URL + "/login")
	b.signIn(ada)
	b.open(a.URL + logoutPath)
	b.follow("#confirm-sign-out")
	b.waitFor("#login-button")
	if got := b.text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
}

// TestEndASessionWithoutScripts goes from the profile to the list and ends the other
// browser's session.
func TestEndASessionWithoutScripts(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	other := newVisitor(t, a)
	other.signIn("/", ada)
	b := newTab(t)
	b.withoutScripts()
	b.open(a.URL + profilePath)
	b.signIn(ada)
	b.follow("#where-signed-in")
	b.waitURL(a.URL + sessionsPath)
	if got := b.text(".devices li:first-child"); !strings.Contains(got, "Chrome on Linux") || !strings.Contains(got, "This browser") {
		t.Errorf("this browser is %q", got)
	}
	b.follow(".devices form button")
	b.waitFor(".notice")
	if other.signedIn() {
		t.Error("the other browser is still signed in")
	}
	if got := b.text("main"); !strings.Contains(got, "signed in nowhere else") {
		t.Errorf("the page says %q", got)
	}
}

// TestFormPost has Okta answer with a form that it posts across sites, without our
// SameSite cookies.
func TestFormPost(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	t.Run("with scripts", func(t *testing.T) {
		b := newTab(t)
		b.open(a.URL + "/greet?n=1")
		b.signIn(ada)
		b.waitURL(a.URL + "/greet?n=1")
		if got := evaluate[int](b, "history.length"); got > 5 {
			t.Errorf("the sign-in left %d entries in the history", got)
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		b := newTab(t)
		b.withoutScripts()
		b.open(a.URL + "/greet?n=1")
		b.signIn(ada)
		b.waitURL(a.Org.URL())
		b.follow("#appForm button") // Continue, at Okta
		b.waitURL(a.URL + "/authorization-code/callback")
		b.follow("#go-on button") // Continue, here
		b.waitURL(a.URL + "/greet?n=1")
		b.waitFor("#logout-button")
	})
	t.Run("not assigned", func(t *testing.T) {
		b := newTab(t)
		b.open(a.URL + "/greet")
		b.signIn(eve)
		b.until("document.querySelector('h1').textContent === 'Okta did not let you in'")
	})
}
