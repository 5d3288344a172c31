package accessible_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestStandInsPages looks at what the stand-in shows in Okta's place.
func TestStandInsPages(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, r *reader) {
		a := startApp(t, nil)
		const hedy = "hedy@acme.test" // has a second factor
		r.visit("sign in", a.URL+"/login?return_to=/greet")
		r.SignInWith(hedy, "not-her-password")
		r.named("wrong password", "#error")
		r.SignIn(hedy)
		r.named("factors", "button[name=factor]")
		r.visit("dashboard", a.Org.URL()+"/")
		r.visit("mail", a.Org.URL()+"/mail")
		r.visit("error", a.Org.URL()+"/oauth2/default/v1/authorize?client_id=nobody")

		a.Org.Set(func(k *mockokta.Knobs) { k.WidgetPages = true })
		r.visit("sign in, as Identity Engine", a.URL+"/login")
		a.Org.Set(func(k *mockokta.Knobs) { k.Classic = true })
		r.visit("sign in, as Classic", a.URL+"/login")
	})
}

// ofTheWidget is what axe finds in Okta's widget, whose files are not ours to change.
var ofTheWidget = []exception{
	{"landmark-no-duplicate-main", "main:has(#okta-sign-in)", "the widget makes its box a main, and a main may have no other role"},
	{"landmark-main-is-top-level", "#okta-sign-in", "the same"},
	{"landmark-unique", "main:has(#okta-sign-in)", "the same"},
	{"color-contrast", ".okta-form-infobox-error", "unsure, for an icon is drawn over its edge: the text has the colours of the page's other texts"},
}

// TestWidgetPages looks at the page with Okta's widget, in both looks and of both engines.
func TestWidgetPages(t *testing.T) {
	t.Parallel()
	env := map[string]string{"SIGN_IN": "widget"}
	app, plain := startApp(t, env), startPlain(t, env)
	classic := startApp(t, env)
	classic.Org.Set(func(k *mockokta.Knobs) { k.Classic = true })
	languages(t, func(t *testing.T, r *reader) {
		r.exceptions = ofTheWidget
		r.Open(app.URL + drive.CustomPath)
		r.named("widget, app's look", drive.IdxSend)
		r.Open(plain.URL + drive.CustomPath)
		r.named("widget, default look", drive.IdxSend)
		r.Click(drive.IdxSend)
		r.named("widget, nothing typed", ".o-form-input-error")
		r.Open(classic.URL + drive.CustomPath)
		r.named("widget, Classic", drive.ClassicPass)
	})
}
