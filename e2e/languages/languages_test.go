package languages_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestPagesInAllLanguages goes through the pages in each language, checks that they fit
// on a narrow screen, and keeps pictures of them.
func TestPagesInAllLanguages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{
		"STATE_FILE": filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken, "SESSION_SHOW_ADDRESS": "true",
	})
	for _, language := range drive.Languages() {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Speak(language)
			check := func(name string) {
				t.Helper()
				b.WaitFor("main")
				if got := drive.Evaluate[string](b, "document.documentElement.lang + ' ' + getComputedStyle(document.body).direction"); got != language+" "+drive.Direction(language) {
					t.Errorf("%s is %q", name, got)
				}
				b.Look(320, "light")
				b.CheckWidth()
				b.Screenshot("language-" + language + "-" + name + "-phone")
				b.Look(1280, "light")
				b.CheckWidth()
				b.Screenshot("language-" + language + "-" + name + "-desktop")
			}
			show := func(name, path string) {
				t.Helper()
				b.Open(a.URL + path)
				if b.Has("details.languages") {
					b.Click("details.languages summary")
				}
				check(name)
			}
			show("home-signed-out", "/")
			show("error-404", "/no-such-page")
			show("error-400", "/login?return_to=https://example.com/")
			b.Open(a.URL + "/login?return_to=/greet")
			b.SignIn(drive.Ada)
			b.WaitURL(a.URL)
			check("greet")
			show("home-signed-in", "/")
			show("sessions", drive.SessionsPath)
			show("admin", "/admin/sessions?q="+drive.Ada)
			show("sign-out-question", drive.LogoutPath)
			show("profile", drive.ProfilePath)
			const times = `[...document.querySelectorAll("[data-until]")].map(e => e.textContent.replace(/\s/g, " ")).join("; ")`
			server := drive.Evaluate[string](b, times)
			if script := drive.Evaluate[string](b, `document.dispatchEvent(new Event("visibilitychange")), `+times); script != server || strings.TrimSpace(server) == "" {
				t.Errorf("the script says %q, the server %q", script, server)
			}
			b.Follow("#logout-button")
			b.WaitFor("#login-button")
			check("signed-out")
		})
	}
}

// TestTheMenuOfLanguages changes the language without scripts and finds the page again.
func TestTheMenuOfLanguages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.WithoutScripts()
	b.Open(a.URL + "/no-such-page?a=1")
	b.Click("details.languages summary")
	b.Follow(`.languages button[value="ar"]`)
	b.WaitURL(a.URL + "/no-such-page?a=1")
	if got := b.Text("h1"); got != "لا توجد صفحة كهذه" {
		t.Errorf("the page says %q", got)
	}
	b.Open(a.URL)
	if got := drive.Evaluate[string](b, "document.documentElement.dir"); got != "rtl" {
		t.Errorf("the next page is %q", got)
	}
}
