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
	for name, tc := range map[string]struct {
		classic        bool
		user, password string
		onePage        bool // asks for both at once
	}{
		"identity": {false, drive.IdxUser, drive.IdxCode, false},
		"classic":  {true, drive.ClassicUser, drive.ClassicPass, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			b := drive.NewTab(t)
			b.Open(a.URL + "/greet")
			b.KeyIn(tc.user, drive.Ada)
			if !tc.onePage {
				b.Press(kb.Enter)
			}
			b.KeyIn(tc.password, drive.PasswordOf(drive.Ada))
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
		classic              bool
		user, password, code string
		login                string
		before               string // what has to be pushed before
	}{
		"identity": {false, drive.IdxUser, drive.IdxCode, drive.IdxCode, hedy, `#sign-in-widget [data-se="google_otp"] .button`},
		"classic":  {true, drive.ClassicUser, drive.ClassicPass, drive.ClassicCode, "alan@acme.test", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			b := drive.NewTab(t)
			b.MayRefuse = a.Org.URL()
			b.Open(a.URL + "/greet")
			b.KeyIn(tc.user, tc.login)
			if !tc.classic {
				b.Press(kb.Enter)
			}
			b.KeyIn(tc.password, drive.PasswordOf(tc.login))
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
