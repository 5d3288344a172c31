package sessions_test

import (
	"net/http"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestRoundTrips holds what Redis itself counts of a sign-in and of a renewal against what
// docs/capacity.md reckons with.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]struct{ signIn, page, renewal int }{
		"SESSION_STORE": {4, 1, 4},
		"REDIS_URL":     {5, 1, 6},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := apptest.Start(t, apptest.Setup{Env: apptest.Renewing(setting, server.URL())})
			first := app.Browser()
			first.SignIn(apptest.ProfilePath, testkit.Grace) // now all connections are there
			b := app.Browser()
			if got := server.RoundTrips(func() { b.Get(b.ToCallback(apptest.ProfilePath, testkit.Ada)) }); got != want.signIn {
				t.Errorf("a sign-in takes %d, want %d", got, want.signIn)
			}
			page := func() {
				if r := b.Get(apptest.ProfilePath); r.StatusCode != http.StatusOK {
					t.Errorf("status %d", r.StatusCode)
				}
			}
			page()
			if got := server.RoundTrips(page); got != want.page {
				t.Errorf("a page takes %d, want %d", got, want.page)
			}
			app.Clock.Add(time.Hour)
			if got := server.RoundTrips(page) - want.page; got != want.renewal {
				t.Errorf("a renewal takes %d more, want %d", got, want.renewal)
			}
		})
	}
}
