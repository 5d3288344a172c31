package recovery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
)

const (
	nora  = "nora@acme.test"  // has to set up a second factor
	wanda = "wanda@acme.test" // is warned of a password that expires soon
	pia   = "pia@acme.test"   // is to be activated
)

const newPassword = "another-horse-1"

// chooseNewPassword types a password into the two fields that the widget has for it.
func chooseNewPassword(b *drive.Tab, classic bool) {
	b.T.Helper()
	first, second := drive.IdxCode, `#sign-in-widget input[name="confirmPassword"]`
	if classic {
		first = `#sign-in-widget input[name="newPassword"]`
	}
	b.WaitFor(second)
	drive.Await(b.T, "the widget to take the new password", func() bool {
		b.TypeInto(first, newPassword)
		b.TypeInto(second, newPassword)
		return drive.Evaluate[bool](b, "document.querySelector("+drive.Quoted(first)+").value === "+drive.Quoted(newPassword))
	})
	b.Press(kb.Enter)
}

// mailedLink waits for a mail to a person and returns its link.
func mailedLink(a *drive.App, login string) string {
	a.T.Helper()
	drive.Await(a.T, "the mail", func() bool { return a.Org.MailedLink(login) != "" })
	return a.Org.MailedLink(login)
}

// signsInWith holds that a password signs a person in at the org.
func signsInWith(a *drive.App, classic bool, login, password string) {
	a.T.Helper()
	b := drive.NewTab(a.T)
	b.Open(a.URL + "/greet")
	b.WidgetPassword(classic, login, password)
	b.WaitURL(a.URL + "/greet")
}

func TestWidgetForgottenPassword(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet?n=1")
		if classic {
			b.WaitFor(drive.ClassicUser)
			b.Push(".js-help", drive.Shows(".js-forgot-password"))
			b.Push(".js-forgot-password", drive.Shows("#account-recovery-username"))
			b.Enter(`#sign-in-widget #account-recovery-username`, drive.Ada)
			b.WaitWords("Email sent")
			other := drive.NewTab(t) // where the mail is read
			other.Open(mailedLink(a, drive.Ada))
			chooseNewPassword(other, classic)
			other.WaitURL(a.URL + "/")
			other.WaitFor("#logout-button")
		} else {
			b.Enter(drive.IdxUser, drive.Ada)
			b.WaitFor(drive.IdxCode)
			b.Push(`[data-se="forgot-password"]`, "document.querySelector('#sign-in-widget').innerText.includes('Verify with your email')")
			link := mailedLink(a, drive.Ada)
			b.WaitFor(drive.IdxCode)
			b.Enter(drive.IdxCode, a.Org.MailedCode(drive.Ada))
			chooseNewPassword(b, classic)
			b.WaitURL(a.URL + "/greet?n=1")
			if got := b.Text("h1"); !strings.Contains(got, "Ada") {
				t.Errorf("the greeting is %q", got)
			}
			late := drive.NewTab(t) // the link in that mail is over
			late.MayRefuse = a.Org.URL()
			late.Open(link)
			late.Until("document.querySelector('#sign-in-problem')?.checkVisibility() || document.querySelector('#sign-in-widget').innerText.length > 0")
			if late.Has(`#sign-in-widget input[name="confirmPassword"]`) {
				t.Error("the link of a mail works twice")
			}
		}
		signsInWith(a, classic, drive.Ada, newPassword)
	})
}

// TestWidgetMailedLinks: links with recovery and activation tokens lead through the widget into the app.
func TestWidgetMailedLinks(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	for login, send := range map[string]func(string) string{drive.Ada: a.Org.SendRecovery, pia: a.Org.SendActivation} {
		t.Run(login, func(t *testing.T) {
			send(login)
			b := drive.NewTab(t)
			b.Open(mailedLink(a, login))
			chooseNewPassword(b, false)
			b.WaitFor("#logout-button")
			signsInWith(a, false, login, newPassword)
		})
	}
}

func TestWidgetSetsUpSecondFactor(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet")
		b.WidgetPassword(classic, nora, drive.PasswordOf(nora))
		const picture = "document.querySelector('#sign-in-widget img[class*=qrcode], #sign-in-widget .qrcode img')?.naturalWidth > 0"
		code := drive.IdxCode
		if classic {
			code = `#sign-in-widget input[name="passCode"]`
			b.Push(`.enroll-factor-list .button`, drive.Shows(`#sign-in-widget input[type="radio"] + label`))
			b.Push(`input[type="radio"] + label`, "document.querySelector('#sign-in-widget').innerText.includes('Download Google Authenticator')")
			b.Until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
			asked, pushed := a.Org.Count("authn"), time.Time{}
			drive.Await(t, "the widget to ask for the factor", func() bool { // once: a second time would break it
				if a.Org.Count("authn") == asked && time.Since(pushed) > 2*time.Second {
					pushed = time.Now()
					drive.Evaluate[bool](b, "document.querySelector('#sign-in-widget .button-primary').click(), true")
				}
				return a.Org.Count("authn") > asked
			})
		} else {
			b.Push(`[data-se="google_otp"] .button`, picture)
		}
		b.Until(picture)
		b.Until("!document.querySelector('#sign-in-widget').textContent.includes('Select your device type')") // on the way out
		b.Screenshot("widget-enroll")
		b.Push(".button-primary", drive.Shows(code))
		b.Enter(code, a.Org.TOTPCode(nora))
		b.WaitURL(a.URL + "/greet")
	})
}

func TestWidgetWarnsOfPassword(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.Open(a.URL + "/greet")
		b.WidgetPassword(classic, wanda, drive.PasswordOf(wanda))
		b.WaitWords("Your password will expire in 4 days")
		b.Push(map[bool]string{false: `[data-se="skip"]`, true: ".js-skip"}[classic], "location.href === "+drive.Quoted(a.URL+"/greet"))
	})
}
