package accessiblehosts_test

import (
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// TestStandInsPages looks at what the stand-in shows in Okta's place.
func TestStandInsPages(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		a := hosts.App(t, nil)
		const hedy = "hedy@acme.test" // has a second factor
		r.Visit("sign in", a.URL+"/login?return_to=/greet")
		r.SignInWith(hedy, "not-her-password")
		r.Named("wrong password", "#error")
		r.SignIn(hedy)
		r.Named("factors", "button[name=factor]")
		r.Visit("dashboard", a.Org.URL()+"/")
		r.Visit("mail", a.Org.URL()+"/mail")
		r.Visit("error", a.Org.URL()+"/oauth2/default/v1/authorize?client_id=nobody")

		a.Org.Set(func(k *mockokta.Knobs) { k.WidgetPages = true })
		r.Visit("sign in, as Identity Engine", a.URL+"/login")
		a.Org.Set(func(k *mockokta.Knobs) { k.Classic = true })
		r.Visit("sign in, as Classic", a.URL+"/login")
	})
}

// TestStandInsRarePages looks at what a sign-in and a sign-out seldom show there.
func TestStandInsRarePages(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		a := hosts.App(t, nil)
		r.Open(a.URL + "/login?prompt=consent")
		r.SignIn(drive.Ada)
		r.Named("consent", "[data-se=consent-allow]")
		r.Follow("[data-se=consent-allow]")
		r.WaitURL(a.URL)

		a.Org.Set(func(k *mockokta.Knobs) { k.Interstitial = true })
		r.Withhold("*://*:*/pages/continue.js")
		r.Follow("#logout-button")
		r.Named("signing out", "#continue")

		r.Open(a.URL + "/login")
		r.SignIn("nora@acme.test")
		r.Named("set up a second factor", "code.secret")
		r.Fill("#code", "000000")
		r.Follow("input[type=submit]")
		r.Named("set up a second factor, wrong code", "#error")
		r.Open(a.URL + "/login")
		r.SignIn("alan@acme.test")
		r.Fill("#code", "000000")
		r.Follow("input[type=submit]")
		r.Named("wrong code", "#error")
	})
}

// TestStandInsFormPost looks at the page that posts the answer to the app, where it does not go on by itself.
func TestStandInsFormPost(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		a := hosts.App(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
		r.Withhold("*://*:*/pages/submit.js")
		r.Open(a.URL + "/login?return_to=/greet")
		r.SignIn(drive.Ada)
		r.Named("signing in", "#appForm")
		r.Follow("#appForm button")
		r.WaitURL(a.URL + "/greet")
	})
}
