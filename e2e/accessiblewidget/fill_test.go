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
			if classic {
				fill(b, map[string]string{user: drive.Ada, password: drive.PasswordOf(drive.Ada)})
			} else {
				fill(b, map[string]string{user: drive.Ada})
				b.Push("input[type=submit]", drive.Shows(password))
				fill(b, map[string]string{password: drive.PasswordOf(drive.Ada)})
			}
			b.Click(button)
			b.Until("location.href === " + drive.Quoted(a.URL+"/greet"))
		})
	}
}

// fill puts texts into fields until the widget, which draws its form anew while it begins, keeps all of them.
func fill(b *drive.Tab, texts map[string]string) {
	b.T.Helper()
	drive.Await(b.T, "the widget to keep what is filled in", func() bool {
		for selector, text := range texts {
			b.Fill(selector, text)
		}
		kept := true
		for selector, text := range texts {
			kept = kept && drive.Evaluate[bool](b, "document.querySelector("+drive.Quoted(selector)+")?.value === "+drive.Quoted(text))
		}
		return kept
	})
}
