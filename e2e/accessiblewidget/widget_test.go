package accessiblewidget_test

import (
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// People of the org.
const (
	hedy = "hedy@acme.test" // has two second factors
	nora = "nora@acme.test" // has to set up one
)

// qrCode is the condition that the widget shows a picture to scan.
const qrCode = "document.querySelector('#sign-in-widget img[class*=qrcode], #sign-in-widget .qrcode img')?.naturalWidth > 0"

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

// settled waits until the widget shows a form with selector and the one before has gone.
func settled(r *audit.Reader, page, selector string) {
	r.T.Helper()
	r.Until(`document.querySelectorAll("#sign-in-widget form").length <= 1 && document.getAnimations().length === 0 && ` + drive.Shows(selector))
	r.Check(page)
	for _, field := range drive.Evaluate[[]field](r.Tab, `[...document.querySelectorAll("#sign-in-widget input")].filter(e => /^(text|password|tel|email)$/.test(e.type) && e.checkVisibility())
		.map(e => ({Name: e.name, Type: e.type, Autocomplete: e.autocomplete}))`) {
		if want := field.purpose(page); field.Autocomplete != want {
			r.T.Errorf("%s: the field %s has autocomplete=%q, want %q", page, field.Name, field.Autocomplete, want)
		}
	}
}

// field is one that a password manager may fill in.
type field struct{ Name, Type, Autocomplete string }

// purpose is what the field is to be called on a page.
func (f field) purpose(page string) string {
	switch {
	case f.Type == "password" && page == "new password":
		return "new-password"
	case f.Type == "password":
		return "current-password"
	case f.Name == "identifier" || f.Name == "username":
		return "username"
	default:
		return "one-time-code"
	}
}

// TestWidgetStates looks at what the widget shows after the password: second factors, their set-up, a new password.
func TestWidgetStates(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		classic  bool
		language string
	}{
		"identity": {false, "en"}, "identity, from right to left": {false, "ar"}, "classic": {true, "en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			r := audit.NewReader(t, tc.language)
			r.Exceptions, r.MayRefuse = audit.OfTheWidget(), a.Org.URL()
			states := identityStates
			if tc.classic {
				states = classicStates
			}
			states(r, a)
		})
	}
}

func identityStates(r *audit.Reader, a *hosts.Host) {
	r.Open(a.URL + "/greet")
	settled(r, "sign-in", drive.IdxUser)
	r.WidgetPassword(false, hedy, "not-her-password")
	settled(r, "wrong password", ".infobox-error")
	r.Open(a.URL + "/greet?right")
	r.WidgetPassword(false, hedy, drive.PasswordOf(hedy))
	settled(r, "second factors", `[data-se="google_otp"] .button`)
	r.Push(`[data-se="google_otp"] .button`, drive.Shows(drive.IdxCode))
	settled(r, "code of an authenticator app", drive.IdxCode)
	r.Enter(drive.IdxCode, "000000")
	settled(r, "wrong code", ".o-form-input-error, .infobox-error")

	r.Open(a.URL + "/greet?again")
	r.WidgetPassword(false, nora, drive.PasswordOf(nora))
	r.Push(`[data-se="google_otp"] .button`, qrCode)
	settled(r, "second factor to set up", "#sign-in-widget [class*=qrcode]")

	r.Open(a.URL + "/greet?once-more")
	r.Enter(drive.IdxUser, drive.Ada)
	r.WaitFor(drive.IdxCode)
	r.Push(`[data-se="forgot-password"]`, `!document.querySelector("#sign-in-widget input[type=password]") && `+drive.Shows(drive.IdxCode))
	drive.Await(r.T, "the mail", func() bool { return a.Org.MailedCode(drive.Ada) != "" })
	settled(r, "code of a mail", drive.IdxCode)
	r.Enter(drive.IdxCode, a.Org.MailedCode(drive.Ada))
	settled(r, "new password", `#sign-in-widget input[name="confirmPassword"]`)
}

func classicStates(r *audit.Reader, a *hosts.Host) {
	r.Open(a.URL + "/greet")
	r.WidgetPassword(true, hedy, "not-her-password")
	settled(r, "wrong password", ".infobox-error")
	r.Open(a.URL + "/greet?again")
	r.WidgetPassword(true, hedy, drive.PasswordOf(hedy))
	settled(r, "second factor", "#sign-in-widget .mfa-verify, #sign-in-widget .mfa-verify-totp, #sign-in-widget .mfa-verify-email")

	r.Open(a.URL + "/greet?once-more")
	r.WaitFor(drive.ClassicUser)
	r.Push(".js-help", drive.Shows(".js-forgot-password"))
	r.Until(`getComputedStyle(document.querySelector(".js-help-links")).overflow === "visible"`) // it has slid open
	settled(r, "help", ".js-forgot-password")
	r.Push(".js-forgot-password", drive.Shows("#account-recovery-username"))
	settled(r, "forgotten password", "#account-recovery-username")
	r.Enter("#sign-in-widget #account-recovery-username", drive.Ada)
	r.WaitWords("Email sent")
	settled(r, "mail sent", "#sign-in-widget")
	drive.Await(r.T, "the mail", func() bool { return a.Org.MailedLink(drive.Ada) != "" })
	r.Open(a.Org.MailedLink(drive.Ada))
	settled(r, "new password", `#sign-in-widget input[name="newPassword"]`)
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
