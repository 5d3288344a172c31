package sessions_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestTwoTabs signs in in two tabs of one browser at once. Whichever finishes
// first, each ends on the page that it asked for, and both stay signed in.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	for _, test := range []struct {
		name         string
		firstLeading bool
	}{
		{"in the order of starting", true},
		{"in the reverse order", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := drive.NewTab(t)
			second := first.Another()
			first.Open(a.URL + "/greet?tab=first")
			second.Open(a.URL + "/profile?tab=second")
			first.WaitURL(a.Org.URL())
			second.WaitURL(a.Org.URL())

			finishFirst := func() {
				first.SignIn(drive.Ada)
				first.WaitURL(a.URL + "/greet?tab=first")
			}
			finishSecond := func() {
				second.SignIn(drive.Ada)
				second.WaitURL(a.URL + "/profile?tab=second")
			}
			if test.firstLeading {
				finishFirst()
				finishSecond()
			} else {
				finishSecond()
				finishFirst()
			}
			for _, b := range []*drive.Tab{first, second} {
				b.Open(a.URL + drive.ProfilePath)
				if got := b.Text("#claim-email"); got != drive.Ada {
					t.Errorf("a tab is signed in as %q", got)
				}
			}
			if got := drive.CookieNames(first.Cookies(a.URL)); got != "session person" {
				t.Errorf("the browser has cookies %q, want the session's and who it was", got)
			}
		})
	}
}

// TestSignOutReachesOtherTabs signs out in one tab; the other notices at its next
// page.
func TestSignOutReachesOtherTabs(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	first := drive.NewTab(t)
	first.Open(a.URL + "/greet")
	first.SignIn(drive.Ada)
	first.WaitURL(a.URL + "/greet")
	second := first.Another()
	second.Open(a.URL + drive.ProfilePath)
	first.Follow("#logout-button")
	first.WaitURL(a.URL + "/authorization-code/signed-out") // and from Okta
	second.Open(a.URL + drive.ProfilePath)
	second.WaitURL(a.Org.URL())
}
