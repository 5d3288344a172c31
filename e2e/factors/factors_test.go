package factors_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

const (
	katherine = "katherine@acme.test" // a code by mail
	alan      = "alan@acme.test"      // an authenticator app
)

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
