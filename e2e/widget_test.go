package e2e_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

const (
	customPath = "/authorization-code/login-custom"
	katherine  = "katherine@acme.test" // a code by mail
	alan       = "alan@acme.test"      // an authenticator app
	lou        = "lou@acme.test"       // locked out
)

// What people meet in the widget, by engine.
const (
	idxUser     = `#sign-in-widget input[name="identifier"]`
	idxCode     = `#sign-in-widget input[name="credentials.passcode"]` // the password, too
	idxSend     = `#sign-in-widget input[type=submit]`
	classicUser = `#sign-in-widget input[name="username"]`
	classicPass = `#sign-in-widget input[name="password"]`
	classicCode = `#sign-in-widget input[name="answer"]`
)

// engines start an app whose closed pages lead to the widget.
func engines(t *testing.T, test func(t *testing.T, a *app, classic bool)) {
	for name, classic := range map[string]bool{"identity": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
			a.start()
			a.waitFor("/readyz", 200)
			test(t, a, classic)
		})
	}
}

// widgetPassword types login and password into the widget.
func (b *tab) widgetPassword(classic bool, login, password string) {
	b.t.Helper()
	if classic {
		b.waitFor(classicPass)
		b.fill(classicUser, login)
		b.fill(classicPass, password)
		b.click(idxSend)
		return
	}
	b.waitFor(idxUser)
	b.fill(idxUser, login)
	b.click(idxSend)
	b.waitFor(idxCode)
	b.fill(idxCode, password)
	b.click(idxSend)
}

func TestWidgetJourney(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.open(a.URL + "/greet?n=1")
		b.waitURL(a.URL + customPath)
		b.widgetPassword(classic, ada, passwordOf(ada))
		b.until("location.href === " + quoted(a.URL+"/greet?n=1"))
		if got := b.text("h1"); !strings.Contains(got, "Ada") {
			t.Errorf("the greeting is %q", got)
		}
	})
}
