package stepup_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

func TestWidgetInTwoTabs(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		one := drive.NewTab(t)
		one.Open(a.URL + "/greet")
		one.WaitFor(drive.IdxSend)
		two := one.Another()
		two.Open(a.URL + "/profile")
		two.WaitFor(drive.IdxSend)
		one.WidgetPassword(classic, drive.Ada, drive.PasswordOf(drive.Ada))
		one.WaitURL(a.URL + "/greet")
		two.WidgetPassword(classic, drive.Ada, drive.PasswordOf(drive.Ada))
		two.WaitURL(a.URL + "/profile")
	})
}

func TestWidgetSwitchesAccounts(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		const grace = "grace@acme.test"
		b := drive.NewTab(t)
		b.Open(a.URL + "/greet")
		b.WidgetPassword(classic, drive.Ada, drive.PasswordOf(drive.Ada))
		b.WaitURL(a.URL + "/greet")
		b.Open(a.URL + "/login?" + url.Values{"prompt": {"login"}, "return_to": {"/profile"}, "login_hint": {grace}}.Encode())
		if classic { // which would take Ada's session there for Grace's
			b.WaitURL(a.Org.URL())
			b.SignIn(grace)
		} else {
			b.WaitFor(drive.IdxUser)
			if got := drive.Evaluate[string](b, "document.querySelector("+drive.Quoted(drive.IdxUser)+").value"); got != grace {
				t.Errorf("the login hint shows as %q", got)
			}
			b.WidgetPassword(classic, grace, drive.PasswordOf(grace))
		}
		b.WaitURL(a.URL + "/profile")
		if got := b.Text("#claim-email"); got != grace {
			t.Errorf("signed in as %q", got)
		}
	})
}

func TestWidgetStepUp(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		signInLongAgo := func(b *drive.Tab) {
			t.Helper()
			a.Org.Set(func(k *mockokta.Knobs) {
				k.TamperIDToken = func(_, claims map[string]any) { claims["auth_time"] = claims["iat"].(int64) - 3600 }
			})
			b.Open(a.URL + drive.LoginPath + "?return_to=/greet") // Okta's own page is the quickest
			b.SignIn(drive.Ada)
			b.WaitURL(a.URL + "/greet")
			a.Org.Set(func(k *mockokta.Knobs) { k.TamperIDToken = nil })
			forgetSession(b, a.Org.URL())
		}
		signInAgain := func(b *drive.Tab, maxAge string) {
			t.Helper()
			if !classic {
				b.WaitURL(a.URL + drive.CustomPath)
				b.WidgetPassword(classic, drive.Ada, drive.PasswordOf(drive.Ada))
				return
			}
			b.WaitURL(a.Org.Issuer() + "/v1/authorize") // since the widget would not ask anew
			if got := drive.Evaluate[string](b, "location.search"); !strings.Contains(got, "max_age="+maxAge) {
				t.Errorf("the hosted page was asked with %s", got)
			}
			b.SignInWith(drive.Ada, "not-her-password")
			b.WaitFor("#error")
			b.SignIn(drive.Ada)
		}

		t.Run("page", func(t *testing.T) {
			const target = "/admin/sessions?q=" + drive.Ada
			b := drive.NewTab(t)
			signInLongAgo(b)
			b.Open(a.URL + target)
			signInAgain(b, "900")
			b.Until("location.href === " + drive.Quoted(a.URL+target))
			if got := b.Text("h1"); got != "Sessions" {
				t.Errorf("after the step-up the page says %q", got)
			}
			b.Open(a.URL + target)
			if got := drive.Evaluate[string](b, "location.href"); got != a.URL+target {
				t.Errorf("the next visit leads to %s", got)
			}
		})
		t.Run("form", func(t *testing.T) {
			const target = "/authorization-code/sessions"
			b, other := drive.NewTab(t), drive.NewTab(t)
			signInLongAgo(other)
			signInLongAgo(b)
			b.Open(a.URL + target)
			b.Follow("#end-others")
			signInAgain(b, "600")
			b.Until("location.href === " + drive.Quoted(a.URL+target))
			b.Follow("#end-others") // what was posted is gone with the redirect
			b.Until("location.href === " + drive.Quoted(a.URL+target+"?ended=1"))
			other.Open(a.URL + "/greet")
			other.WaitURL(a.URL + drive.CustomPath)
		})
	})
}

// forgetSession drops the tab's session at the org, as when it has ended there.
func forgetSession(b *drive.Tab, org string) {
	b.T.Helper()
	if _, err := chromedp.Call(b.Ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "sid", URL: org}); err != nil {
		b.T.Fatal(err)
	}
}
