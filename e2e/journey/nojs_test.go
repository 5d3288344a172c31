package journey_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestJourneyWithoutScripts(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.WithoutScripts()
	b.Open(a.URL + "/greet")
	b.SignInWith(drive.Ada, "not-her-password")
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + "/greet")
	b.Follow("#profile-button")
	if got := b.Text("#claim-email"); got != drive.Ada {
		t.Errorf("the profile says %q", got)
	}
	if got := b.Text("time"); !strings.Contains(got, "UTC") {
		t.Errorf("a time is shown as %q, want it with its zone", got)
	}
	b.Click("details.raw summary")
	if got := b.Text("#raw-json"); !strings.Contains(got, drive.Ada) {
		t.Errorf("the JSON reads %q", got)
	}
	if drive.Evaluate[bool](b, "document.querySelector('[data-copy]').checkVisibility()") {
		t.Error("there is a button to copy, which cannot work")
	}
	b.Follow("#logout-button")
	b.WaitFor("#login-button")
	if got := b.Text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
	b.Follow("#login-button")
	b.WaitURL(a.Org.URL())
	b.WaitFor(drive.SignInButton)
}

func TestSignOutPageWithoutScripts(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.WithoutScripts()
	b.Open(a.URL + "/login")
	b.SignIn(drive.Ada)
	b.Open(a.URL + drive.LogoutPath)
	b.Follow("#confirm-sign-out")
	b.WaitFor("#login-button")
	if got := b.Text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
}

// TestEndASessionWithoutScripts goes from the profile to the list and ends the other
// browser's session.
func TestEndASessionWithoutScripts(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	other := drive.NewVisitor(t, a)
	other.SignIn("/", drive.Ada)
	b := drive.NewTab(t)
	b.WithoutScripts()
	b.Open(a.URL + drive.ProfilePath)
	b.SignIn(drive.Ada)
	b.Follow("#where-signed-in")
	b.WaitURL(a.URL + drive.SessionsPath)
	if got := b.Text(".devices li:first-child"); !strings.Contains(got, "Chrome on Linux") || !strings.Contains(got, "This browser") {
		t.Errorf("this browser is %q", got)
	}
	b.Follow(".devices form button")
	b.WaitFor(".notice")
	if other.SignedIn() {
		t.Error("the other browser is still signed in")
	}
	if got := b.Text("main"); !strings.Contains(got, "signed in nowhere else") {
		t.Errorf("the page says %q", got)
	}
}

// TestFormPost has Okta answer with a form that it posts across sites, without our
// SameSite cookies.
func TestFormPost(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	t.Run("with scripts", func(t *testing.T) {
		b := drive.NewTab(t)
		b.Open(a.URL + "/greet?n=1")
		b.SignIn(drive.Ada)
		b.WaitURL(a.URL + "/greet?n=1")
		if got := drive.Evaluate[int](b, "history.length"); got > 5 {
			t.Errorf("the sign-in left %d entries in the history", got)
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		b := drive.NewTab(t)
		b.WithoutScripts()
		b.Open(a.URL + "/greet?n=1")
		b.SignIn(drive.Ada)
		b.WaitURL(a.Org.URL())
		b.Follow("#appForm button") // Continue, at Okta
		b.WaitURL(a.URL + "/authorization-code/callback")
		b.Follow("#go-on button") // Continue, here
		b.WaitURL(a.URL + "/greet?n=1")
		b.WaitFor("#logout-button")
	})
	t.Run("not assigned", func(t *testing.T) {
		b := drive.NewTab(t)
		b.Open(a.URL + "/greet")
		b.SignIn(drive.Eve)
		b.Until("document.querySelector('h1').textContent === 'Okta did not let you in'")
	})
}
