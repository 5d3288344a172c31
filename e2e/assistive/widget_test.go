package assistive_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// People of the org.
const (
	hedy = "hedy@acme.test" // has two second factors
	nora = "nora@acme.test" // has to set up one
)

// TestWidgetByKeyboard signs in at Okta's widget with Tab, Enter and letters. The focus is shown at each stop.
func TestWidgetByKeyboard(t *testing.T) {
	t.Parallel()
	for name, classic := range map[string]bool{"identity": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
			b := drive.NewTab(t)
			b.Open(a.URL + "/greet")
			credentials(b, classic, drive.Ada)
			b.Leave(func() { b.Press(kb.Enter) })
			b.Until("location.href === " + drive.Quoted(a.URL+"/greet"))
			b.WaitFor("#logout-button")
		})
	}
}

// TestWidgetFactorsByKeyboard chooses a second factor, gives a wrong code and a right one.
func TestWidgetFactorsByKeyboard(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		classic bool
		code    string
		login   string
		before  string // what has to be pushed before
	}{
		"identity": {false, drive.IdxCode, hedy, `#sign-in-widget [data-se="google_otp"] .button`},
		"classic":  {true, drive.ClassicCode, "alan@acme.test", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			b := drive.NewTab(t)
			b.MayRefuse = a.Org.URL()
			b.Open(a.URL + "/greet")
			credentials(b, tc.classic, tc.login)
			b.Press(kb.Enter)
			if tc.before != "" {
				b.WaitFor(tc.before)
				enter(b, tc.before, drive.Shows(tc.code))
			}
			b.WaitFor(tc.code)
			b.KeyIn(tc.code, "000000")
			b.Press(kb.Enter)
			b.WaitFor(".o-form-input-error, .infobox-error")
			announced(b, "#sign-in-widget .infobox-error, #sign-in-widget .o-form-input-error", "alert")
			b.EnterAgain(tc.code, a.Org.TOTPCode(tc.login), a.URL+"/greet")
		})
	}
}

// enter goes to what selector finds in the widget and presses Enter until the condition holds: while the widget draws a
// form it is deaf.
func enter(b *drive.Tab, selector, condition string) {
	b.T.Helper()
	var pressed time.Time
	drive.Await(b.T, "what "+selector+" leads to", func() bool {
		if drive.Evaluate[bool](b, condition) {
			return true
		}
		if time.Since(pressed) > 5*time.Second {
			b.TabTo(selector)
			b.Press(kb.Enter)
			pressed = time.Now()
		}
		return false
	})
}

// credentials goes to the widget's first fields by Tab and types, until it keeps both: Classic's draws its form anew while
// it begins.
func credentials(b *drive.Tab, classic bool, login string) {
	b.T.Helper()
	if !classic {
		b.KeyIn(drive.IdxUser, login)
		b.Press(kb.Enter)
		b.KeyIn(drive.IdxCode, drive.PasswordOf(login))
		return
	}
	drive.Await(b.T, "the widget to keep both", func() bool {
		b.KeyIn(drive.ClassicUser, login)
		b.KeyIn(drive.ClassicPass, drive.PasswordOf(login))
		return drive.Evaluate[bool](b, "document.querySelector("+drive.Quoted(drive.ClassicUser)+")?.value === "+drive.Quoted(login))
	})
}
