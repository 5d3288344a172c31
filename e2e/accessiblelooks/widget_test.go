package accessiblelooks_test

import (
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// TestWidgetPages looks at the page with Okta's widget, in both looks and of both engines.
func TestWidgetPages(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SIGN_IN": "widget"}
	app, plain := hosts.App(t, env), hosts.Plain(t, env)
	classic := hosts.App(t, env)
	classic.Org.Set(func(k *mockokta.Knobs) { k.Classic = true })
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = audit.OfTheWidget()
		r.Open(app.URL + drive.CustomPath)
		r.Named("widget, app's look", drive.IdxSend)
		r.Open(plain.URL + drive.CustomPath)
		r.Named("widget, default look", drive.IdxSend)
		r.Click(drive.IdxSend)
		r.Named("widget, nothing typed", ".o-form-input-error")
		r.Open(classic.URL + drive.CustomPath)
		r.Named("widget, Classic", drive.ClassicPass)
	})
}

// TestWidgetWithoutOkta looks at the page when the widget can't be shown.
func TestWidgetWithoutOkta(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
	drive.NewTab(t).Open(a.URL + drive.CustomPath) // so that the app knows its org
	a.Org.Stop()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.MayComplain = true
		r.Open(a.URL + drive.CustomPath)
		r.Until(drive.Shows("#sign-in-problem"))
		r.Check("widget, Okta is away")
	})
}
