package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/mockokta"
)

// speaks makes the tab's browser one of a person with that language.
func (b *tab) speaks(language string) {
	b.t.Helper()
	headers := network.Headers{"Accept-Language": language}
	if _, err := chromedp.Call(b.ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}); err != nil {
		b.t.Fatal(err)
	}
}

// TestPagesInAllLanguages goes through the pages in each language, checks that they fit
// on a narrow screen, and keeps pictures of them.
func TestPagesInAllLanguages(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{
		"STATE_FILE": filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken, "SESSION_SHOW_ADDRESS": "true",
	})
	for language, direction := range map[string]string{"de": "ltr", "en": "ltr", "es": "ltr", "fr": "ltr", "pt": "ltr", "ja": "ltr", "ar": "rtl"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			b.speaks(language)
			check := func(name string) {
				t.Helper()
				b.waitFor("main")
				b.checkNames()
				if got := evaluate[string](b, "document.documentElement.lang + ' ' + getComputedStyle(document.body).direction"); got != language+" "+direction {
					t.Errorf("%s is %q", name, got)
				}
				b.look(320, "light")
				b.checkWidth()
				b.look(390, "light")
				b.screenshot("language-" + language + "-" + name + "-phone")
				b.look(1280, "light")
				b.checkWidth()
				b.screenshot("language-" + language + "-" + name + "-desktop")
			}
			show := func(name, path string) {
				t.Helper()
				b.open(a.URL + path)
				if b.has("details.languages") {
					b.click("details.languages summary")
				}
				check(name)
			}
			show("home-signed-out", "/")
			show("error-404", "/no-such-page")
			show("error-400", "/login?return_to=https://example.com/")
			b.open(a.URL + "/login?return_to=/greet")
			b.signIn(ada)
			b.waitURL(a.URL)
			check("greet")
			show("home-signed-in", "/")
			show("sessions", sessionsPath)
			show("admin", "/admin/sessions?q="+ada)
			show("sign-out-question", logoutPath)
			show("profile", profilePath)
			const times = `[...document.querySelectorAll("[data-until]")].map(e => e.textContent.replace(/\s/g, " ")).join("; ")`
			server := evaluate[string](b, times)
			if script := evaluate[string](b, `document.dispatchEvent(new Event("visibilitychange")), `+times); script != server || strings.TrimSpace(server) == "" {
				t.Errorf("the script says %q, the server %q", script, server)
			}
			b.follow("#logout-button")
			b.waitFor("#login-button")
			check("signed-out")
		})
	}
}

// TestTheMenuOfLanguages changes the language without scripts and finds the page again.
func TestTheMenuOfLanguages(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.withoutScripts()
	b.open(a.URL + "/no-such-page?a=1")
	b.click("details.languages summary")
	b.follow(`.languages button[value="ar"]`)
	b.waitURL(a.URL + "/no-such-page?a=1")
	if got := b.text("h1"); got != "لا توجد صفحة كهذه" {
		t.Errorf("the page says %q", got)
	}
	b.open(a.URL)
	if got := evaluate[string](b, "document.documentElement.dir"); got != "rtl" {
		t.Errorf("the next page is %q", got)
	}
}
