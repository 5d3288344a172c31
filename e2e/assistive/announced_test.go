package assistive_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// announced holds that what selector finds is within what assistive technology reads out when it changes or appears, of
// that role.
func announced(b *drive.Tab, selector, role string) {
	b.T.Helper()
	b.WaitFor(selector)
	if got := drive.Evaluate[string](b, `document.querySelector(`+drive.Quoted(selector)+`).closest("[role=alert], [role=status], [role=alertdialog], [aria-live]")?.role ?? "nothing"`); got != role {
		b.T.Errorf("%s is announced as %s, want %s", selector, got, role)
	}
}

// TestErrorsAreAnnounced: a page that loads is announced by its title, so an error's is what went wrong; and what the
// stand-in finds wrong with a field is said at the field.
func TestErrorsAreAnnounced(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]*hosts.Host{"app": hosts.App(t, nil), "default look": hosts.Plain(t, nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			for _, path := range []string{"/authorization-code/callback?code=x&state=y", drive.LoginPath + "?return_to=https://example.com/"} {
				b.Open(h.URL + path)
				title, h1 := drive.Evaluate[string](b, "document.title"), b.Text("h1")
				if !strings.HasPrefix(title, h1) {
					t.Errorf("%s: the title %q does not begin with %q", path, title, h1)
				}
			}
			b.Open(h.URL + drive.LoginPath + "?return_to=/")
			b.SignInWith(drive.Ada, "not-her-password")
			announced(b, "#error", "alert")
			for _, field := range []string{drive.UsernameField, drive.PasswordField} {
				if !b.Has(field + `[aria-invalid="true"][aria-describedby="error"]`) {
					t.Errorf("%s does not say what is wrong", field)
				}
			}
		})
	}
}

// TestWidgetThatFailsIsAnnounced: what stands in the widget's place, when it can't be shown, is announced.
func TestWidgetThatFailsIsAnnounced(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
	b := drive.NewTab(t)
	b.MayComplain = true
	b.Open(a.URL + drive.CustomPath)
	b.WaitFor(drive.IdxSend)
	a.Org.Stop()
	b.Open(a.URL + drive.CustomPath)
	b.Until(drive.Shows("#sign-in-problem"))
	announced(b, "#sign-in-problem", "alert")
}
