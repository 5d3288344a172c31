package widget_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

const (
	katherine = "katherine@acme.test" // a code by mail
	alan      = "alan@acme.test"      // an authenticator app
	lou       = "lou@acme.test"       // locked out
)

func TestWidgetJourney(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet?n=1")
		b.WaitURL(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, drive.Ada, "not-her-password")
		if got := b.Text(".infobox-error"); got != "Unable to sign in" {
			t.Errorf("a wrong password is answered with %q", got)
		}
		if drive.SessionCookie(b.Cookies(a.URL)) != nil {
			t.Error("a wrong password made a session")
		}
		b.EnterAgain(map[bool]string{false: drive.IdxCode, true: drive.ClassicPass}[classic], drive.PasswordOf(drive.Ada), a.URL+"/greet?n=1")
		if got := b.Text("h1"); !strings.Contains(got, "Ada") {
			t.Errorf("the greeting is %q", got)
		}
		for _, cookie := range b.Cookies(a.URL) {
			if !cookie.HTTPOnly || strings.Contains(cookie.Value, "ada") {
				t.Errorf("the widget has left the cookie %s for scripts to read", cookie.Name)
			}
		}

		b.Do("go back", chromedp.NavigateBack()) // to the sign-in that is over
		b.Until("location.href === " + drive.Quoted(a.URL+"/greet?n=1"))
		b.WaitFor("#logout-button")
		b.Follow("#logout-button")
		b.WaitFor("#login-button")
		b.Follow("#login-button")
		b.WaitURL(a.URL + drive.CustomPath)
	})
}

func TestWidgetSecondFactors(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		code := map[bool]string{false: drive.IdxCode, true: drive.ClassicCode}[classic]
		t.Run("authenticator app", func(t *testing.T) {
			b := drive.NewTab(t)
			b.MayRefuse = a.Org.URL()
			b.Open(a.URL + "/greet")
			b.WidgetPassword(classic, alan, drive.PasswordOf(alan))
			b.WaitWords("Google Authenticator")
			b.WaitFor(code)
			b.Enter(code, "000000")
			b.WaitFor(".o-form-input-error, .infobox-error")
			b.EnterAgain(code, a.Org.TOTPCode(alan), a.URL+"/greet")
		})
		t.Run("choice", func(t *testing.T) {
			const hedy = "hedy@acme.test" // has both
			b := drive.NewTab(t)
			b.Open(a.URL + "/greet")
			b.WidgetPassword(classic, hedy, drive.PasswordOf(hedy))
			if classic {
				b.Until("document.querySelector('#sign-in-widget .factors-dropdown-wrap a, #sign-in-widget [data-se=\"factors-dropdown\"]')?.checkVisibility()")
				b.Look(1280, "dark")
				b.Screenshot("widget-classic-choice")
				return
			}
			b.WaitFor(`#sign-in-widget [data-se="google_otp"] .button`)
			drive.Evaluate[bool](b, "document.querySelector('#sign-in-widget [data-se=\"google_otp\"] .button').click(), true")
			b.WaitWords("Verify with Google Authenticator")
			b.WaitFor(code)
			b.EnterAgain(code, a.Org.TOTPCode(hedy), a.URL+"/greet")
		})
		t.Run("mail", func(t *testing.T) {
			b := drive.NewTab(t)
			b.Open(a.URL + "/greet")
			b.WidgetPassword(classic, katherine, drive.PasswordOf(katherine))
			if classic {
				b.WaitWords("Send a verification code")
				b.Until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
				drive.Evaluate[bool](b, "document.querySelector('#sign-in-widget .button-primary').click(), true")
			} else {
				b.WaitWords("Verify with your email")
			}
			drive.Await(t, "the mail", func() bool { return a.Org.MailedCode(katherine) != "" })
			b.WaitFor(code)
			b.Enter(code, a.Org.MailedCode(katherine))
			b.WaitURL(a.URL + "/greet")
		})
	})
}

func TestWidgetLockedOut(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		for _, revealed := range []bool{false, true} {
			a.Org.Set(func(k *mockokta.Knobs) { k.RevealLockout = revealed })
			b := drive.NewTab(t)
			b.MayRefuse = a.Org.URL()
			b.Open(a.URL + "/greet")
			b.WidgetPassword(classic, lou, drive.PasswordOf(lou))
			want := "Unable to sign in"
			if revealed {
				want = "Your account is locked"
			}
			b.WaitWords(want)
		}
	})
}

func TestWidgetNotAssigned(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet")
		b.WidgetPassword(classic, drive.Eve, drive.PasswordOf(drive.Eve))
		if classic { // the org says so at the authorize endpoint
			b.Until("document.querySelector('main').innerText.includes('User is not assigned to the client application.')")
		} else {
			b.WaitWords("User is not assigned to this application.")
		}
		if drive.SessionCookie(b.Cookies(a.URL)) != nil {
			t.Error("there is a session")
		}
	})
}

func TestWidgetReloadGoesOn(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.Enter(drive.IdxUser, drive.Ada)
	b.WaitFor(drive.IdxCode)
	b.Do("reload", chromedp.Reload())
	b.WaitFor(drive.IdxCode) // and not who it is once more
	if got := b.Text("#sign-in-widget"); !strings.Contains(got, drive.Ada) {
		t.Errorf("after a reload the widget says %q", got)
	}
	b.Enter(drive.IdxCode, drive.PasswordOf(drive.Ada))
	b.WaitURL(a.URL + "/greet")
}

func TestWidgetMagicLink(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	a.Org.Set(func(k *mockokta.Knobs) { k.MagicLink = true })
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.WidgetPassword(false, katherine, drive.PasswordOf(katherine))
	drive.Await(t, "the mail", func() bool { return a.Org.MailedCode(katherine) != "" })
	link := a.Org.Mails()[0].Link

	elsewhere := drive.NewTab(t)
	if status := elsewhere.Open(link); status != 400 {
		t.Errorf("in another browser the link answers %d, want 400", status)
	}
	if got := elsewhere.Text("h1"); got != "This link belongs to a sign-in elsewhere" {
		t.Errorf("in another browser the link says %q", got)
	}
	second := b.Another()
	second.Open(link)
	second.WaitURL(a.URL + "/greet")
}
