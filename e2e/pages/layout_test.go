package pages_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestPages goes to every page there is, checks that it fits on a narrow screen and
// can be used with a screen reader, and keeps pictures of it.
func TestPages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	closed := drive.StartApp(t, map[string]string{"REQUIRE_GROUPS": "Payroll,Night shift"})
	directory := drive.StartApp(t, map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken})
	formPost := drive.StartApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	away := drive.StartApp(t, nil)
	away.Org.Stop()
	away.Stop()
	away.Start()
	away.WaitFor("/healthz", 200)

	for _, page := range []struct {
		name string
		goTo func(*drive.Tab)
		h1   string
	}{
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
		{"profile-directory", drive.SignedInAt(directory, drive.ProfilePath, drive.Ada), "Ada Lovelace"},
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
		{"error-403-groups", drive.SignedInAt(closed, "/greet", drive.Ada), "You are signed in, but not allowed to see this"},
		{"error-404", func(b *drive.Tab) { b.Open(a.URL + "/no-such-page") }, "There is no such page"},
		{"error-404-signed-in", func(b *drive.Tab) {
			drive.SignedInAt(a, "/", drive.Ada)(b)
			b.Open(a.URL + "/" + strings.Repeat("no-such-page-", 30))
		}, "There is no such page"},
		{"error-503-okta-away", func(b *drive.Tab) { b.Open(away.URL + "/login?return_to=/greet") }, "Okta can't be reached"},
		{"form-post-continue", func(b *drive.Tab) {
			b.WithoutScripts()
			b.Open(formPost.URL + "/login")
			b.SignIn(drive.Ada)
			b.Follow("#appForm button")
		}, "Signing you in"},
	} {
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
