package pages_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// page is one to look at: goTo leads a tab to it, and h1 is how its heading begins.
type page struct {
	name string
	goTo func(*drive.Tab)
	h1   string
}

// checkAll goes to each of pages, checks that it fits on a narrow screen and can be used with a screen reader, and keeps
// pictures of it.
func checkAll(t *testing.T, pages ...page) {
	t.Helper()
	for _, page := range pages {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			page.goTo(b)
			if h1 := b.Text("h1"); !strings.HasPrefix(h1, page.h1) {
				t.Fatalf("the page is %q, want %q", h1, page.h1)
			}
			b.CheckLooks(page.name)
		})
	}
}

// TestPages looks at every page that the app has as it comes.
func TestPages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	checkAll(t, []page{
		{"home-signed-out", func(b *drive.Tab) { b.Open(a.URL) }, "Sign in with Okta"},
		{"home-signed-in", drive.SignedInAt(a, "/", drive.Ada), "Welcome, Ada Lovelace"},
		{"home-long-name", drive.SignedInAt(a, "/", drive.Many), "Welcome, กิตติพิชญ์"},
		{"greet", drive.SignedInAt(a, "/greet", drive.Ada), "Good "},
		{"profile", drive.SignedInAt(a, drive.ProfilePath, drive.Ada), "Ada Lovelace"},
		{"profile-many-groups", func(b *drive.Tab) {
			drive.SignedInAt(a, drive.ProfilePath, drive.Many)(b)
			b.Click("#claim-groups summary")
			b.Click("details.raw summary")
		}, "กิตติพิชญ์"},
		{"sign-out-question", func(b *drive.Tab) {
			drive.SignedInAt(a, "/", drive.Ada)(b)
			b.Open(a.URL + drive.LogoutPath)
		}, "Sign out?"},
		{"sign-out-nobody", func(b *drive.Tab) { b.Open(a.URL + drive.LogoutPath) }, "You are not signed in"},
		{"signed-out", func(b *drive.Tab) {
			drive.SignedInAt(a, "/", drive.Ada)(b)
			b.Follow("#logout-button")
			b.WaitFor("#login-button")
		}, "You are signed out"},
		{"signed-out-nobody", func(b *drive.Tab) { b.Open(a.URL + "/authorization-code/signed-out") }, "You are signed out"},
		{"error-400-callback", func(b *drive.Tab) { b.Open(a.URL + "/authorization-code/callback?code=x&state=y") }, "Your browser keeps no cookies of this site"},
		{"error-400-return-to", func(b *drive.Tab) { b.Open(a.URL + "/login?return_to=https://example.com/") }, "That request can't be understood"},
		{"error-403-not-assigned", drive.SignedInAt(a, "/greet", drive.Eve), "Okta did not let you in"},
		{"error-404", func(b *drive.Tab) { b.Open(a.URL + "/no-such-page") }, "There is no such page"},
		{"error-404-signed-in", func(b *drive.Tab) {
			drive.SignedInAt(a, "/", drive.Ada)(b)
			b.Open(a.URL + "/" + strings.Repeat("no-such-page-", 30))
		}, "There is no such page"},
	}...)
}

// TestPagesOfNoGroup looks at what somebody sees who is in none of the groups that the app is for.
func TestPagesOfNoGroup(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"REQUIRE_GROUPS": "Payroll,Night shift"})
	checkAll(t, page{"error-403-groups", drive.SignedInAt(a, "/greet", drive.Ada), "You are signed in, but not allowed to see this"})
}

// TestPagesOfTheDirectory looks at a profile that Okta's directory adds to.
func TestPagesOfTheDirectory(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken})
	checkAll(t, page{"profile-directory", drive.SignedInAt(a, drive.ProfilePath, drive.Ada), "Ada Lovelace"})
}

// TestPagesOfFormPost looks at the page that Okta's answer by form_post meets without scripts.
func TestPagesOfFormPost(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	checkAll(t, page{"form-post-continue", func(b *drive.Tab) {
		b.WithoutScripts()
		b.Open(a.URL + "/login")
		b.SignIn(drive.Ada)
		b.Follow("#appForm button")
	}, "Signing you in"})
}

// TestPagesWhileOktaIsAway looks at what somebody sees who wants to sign in then.
func TestPagesWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	a := drive.NewApp(t, nil)
	a.Org.Stop()
	a.Start()
	a.WaitFor("/healthz", 200)
	checkAll(t, page{"error-503-okta-away", func(b *drive.Tab) { b.Open(a.URL + "/login?return_to=/greet") }, "Okta can't be reached"})
}
