package widget_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

const lou = "lou@acme.test" // locked out

func TestWidgetJourney(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet?n=1")
		b.WaitURL(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, drive.Ada, "not-her-password")
		if got := b.Text(".infobox-error"); got != "Unable to sign in" {
			t.Errorf("a wrong password is answered with %q", got)
		}
		if drive.SessionCookie(b.Cookies(a.URL)) != nil {
			t.Error("a wrong password made a session")
		}
		b.EnterAgain(map[bool]string{false: drive.IdxCode, true: drive.ClassicPass}[classic], drive.PasswordOf(drive.Ada), a.URL+"/greet?n=1")
		if got := b.Text("h1"); !strings.Contains(got, "Ada") {
			t.Errorf("the greeting is %q", got)
		}
		for _, cookie := range b.Cookies(a.URL) {
			if !cookie.HTTPOnly {
				t.Errorf("the widget has left the cookie %s for scripts to read", cookie.Name)
			}
			for _, says := range []string{"ada@", "ada%40", "acme", "Ada ", "Lovelace", "00u9mockAdaLove1a5d7"} { // "ada" comes about by chance
				if strings.Contains(cookie.Value, says) {
					t.Errorf("the cookie %s says %q", cookie.Name, says)
				}
			}
		}

		b.Do("go back", chromedp.NavigateBack()) // to the sign-in that is over
		b.Until("location.href === " + drive.Quoted(a.URL+"/greet?n=1"))
		b.WaitFor("#logout-button")
		b.Follow("#logout-button")
		b.WaitFor("#login-button")
		b.Follow("#login-button")
		b.WaitURL(a.URL + drive.CustomPath)
	})
}

func TestWidgetLockedOut(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		for _, revealed := range []bool{false, true} {
			a.Org.Set(func(k *mockokta.Knobs) { k.RevealLockout = revealed })
			b := drive.NewTab(t)
			b.MayRefuse = a.Org.URL()
			b.Open(a.URL + "/greet")
			b.WidgetPassword(classic, lou, drive.PasswordOf(lou))
			want := "Unable to sign in"
			if revealed {
				want = "Your account is locked"
			}
			b.WaitWords(want)
		}
	})
}

func TestWidgetNotAssigned(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Open(a.URL + "/greet")
		b.WidgetPassword(classic, drive.Eve, drive.PasswordOf(drive.Eve))
		if classic { // the org says so at the authorize endpoint
			b.Until("document.querySelector('main').innerText.includes('User is not assigned to the client application.')")
		} else {
			b.WaitWords("User is not assigned to this application.")
		}
		if drive.SessionCookie(b.Cookies(a.URL)) != nil {
			t.Error("there is a session")
		}
	})
}

func TestWidgetReloadGoesOn(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.Enter(drive.IdxUser, drive.Ada)
	b.WaitFor(drive.IdxCode)
	b.Do("reload", chromedp.Reload())
	b.WaitFor(drive.IdxCode) // and not who it is once more
	if got := b.Text("#sign-in-widget"); !strings.Contains(got, drive.Ada) {
		t.Errorf("after a reload the widget says %q", got)
	}
	b.Enter(drive.IdxCode, drive.PasswordOf(drive.Ada))
	b.WaitURL(a.URL + "/greet")
}
