package accessible_test

import (
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
)

// What axe is not sure of in this app's pages, and who is.
var unsure = []exception{
	{"color-contrast", ".sky", "a picture: TestGreetingOverItsPicture compares the text with every colour of it"},
	{"color-contrast", ".avatar", "a gradient behind initials, which are beside the name in full: a decoration"},
	{"color-contrast", "#raw-json", "it scrolls: TestContrast compares its colours"},
	{"color-contrast", "dialog.session-time", "it lies over the page: TestContrast compares its colours"},
	{"th-has-data-cells", ".claims", "a heading over a group of rows has no cell of its own"},
}

// TestAppPages goes through the app's pages in each direction, as somebody who signs in and out.
func TestAppPages(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	languages(t, func(t *testing.T, r *reader) {
		r.exceptions = unsure
		r.visit("front page, signed out", a.URL)
		r.visit("nothing there, signed out", a.URL+"/no-such-page")
		r.visit("not understood", a.URL+"/login?return_to=https://example.com/")
		r.visit("no cookies", a.URL+"/authorization-code/callback?code=x&state=y")
		r.visit("sign out, nobody", a.URL+drive.LogoutPath)
		r.Open(a.URL + "/login?return_to=/greet")
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL + "/greet")
		r.check("greeting")
		r.visit("front page, signed in", a.URL)
		r.visit("profile", a.URL+drive.ProfilePath)
		r.visit("sessions", a.URL+drive.SessionsPath)
		r.visit("console", a.URL+"/admin/sessions")
		r.visit("console, sessions of somebody", a.URL+"/admin/sessions?q="+drive.Ada)
		r.visit("console, people", a.URL+"/admin/sessions?q=grace")
		r.visit("nothing there, signed in", a.URL+"/no-such-page")
		r.visit("sign out?", a.URL+drive.LogoutPath)
		r.Follow("#confirm-sign-out")
		r.named("signed out", "#login-button")
	})
}

// TestRefused shows who is not let in why.
func TestRefused(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"REQUIRE_GROUPS": "Payroll,Night shift"})
	languages(t, func(t *testing.T, r *reader) {
		r.Open(a.URL + "/login?return_to=/greet")
		r.SignIn(drive.Eve)
		r.WaitURL(a.URL)
		r.check("not assigned")
		r.Open(a.URL + "/login?prompt=login&return_to=/greet")
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL)
		r.check("not in a group")
	})
}

// TestTimeLeft looks at the dialogue before a session's end, and at what stands after it.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	languages(t, func(t *testing.T, r *reader) {
		r.exceptions = unsure
		a := startApp(t, nil)
		r.Open(a.URL + "/login?return_to=" + drive.ProfilePath)
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL + drive.ProfilePath)
		pass := func(total time.Duration, selector string) {
			a.later.Store(int64(total))
			drive.Evaluate[bool](r.Tab, "(now => { Date.now = () => now() + "+strconv.FormatInt(total.Milliseconds(), 10)+"; return true })(window.trueNow ??= Date.now.bind(Date))")
			r.WaitFor(selector)
		}
		pass(37*time.Minute, "dialog.session-time[open]")
		r.check("time-left dialogue")
		pass(47*time.Minute, "main.session-over")
		r.check("session over")
	})
}
