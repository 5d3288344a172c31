package e2e_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
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
			a := newApp(t, map[string]string{"SIGN_IN": "widget", "ADMIN_GROUPS": "Admins"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
			a.start()
			a.waitFor("/readyz", 200)
			test(t, a, classic)
		})
	}
}

// waitWords waits until the widget says words.
func (b *tab) waitWords(words string) {
	b.t.Helper()
	b.until("document.querySelector('#sign-in-widget')?.innerText.includes(" + quoted(words) + ")")
}

// typeInto types text into a field of the widget, key by key: after a message it takes
// note of nothing else. It draws its form anew while it begins, so the field may be
// emptied once more.
func (b *tab) typeInto(selector, text string) {
	b.t.Helper()
	await(b.t, "the widget to take "+selector, func() bool {
		b.fill(selector, "")
		b.press(text)
		return evaluate[bool](b, "document.querySelector("+quoted(selector)+")?.value === "+quoted(text))
	})
}

// enter types text into a field of the widget and presses Enter.
func (b *tab) enter(selector, text string) {
	b.t.Helper()
	b.typeInto(selector, text)
	b.press(kb.Enter)
}

// widgetPassword types login and password into the widget.
func (b *tab) widgetPassword(classic bool, login, password string) {
	b.t.Helper()
	if classic {
		await(b.t, "the widget to keep both", func() bool {
			b.typeInto(classicUser, login)
			b.typeInto(classicPass, password)
			return evaluate[bool](b, "document.querySelector("+quoted(classicUser)+")?.value === "+quoted(login))
		})
		b.press(kb.Enter)
		return
	}
	b.enter(idxUser, login)
	b.enter(idxCode, password)
}

func TestWidgetJourney(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		b.open(a.URL + "/greet?n=1")
		b.waitURL(a.URL + customPath)
		b.widgetPassword(classic, ada, "not-her-password")
		if got := b.text(".infobox-error"); got != "Unable to sign in" {
			t.Errorf("a wrong password is answered with %q", got)
		}
		if sessionCookie(b.cookies(a.URL)) != nil {
			t.Error("a wrong password made a session")
		}
		b.enterAgain(map[bool]string{false: idxCode, true: classicPass}[classic], passwordOf(ada), a.URL+"/greet?n=1")
		if got := b.text("h1"); !strings.Contains(got, "Ada") {
			t.Errorf("the greeting is %q", got)
		}
		for _, cookie := range b.cookies(a.URL) {
			if !cookie.HTTPOnly || strings.Contains(cookie.Value, "ada") {
				t.Errorf("the widget has left the cookie %s for scripts to read", cookie.Name)
			}
		}

		b.do("go back", chromedp.NavigateBack()) // to the sign-in that is over
		b.until("location.href === " + quoted(a.URL+"/greet?n=1"))
		b.waitFor("#logout-button")
		b.follow("#logout-button")
		b.waitFor("#login-button")
		b.follow("#login-button")
		b.waitURL(a.URL + customPath)
	})
}

func TestWidgetSecondFactors(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		code := map[bool]string{false: idxCode, true: classicCode}[classic]
		t.Run("authenticator app", func(t *testing.T) {
			b := newTab(t)
			b.mayRefuse = a.Org.URL()
			b.open(a.URL + "/greet")
			b.widgetPassword(classic, alan, passwordOf(alan))
			b.waitWords("Google Authenticator")
			b.waitFor(code)
			b.enter(code, "000000")
			b.waitFor(".o-form-input-error, .infobox-error")
			b.enterAgain(code, a.Org.TOTPCode(alan), a.URL+"/greet")
		})
		t.Run("choice", func(t *testing.T) {
			const hedy = "hedy@acme.test" // has both
			b := newTab(t)
			b.open(a.URL + "/greet")
			b.widgetPassword(classic, hedy, passwordOf(hedy))
			if classic {
				b.until("document.querySelector('#sign-in-widget .factors-dropdown-wrap a, #sign-in-widget [data-se=\"factors-dropdown\"]')?.checkVisibility()")
				b.look(1280, "dark")
				b.screenshot("widget-classic-choice")
				return
			}
			b.waitFor(`#sign-in-widget [data-se="google_otp"] .button`)
			evaluate[bool](b, "document.querySelector('#sign-in-widget [data-se=\"google_otp\"] .button').click(), true")
			b.waitWords("Verify with Google Authenticator")
			b.waitFor(code)
			b.enterAgain(code, a.Org.TOTPCode(hedy), a.URL+"/greet")
		})
		t.Run("mail", func(t *testing.T) {
			b := newTab(t)
			b.open(a.URL + "/greet")
			b.widgetPassword(classic, katherine, passwordOf(katherine))
			if classic {
				b.waitWords("Send a verification code")
				b.until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
				evaluate[bool](b, "document.querySelector('#sign-in-widget .button-primary').click(), true")
			} else {
				b.waitWords("Verify with your email")
			}
			await(t, "the mail", func() bool { return a.Org.MailedCode(katherine) != "" })
			b.waitFor(code)
			b.enter(code, a.Org.MailedCode(katherine))
			b.waitURL(a.URL + "/greet")
		})
	})
}

// enterAgain types what is right after what was wrong until it has led to target: the
// widget is deaf for a moment while it shows a message.
func (b *tab) enterAgain(selector, text, target string) {
	b.t.Helper()
	var tried time.Time
	await(b.t, "the second answer to be taken", func() bool {
		if evaluate[bool](b, "location.href.startsWith("+quoted(target)+")") {
			return true
		}
		if time.Since(tried) > 2*time.Second {
			tried = time.Now()
			evaluate[bool](b, "(e => { e?.focus(); e?.select(); return true })(document.querySelector("+quoted(selector)+"))")
			b.press(text + kb.Enter)
		}
		return false
	})
}

func TestWidgetLockedOut(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		for _, revealed := range []bool{false, true} {
			a.Org.Set(func(k *mockokta.Knobs) { k.RevealLockout = revealed })
			b := newTab(t)
			b.mayRefuse = a.Org.URL()
			b.open(a.URL + "/greet")
			b.widgetPassword(classic, lou, passwordOf(lou))
			want := "Unable to sign in"
			if revealed {
				want = "Your account is locked"
			}
			b.waitWords(want)
		}
	})
}

func TestWidgetNotAssigned(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		b.open(a.URL + "/greet")
		b.widgetPassword(classic, eve, passwordOf(eve))
		if classic { // the org says so at the authorize endpoint
			b.until("document.querySelector('main').innerText.includes('User is not assigned to the client application.')")
		} else {
			b.waitWords("User is not assigned to this application.")
		}
		if sessionCookie(b.cookies(a.URL)) != nil {
			t.Error("there is a session")
		}
	})
}

func TestWidgetInTwoTabs(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		one := newTab(t)
		one.open(a.URL + "/greet")
		one.waitFor(idxSend)
		two := one.another()
		two.open(a.URL + "/profile")
		two.waitFor(idxSend)
		one.widgetPassword(classic, ada, passwordOf(ada))
		one.waitURL(a.URL + "/greet")
		two.widgetPassword(classic, ada, passwordOf(ada))
		two.waitURL(a.URL + "/profile")
	})
}

func TestWidgetReloadGoesOn(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"SIGN_IN": "widget"})
	b := newTab(t)
	b.open(a.URL + "/greet")
	b.enter(idxUser, ada)
	b.waitFor(idxCode)
	b.do("reload", chromedp.Reload())
	b.waitFor(idxCode) // and not who it is once more
	if got := b.text("#sign-in-widget"); !strings.Contains(got, ada) {
		t.Errorf("after a reload the widget says %q", got)
	}
	b.enter(idxCode, passwordOf(ada))
	b.waitURL(a.URL + "/greet")
}

func TestWidgetMagicLink(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"SIGN_IN": "widget"})
	a.Org.Set(func(k *mockokta.Knobs) { k.MagicLink = true })
	b := newTab(t)
	b.open(a.URL + "/greet")
	b.widgetPassword(false, katherine, passwordOf(katherine))
	await(t, "the mail", func() bool { return a.Org.MailedCode(katherine) != "" })
	link := a.Org.Mails()[0].Link

	elsewhere := newTab(t)
	if status := elsewhere.open(link); status != 400 {
		t.Errorf("in another browser the link answers %d, want 400", status)
	}
	if got := elsewhere.text("h1"); got != "This link belongs to a sign-in elsewhere" {
		t.Errorf("in another browser the link says %q", got)
	}
	second := b.another()
	second.open(link)
	second.waitURL(a.URL + "/greet")
}

func TestWidgetSwitchesAccounts(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		const grace = "grace@acme.test"
		b := newTab(t)
		b.open(a.URL + "/greet")
		b.widgetPassword(classic, ada, passwordOf(ada))
		b.waitURL(a.URL + "/greet")
		b.open(a.URL + "/login?" + url.Values{"prompt": {"login"}, "return_to": {"/profile"}, "login_hint": {grace}}.Encode())
		if classic { // which would take Ada's session there for Grace's
			b.waitURL(a.Org.URL())
			b.signIn(grace)
		} else {
			b.waitFor(idxUser)
			if got := evaluate[string](b, "document.querySelector("+quoted(idxUser)+").value"); got != grace {
				t.Errorf("the login hint shows as %q", got)
			}
			b.widgetPassword(classic, grace, passwordOf(grace))
		}
		b.waitURL(a.URL + "/profile")
		if got := b.text("#claim-email"); got != grace {
			t.Errorf("signed in as %q", got)
		}
	})
}

func TestWidgetStepUp(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		signInLongAgo := func(b *tab) {
			t.Helper()
			a.Org.Set(func(k *mockokta.Knobs) {
				k.TamperIDToken = func(_, claims map[string]any) { claims["auth_time"] = claims["iat"].(int64) - 3600 }
			})
			b.open(a.URL + loginPath + "?return_to=/greet") // Okta's own page is the quickest
			b.signIn(ada)
			b.waitURL(a.URL + "/greet")
			a.Org.Set(func(k *mockokta.Knobs) { k.TamperIDToken = nil })
			b.forgetSession(a.Org.URL())
		}
		signInAgain := func(b *tab, maxAge string) {
			t.Helper()
			if !classic {
				b.waitURL(a.URL + customPath)
				b.widgetPassword(classic, ada, passwordOf(ada))
				return
			}
			b.waitURL(a.Org.Issuer() + "/v1/authorize") // since the widget would not ask anew
			if got := evaluate[string](b, "location.search"); !strings.Contains(got, "max_age="+maxAge) {
				t.Errorf("the hosted page was asked with %s", got)
			}
			b.signInWith(ada, "not-her-password")
			b.waitFor("#error")
			b.signIn(ada)
		}

		t.Run("page", func(t *testing.T) {
			const target = "/admin/sessions?q=" + ada
			b := newTab(t)
			signInLongAgo(b)
			b.open(a.URL + target)
			signInAgain(b, "900")
			b.until("location.href === " + quoted(a.URL+target))
			if got := b.text("h1"); got != "Sessions" {
				t.Errorf("after the step-up the page says %q", got)
			}
			b.open(a.URL + target)
			if got := evaluate[string](b, "location.href"); got != a.URL+target {
				t.Errorf("the next visit leads to %s", got)
			}
		})
		t.Run("form", func(t *testing.T) {
			const target = "/authorization-code/sessions"
			b, other := newTab(t), newTab(t)
			signInLongAgo(other)
			signInLongAgo(b)
			b.open(a.URL + target)
			b.follow("#end-others")
			signInAgain(b, "600")
			b.until("location.href === " + quoted(a.URL+target))
			b.follow("#end-others") // what was posted is gone with the redirect
			b.until("location.href === " + quoted(a.URL+target+"?ended=1"))
			other.open(a.URL + "/greet")
			other.waitURL(a.URL + customPath)
		})
	})
}

// forgetSession drops the tab's session at the org, as when it has ended there.
func (b *tab) forgetSession(org string) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "sid", URL: org}); err != nil {
		b.t.Fatal(err)
	}
}

func TestWidgetWithoutScripts(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"SIGN_IN": "widget"})
	b := newTab(t)
	b.withoutScripts()
	b.open(a.URL + "/greet?n=1")
	b.waitURL(a.URL + customPath)
	if got := b.text("main"); !strings.Contains(got, "needs JavaScript") {
		t.Errorf("the page says %q", got)
	}
	b.look(320, "light")
	b.screenshot("widget-without-scripts")
	b.follow("#hosted-sign-in")
	b.signIn(ada)
	b.until("location.href === " + quoted(a.URL+"/greet?n=1"))
}

func TestWidgetThatOktaRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trusted bool
		knobs   func(*mockokta.Knobs)
		log     string
		classic bool
	}{
		"origin not trusted":          {log: "Security → API → Trusted Origins"},
		"origin not trusted, classic": {log: "Security → API → Trusted Origins", classic: true},
		"interaction code off":        {trusted: true, knobs: func(k *mockokta.Knobs) { k.NoInteractionCode = true }, log: "Embedded widget sign-in support"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAppAt(t, map[string]string{"SIGN_IN": "widget"}, func(o *mockokta.Options) {
				if !tc.trusted {
					o.TrustedOrigins = nil
				}
			})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			if tc.knobs != nil {
				a.Org.Set(tc.knobs)
			}
			a.start()
			a.waitFor("/readyz", 200)
			b := newTab(t)
			b.mayComplain = true
			b.open(a.URL + "/greet?n=1")
			if tc.classic {
				b.widgetPassword(true, ada, passwordOf(ada))
			}
			b.until("document.querySelector('#sign-in-problem') && !document.querySelector('#sign-in-problem').hidden")
			await(t, "the log to name the place", func() bool { return strings.Contains(a.logs.String(), tc.log) })
			b.look(320, "dark")
			b.screenshot("widget-" + strings.ReplaceAll(strings.ReplaceAll(name, ",", ""), " ", "-"))
			b.follow("#hosted-sign-in")
			b.signIn(ada)
			b.until("location.href === " + quoted(a.URL+"/greet?n=1"))
		})
	}
}

func TestWidgetWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"SIGN_IN": "widget"})
	a.Org.Close()
	b := newTab(t)
	b.mayComplain = true
	b.open(a.URL + "/greet")
	b.until("document.querySelector('#sign-in-problem') && !document.querySelector('#sign-in-problem').hidden")
	await(t, "the log to say so", func() bool { return strings.Contains(a.logs.String(), "could not reach Okta") })
}

// TestWidgetLooks keeps pictures of the widget for people to look at.
func TestWidgetLooks(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, a *app, classic bool) {
		name := map[bool]string{false: "identity", true: "classic"}[classic]
		b := newTab(t)
		b.mayRefuse = a.Org.URL()
		pictures := func(state string) {
			t.Helper()
			for _, scheme := range []string{"light", "dark"} {
				for _, screen := range []struct {
					name  string
					width int64
				}{{"phone", 320}, {"desktop", 1280}} {
					look := "widget-" + name + "-" + scheme + "-" + screen.name + "-" + state
					b.look(screen.width, scheme)
					b.checkWidth()
					b.screenshot(look)
				}
			}
		}
		b.open(a.URL + customPath)
		b.waitFor(idxSend)
		b.click(idxSend)
		b.waitFor(".o-form-input-error")
		pictures("empty")
		b.open(a.URL + customPath)
		b.widgetPassword(classic, ada, "not-her-password")
		b.waitFor(".infobox-error")
		pictures("wrong")
		b.open(a.URL + customPath)
		b.widgetPassword(classic, "hedy@acme.test", passwordOf("hedy@acme.test"))
		b.waitFor(map[bool]string{false: `[data-se="okta_email"]`, true: `.mfa-verify-totp, .mfa-verify, .mfa-verify-email`}[classic])
		b.until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
		pictures("factors")
	})
}
