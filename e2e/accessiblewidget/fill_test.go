package accessiblewidget_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// TestWidgetFilledIn signs in with what a password manager has put into the fields, without a key being pressed.
func TestWidgetFilledIn(t *testing.T) {
	t.Parallel()
	for name, classic := range map[string]bool{"identity": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
			b := drive.NewTab(t)
			b.Open(a.URL + "/greet")
			user, password, button := drive.IdxUser, drive.IdxCode, drive.IdxSend
			if classic {
				user, password = drive.ClassicUser, drive.ClassicPass
			}
			b.WaitFor(user)
			fill(b, user, drive.Ada)
			if !classic {
				b.Push("input[type=submit]", drive.Shows(password))
			}
			fill(b, password, drive.PasswordOf(drive.Ada))
			b.Click(button)
			b.Until("location.href === " + drive.Quoted(a.URL+"/greet"))
		})
	}
}

// fill puts text into a field until the widget, which draws its form anew while it begins, keeps it.
func fill(b *drive.Tab, selector, text string) {
	b.T.Helper()
	drive.Await(b.T, "the widget to keep "+selector, func() bool {
		b.Fill(selector, text)
		return drive.Evaluate[bool](b, "document.querySelector("+drive.Quoted(selector)+")?.value === "+drive.Quoted(text))
	})
}
