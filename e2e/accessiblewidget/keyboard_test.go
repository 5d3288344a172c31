package accessiblewidget_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
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
			r := audit.NewReader(t, "en")
			r.Open(a.URL + "/greet")
			r.KeyIn(tc.user, drive.Ada)
			if !tc.onePage {
				r.Press(kb.Enter)
			}
			r.KeyIn(tc.password, drive.PasswordOf(drive.Ada))
			r.Leave(func() { r.Press(kb.Enter) })
			r.Until("location.href === " + drive.Quoted(a.URL+"/greet"))
			r.WaitFor("#logout-button")
		})
	}
}
