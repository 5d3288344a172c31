package accessible_test

import (
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestAppPages goes through the app's pages in each direction, as somebody who signs in and out.
func TestAppPages(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = audit.OfTheApp()
		r.Visit("front page, signed out", a.URL)
		r.Visit("nothing there, signed out", a.URL+"/no-such-page")
		r.Visit("not understood", a.URL+"/login?return_to=https://example.com/")
		r.Visit("no cookies", a.URL+"/authorization-code/callback?code=x&state=y")
		r.Visit("sign out, nobody", a.URL+drive.LogoutPath)
		r.Open(a.URL + "/login?return_to=/greet")
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL + "/greet")
		r.Check("greeting")
		r.Visit("front page, signed in", a.URL)
		r.Visit("profile", a.URL+drive.ProfilePath)
		r.Visit("sessions", a.URL+drive.SessionsPath)
		r.Visit("console", a.URL+"/admin/sessions")
		r.Visit("console, sessions of somebody", a.URL+"/admin/sessions?q="+drive.Ada)
		r.Visit("console, people", a.URL+"/admin/sessions?q=grace")
		r.Visit("nothing there, signed in", a.URL+"/no-such-page")
		r.Visit("sign out?", a.URL+drive.LogoutPath)
		r.Follow("#confirm-sign-out")
		r.Named("signed out", "#login-button")
	})
}

// TestManyGroups looks at the profile of somebody with a long name and 120 groups.
func TestManyGroups(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = audit.OfTheApp()
		r.Open(a.URL + "/login?return_to=" + drive.ProfilePath)
		r.SignIn(drive.Many)
		r.Named("profile, 120 groups", "#claim-groups details")
	})
}

// TestOktaAwayPage looks at the answer to who wants to sign in while Okta can't be reached.
func TestOktaAwayPage(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	a.Org.Stop()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		if status := r.Open(a.URL + "/login?return_to=/greet"); status != 503 {
			t.Errorf("status %d, want 503", status)
		}
		r.Check("Okta is away")
	})
}

// TestRefused shows who is not let in why.
func TestRefused(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"REQUIRE_GROUPS": "Payroll,Night shift"})
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Open(a.URL + "/login?return_to=/greet")
		r.SignIn(drive.Eve)
		r.WaitURL(a.URL)
		r.Check("not assigned")
		r.Open(a.URL + "/login?prompt=login&return_to=/greet")
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL)
		r.Check("not in a group")
	})
}

// TestTimeLeft looks at the dialogue before a session's end, and at what stands after it.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = audit.OfTheApp()
		a := hosts.App(t, nil)
		r.Open(a.URL + "/login?return_to=" + drive.ProfilePath)
		r.SignIn(drive.Ada)
		r.WaitURL(a.URL + drive.ProfilePath)
		pass := func(total time.Duration, selector string) {
			a.Ahead(total)
			drive.Evaluate[bool](r.Tab, "(now => { Date.now = () => now() + "+strconv.FormatInt(total.Milliseconds(), 10)+"; return true })(window.trueNow ??= Date.now.bind(Date))")
			r.WaitFor(selector)
		}
		pass(37*time.Minute, "dialog.session-time[open]")
		r.Check("time-left dialogue")
		pass(47*time.Minute, "main.session-over")
		r.Check("session over")
	})
}
