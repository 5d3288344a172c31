package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

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

// enter fills in a field of the widget and presses Enter. After a message the widget
// takes note of what is typed only.
func (b *tab) enter(selector, text string) {
	b.t.Helper()
	b.fill(selector, text)
	b.press(" ")
	b.press(kb.Backspace)
	b.press(kb.Enter)
}

// widgetPassword types login and password into the widget.
func (b *tab) widgetPassword(classic bool, login, password string) {
	b.t.Helper()
	if classic {
		b.fill(classicUser, login)
		b.enter(classicPass, password)
		return
	}
	b.enter(idxUser, login)
	b.enter(idxCode, password)
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

// TestWidgetLooks keeps pictures of the widget for people to look at.
func TestWidgetLooks(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		name := map[bool]string{false: "identity", true: "classic"}[classic]
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		for _, width := range []int64{320, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				look := "widget-" + name + "-" + scheme + map[int64]string{320: "-phone", 1280: "-desktop"}[width]
				b.look(width, scheme)
				b.open(a.URL + customPath)
				b.waitFor(idxSend)
				b.click(idxSend)
				b.waitFor(".o-form-input-error")
				b.screenshot(look + "-empty")
				b.open(a.URL + customPath)
				b.widgetPassword(classic, ada, "not-her-password")
				b.waitFor(".infobox-error")
				b.screenshot(look + "-wrong")
				b.open(a.URL + customPath)
				b.widgetPassword(classic, "hedy@acme.test", passwordOf("hedy@acme.test"))
				b.waitFor(map[bool]string{false: `[data-se="okta_email"]`, true: `.mfa-verify-totp, .mfa-verify, .mfa-verify-email`}[classic])
				b.until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
				b.screenshot(look + "-factors")
				if wide := evaluate[int64](b, "document.documentElement.scrollWidth"); wide > width {
					t.Errorf("%s: the page is %d pixels wide", look, wide)
				}
			}
		}
	})
}
