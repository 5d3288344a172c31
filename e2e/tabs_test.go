package e2e_test

import "testing"

// TestTwoTabs signs in in two tabs of one browser at once. Whichever finishes
// first, each ends on the page that it asked for, and both stay signed in.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	for _, test := range []struct {
		name         string
		firstLeading bool
	}{
		{"in the order of starting", true},
		{"in the reverse order", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := newTab(t)
			second := first.another()
			first.open(a.URL + "/greet?tab=first")
			second.open(a.URL + "/profile?tab=second")
			first.waitURL(a.Org.URL())
			second.waitURL(a.Org.URL())

			finishFirst := func() {
				first.signIn(ada)
				first.waitURL(a.URL + "/greet?tab=first")
			}
			finishSecond := func() {
				second.signIn(ada)
				second.waitURL(a.URL + "/profile?tab=second")
			}
			if test.firstLeading {
				finishFirst()
				finishSecond()
			} else {
				finishSecond()
				finishFirst()
			}
			for _, b := range []*tab{first, second} {
				b.open(a.URL + profilePath)
				if got := b.text("#claim-email"); got != ada {
					t.Errorf("a tab is signed in as %q", got)
				}
			}
			if cookies := first.cookies(a.URL); len(cookies) != 1 {
				t.Errorf("the browser has %d cookies, want the session's alone", len(cookies))
			}
		})
	}
}

// TestSignOutReachesOtherTabs signs out in one tab; the other notices at its next
// page.
func TestSignOutReachesOtherTabs(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	first := newTab(t)
	first.open(a.URL + "/greet")
	first.signIn(ada)
	first.waitURL(a.URL + "/greet")
	second := first.another()
	second.open(a.URL + profilePath)
	first.follow("#logout-button")
	first.waitURL(a.URL + "/authorization-code/signed-out") // and from Okta
	second.open(a.URL + profilePath)
	second.waitURL(a.Org.URL())
}
