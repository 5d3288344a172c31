package e2e_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

const (
	nora  = "nora@acme.test"  // has to set up a second factor
	wanda = "wanda@acme.test" // is warned of a password that expires soon
	pia   = "pia@acme.test"   // is to be activated
)

const newPassword = "another-horse-1"

// push presses a button or follows a link of the widget until the condition holds: while the widget draws a form it is
// deaf.
func (b *tab) push(selector, condition string) {
	b.t.Helper()
	var pushed time.Time
	await(b.t, "what "+selector+" leads to", func() bool {
		if evaluate[bool](b, condition) {
			return true
		}
		if time.Since(pushed) > 5*time.Second && evaluate[bool](b, "(e => { const there = !!e?.checkVisibility(); if (there) e.click(); return there })(document.querySelector("+quoted("#sign-in-widget "+selector)+"))") {
			pushed = time.Now()
		}
		return false
	})
}

// shows is the condition that a page has something.
func shows(selector string) string {
	return "!!document.querySelector(" + quoted(selector) + ")?.checkVisibility()"
}

// chooseNewPassword types a password into the two fields that the widget has for it.
func (b *tab) chooseNewPassword(classic bool) {
	b.t.Helper()
	first, second := idxCode, `#sign-in-widget input[name="confirmPassword"]`
	if classic {
		first = `#sign-in-widget input[name="newPassword"]`
	}
	b.waitFor(second)
	await(b.t, "the widget to take the new password", func() bool {
		b.typeInto(first, newPassword)
		b.typeInto(second, newPassword)
		return evaluate[bool](b, "document.querySelector("+quoted(first)+").value === "+quoted(newPassword))
	})
	b.press(kb.Enter)
}

// mailedLink waits for a mail to a person and returns its link.
func (a *app) mailedLink(login string) string {
	a.t.Helper()
	await(a.t, "the mail", func() bool { return a.Org.MailedLink(login) != "" })
	return a.Org.MailedLink(login)
}

// signsInWith holds that a password signs a person in at the org.
func (a *app) signsInWith(classic bool, login, password string) {
	a.t.Helper()
	b := newTab(a.t)
	b.open(a.URL + "/greet")
	b.widgetPassword(classic, login, password)
	b.waitURL(a.URL + "/greet")
}

func TestWidgetForgottenPassword(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		b.open(a.URL + "/greet?n=1")
		if classic {
			b.waitFor(classicUser)
			b.push(".js-help", shows(".js-forgot-password"))
			b.push(".js-forgot-password", shows("#account-recovery-username"))
			b.enter(`#sign-in-widget #account-recovery-username`, ada)
			b.waitWords("Email sent")
			other := newTab(t) // where the mail is read
			other.open(a.mailedLink(ada))
			other.chooseNewPassword(classic)
			other.waitURL(a.URL + "/")
			other.waitFor("#logout-button")
		} else {
			b.enter(idxUser, ada)
			b.waitFor(idxCode)
			b.push(`[data-se="forgot-password"]`, "document.querySelector('#sign-in-widget').innerText.includes('Verify with your email')")
			link := a.mailedLink(ada)
			b.waitFor(idxCode)
			b.enter(idxCode, a.Org.MailedCode(ada))
			b.chooseNewPassword(classic)
			b.waitURL(a.URL + "/greet?n=1")
			if got := b.text("h1"); !strings.Contains(got, "Ada") {
				t.Errorf("the greeting is %q", got)
			}
			late := newTab(t) // the link in that mail is over
			late.mayRefuse = a.Org.URL()
			late.open(link)
			late.until("document.querySelector('#sign-in-problem')?.checkVisibility() || document.querySelector('#sign-in-widget').innerText.length > 0")
			if late.has(`#sign-in-widget input[name="confirmPassword"]`) {
				t.Error("the link of a mail works twice")
			}
		}
		a.signsInWith(classic, ada, newPassword)
	})
}

// TestWidgetMailedLinks: links with recovery and activation tokens lead through the widget into the app.
func TestWidgetMailedLinks(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"SIGN_IN": "widget"})
	for login, send := range map[string]func(string) string{ada: a.Org.SendRecovery, pia: a.Org.SendActivation} {
		t.Run(login, func(t *testing.T) {
			send(login)
			b := newTab(t)
			b.open(a.mailedLink(login))
			b.chooseNewPassword(false)
			b.waitFor("#logout-button")
			a.signsInWith(false, login, newPassword)
		})
	}
}

func TestWidgetSetsUpSecondFactor(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		b.open(a.URL + "/greet")
		b.widgetPassword(classic, nora, passwordOf(nora))
		const picture = "document.querySelector('#sign-in-widget img[class*=qrcode], #sign-in-widget .qrcode img')?.naturalWidth > 0"
		code := idxCode
		if classic {
			code = `#sign-in-widget input[name="passCode"]`
			b.push(`.enroll-factor-list .button`, shows(`#sign-in-widget input[type="radio"] + label`))
			b.push(`input[type="radio"] + label`, "document.querySelector('#sign-in-widget').innerText.includes('Download Google Authenticator')")
			b.until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
			asked, pushed := a.Org.Count("authn"), time.Time{}
			await(t, "the widget to ask for the factor", func() bool { // once: a second time would break it
				if a.Org.Count("authn") == asked && time.Since(pushed) > 2*time.Second {
					pushed = time.Now()
					evaluate[bool](b, "document.querySelector('#sign-in-widget .button-primary').click(), true")
				}
				return a.Org.Count("authn") > asked
			})
		} else {
			b.push(`[data-se="google_otp"] .button`, picture)
		}
		b.until(picture)
		b.until("!document.querySelector('#sign-in-widget').textContent.includes('Select your device type')") // on the way out
		b.screenshot("widget-enroll")
		b.push(".button-primary", shows(code))
		b.enter(code, a.Org.TOTPCode(nora))
		b.waitURL(a.URL + "/greet")
	})
}

func TestWidgetWarnsOfPassword(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.open(a.URL + "/greet")
		b.widgetPassword(classic, wanda, passwordOf(wanda))
		b.waitWords("Your password will expire in 4 days")
		b.press(kb.Escape)
		b.push(map[bool]string{false: `[data-se="skip"]`, true: ".js-skip"}[classic], "location.href === "+quoted(a.URL+"/greet"))
	})
}
