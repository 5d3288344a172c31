package assistive_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// push goes to a button or link with Tab, presses Enter, and waits for the page that this leads to.
func push(b *drive.Tab, selector string) {
	b.T.Helper()
	b.TabTo(selector)
	b.Leave(func() { b.Press(kb.Enter) })
}

// signIn signs login in on the stand-in's page, which has the focus in the field for the name.
func signIn(b *drive.Tab, login string) {
	b.T.Helper()
	b.WaitFor(drive.UsernameField + ":focus")
	b.Press(login + kb.Tab + drive.PasswordOf(login))
	b.Leave(func() { b.Press(kb.Enter) })
}

// TestConsoleByKeyboard finds somebody in the operator's console and ends all their sessions, with Tab, Enter and letters.
func TestConsoleByKeyboard(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	other := drive.NewTab(t)
	other.Open(a.URL + "/login?return_to=/greet")
	other.SignIn("grace@acme.test")

	b := drive.NewTab(t)
	b.Open(a.URL + "/admin/sessions")
	signIn(b, drive.Ada)
	b.WaitURL(a.URL + "/admin/sessions")
	b.TabTo("#q")
	b.Press("hopper")
	b.Leave(func() { b.Press(kb.Enter) })
	push(b, `a[href^="/admin/sessions?q=00u9mockGraceHop"]`)
	push(b, "#end-all")
	announced(b, ".notice", "status")
	other.Open(a.URL + "/greet")
	if other.Has("#logout-button") {
		t.Error("Grace is still signed in")
	}
}

// TestSessionsByKeyboard ends the sessions of other browsers, and switches the language of the page.
func TestSessionsByKeyboard(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	other := drive.NewTab(t)
	other.Open(a.URL + "/login?return_to=/greet")
	other.SignIn(drive.Ada)

	b := drive.NewTab(t)
	b.Open(a.URL + drive.SessionsPath)
	signIn(b, drive.Ada)
	push(b, "#end-others")
	announced(b, ".notice", "status")
	b.TabTo(".languages summary")
	b.Press(kb.Enter)
	push(b, `.languages button[lang="de"]`)
	if got := drive.Evaluate[string](b, "document.documentElement.lang"); got != "de" {
		t.Errorf("the page is in %q, want German", got)
	}
	push(b, "#logout-button")
	b.WaitFor("#login-button")
}

// TestPopupByKeyboard signs in from a front end in a window of the app: the window has the focus in the field for the
// name, and the front end gets it back where it says who is there.
func TestPopupByKeyboard(t *testing.T) {
	t.Parallel()
	origin, a := hosts.FrontEnd(t)
	b := drive.NewTab(t)
	b.MayRefuse = a.URL
	b.Open(origin)
	b.WaitFor("#signed-out:not([hidden])")
	announced(b, "#status", "status")
	b.TabTo("#sign-in-button")
	window := b.PopupAfter(func() { b.Press(kb.Enter) })
	window.WaitFor(drive.UsernameField + ":focus")
	window.Press(drive.Ada + kb.Tab + drive.PasswordOf(drive.Ada) + kb.Enter)
	b.WaitFor("#message-1")
	if got := b.Text("#status"); !strings.Contains(got, "signed in") {
		t.Errorf("the front end announces %q", got)
	}
	if got := drive.Evaluate[string](b, "document.activeElement.id"); got != "heading" {
		t.Errorf("the focus is at %q, want the heading that says who is there", got)
	}
	b.TabTo("#sign-out-button")
	window = b.PopupAfter(func() { b.Press(kb.Enter) })
	b.WaitFor("#signed-out:not([hidden])")
	window.Close()
}

// TestStandInsFactorsByKeyboard gives the code of an authenticator app, and sets one up, on the hosted pages.
func TestStandInsFactorsByKeyboard(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	for name, login := range map[string]string{"has one": "alan@acme.test", "chooses": hedy, "sets one up": nora} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Open(a.URL + "/login?return_to=/greet")
			signIn(b, login)
			if login == hedy {
				push(b, `button[name=factor][value=totp]`)
			}
			b.WaitFor("#code:focus")
			b.Press("000000")
			b.Leave(func() { b.Press(kb.Enter) })
			announced(b, "#error", "alert")
			b.WaitFor("#code:focus")
			b.Press(a.Org.TOTPCode(login))
			b.Leave(func() { b.Press(kb.Enter) })
			b.WaitURL(a.URL + "/greet")
		})
	}
}
