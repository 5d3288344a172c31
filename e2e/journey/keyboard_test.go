package journey_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
)

// TestKeyboardAlone makes the journey with Tab, Enter and letters.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL)
	b.Press(kb.Tab)
	if !drive.Evaluate[bool](b, "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0") {
		t.Error("the first stop is not a visible link to the content")
	}
	b.Press(kb.Enter)
	if !drive.Evaluate[bool](b, "document.activeElement.matches('main')") {
		t.Error("the skip link does not lead to the content")
	}
	b.Leave(func() { b.TabTo("#login-button"); b.Press(kb.Enter) })

	b.WaitFor(drive.UsernameField + ":focus") // it is where one types at once
	b.Press(drive.Ada)
	b.Press(kb.Tab)
	b.Press(drive.PasswordOf(drive.Ada))
	b.Leave(func() { b.Press(kb.Enter) })
	b.WaitURL(a.URL)

	b.Leave(func() { b.TabTo("#profile-button"); b.Press(kb.Enter) })
	if got := b.Text("#claim-email"); got != drive.Ada {
		t.Errorf("the profile says %q", got)
	}
	b.TabTo("details.raw summary")
	b.Press(kb.Enter)
	b.TabTo("[data-copy=raw-json]")
	b.Open(a.URL + drive.LogoutPath)
	b.Leave(func() { b.TabTo("#confirm-sign-out"); b.Press(kb.Enter) })
	b.WaitFor("#login-button")
	if got := b.Text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
}
