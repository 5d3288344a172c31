package e2e_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/mockokta"
)

// TestPages goes to every page there is, checks that it fits on a narrow screen and
// can be used with a screen reader, and keeps pictures of it.
func TestPages(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	closed := startApp(t, map[string]string{"REQUIRE_GROUPS": "Payroll,Night shift"})
	directory := startApp(t, map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken})
	formPost := startApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	listing := startApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken})
	newVisitor(t, listing).signIn("/", many)
	away := startApp(t, nil)
	away.Org.Stop()
	away.stop()
	away.start()
	away.waitFor("/healthz", 200)

	for _, page := range []struct {
		name string
		goTo func(*tab)
		h1   string
	}{
		{"home-signed-out", func(b *tab) { b.open(a.URL) }, "Sign in with Okta"},
		{"home-signed-in", signedInAt(a, "/", ada), "Welcome, Ada Lovelace"},
		{"home-long-name", signedInAt(a, "/", many), "Welcome, กิตติพิชญ์"},
		{"greet", signedInAt(a, "/greet", ada), "Good "},
		{"profile", signedInAt(a, profilePath, ada), "Ada Lovelace"},
		{"profile-many-groups", func(b *tab) {
			signedInAt(a, profilePath, many)(b)
			b.click("#claim-groups summary")
			b.click("details.raw summary")
		}, "กิตติพิชญ์"},
		{"profile-directory", signedInAt(directory, profilePath, ada), "Ada Lovelace"},
		{"sessions", func(b *tab) {
			for range 2 {
				newVisitor(t, listing).signIn("/", many)
			}
			signedInAt(listing, sessionsPath, many)(b)
		}, "Where you are signed in"},
		{"admin-sessions", signedInAt(listing, "/admin/sessions?q="+many, ada), "Sessions"},
		{"admin-people", signedInAt(listing, "/admin/sessions?q=a", ada), "Sessions"},
		{"kept-form", sentAfterTheEnd(listing, map[string]string{
			"subject": "Trip to Rome", "id": strings.Repeat("long", 60), "text": "Dear all,\n\n" + strings.Repeat("how are you? ", 30), "password": "x", "empty": "",
		}), "Send it now?"},
		{"given-back", sentAfterTheEnd(listing, map[string]string{"subject": "Trip to Rome", "text": strings.Repeat("how are you? ", 6_000), "password": "x"}), "Please copy what you sent"},
		{"sign-out-question", func(b *tab) {
			signedInAt(a, "/", ada)(b)
			b.open(a.URL + logoutPath)
		}, "Sign out?"},
		{"sign-out-nobody", func(b *tab) { b.open(a.URL + logoutPath) }, "You are not signed in"},
		{"signed-out", func(b *tab) {
			signedInAt(a, "/", ada)(b)
			b.follow("#logout-button")
			b.waitFor("#login-button")
		}, "You are signed out"},
		{"signed-out-nobody", func(b *tab) { b.open(a.URL + "/authorization-code/signed-out") }, "You are signed out"},
		{"error-400-callback", func(b *tab) { b.open(a.URL + "/authorization-code/callback?code=x&state=y") }, "Your browser keeps no cookies of this site"},
		{"error-400-return-to", func(b *tab) { b.open(a.URL + "/login?return_to=https://example.com/") }, "That request can't be understood"},
		{"error-403-not-assigned", signedInAt(a, "/greet", eve), "Okta did not let you in"},
		{"error-403-groups", signedInAt(closed, "/greet", ada), "You are signed in, but not allowed to see this"},
		{"error-404", func(b *tab) { b.open(a.URL + "/no-such-page") }, "There is no such page"},
		{"error-404-signed-in", func(b *tab) {
			signedInAt(a, "/", ada)(b)
			b.open(a.URL + "/" + strings.Repeat("no-such-page-", 30))
		}, "There is no such page"},
		{"error-503-okta-away", func(b *tab) { b.open(away.URL + "/login?return_to=/greet") }, "Okta can't be reached"},
		{"form-post-continue", func(b *tab) {
			b.withoutScripts()
			b.open(formPost.URL + "/login")
			b.signIn(ada)
			b.follow("#appForm button")
		}, "Signing you in"},
		{"stand-in-sign-in", func(b *tab) {
			b.open(a.URL + "/login")
			b.click("summary")
		}, "Sign in"},
		{"stand-in-wrong-password", func(b *tab) {
			b.open(a.URL + "/login?login_hint=" + ada)
			b.signInWith(ada, "wrong")
		}, "Sign in"},
		{"stand-in-dashboard", func(b *tab) {
			b.open(a.Org.URL() + "/login/login.htm")
			b.signIn(ada)
		}, "Acme's dashboard"},
		{"stand-in-consent", func(b *tab) {
			b.open(a.URL + "/login?prompt=consent")
			b.signIn(ada)
		}, "Allow access?"},
		{"stand-in-error", func(b *tab) { b.open(a.Org.Issuer() + "/v1/authorize?client_id=unknown") }, "400"},
		{"stand-in-form-post", func(b *tab) {
			b.withoutScripts()
			b.open(formPost.URL + "/login")
			b.signIn(ada)
		}, "Signing in…"},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			page.goTo(b)
			if h1 := b.text("h1"); !strings.HasPrefix(h1, page.h1) {
				t.Fatalf("the page is %q, want %q", h1, page.h1)
			}
			b.checkMarkup()
			b.checkNames()
			for _, scheme := range []string{"light", "dark"} {
				b.look(320, scheme)
				b.checkWidth()
				b.look(390, scheme)
				b.screenshot(page.name + "-phone-" + scheme)
				b.look(1280, scheme)
				b.checkWidth()
				b.screenshot(page.name + "-desktop-" + scheme)
			}
		})
	}
}

// signedInAt goes to a closed or public page with a session.
func signedInAt(a *app, path, login string) func(*tab) {
	return func(b *tab) {
		b.t.Helper()
		b.open(a.URL + "/login?return_to=" + path)
		b.signIn(login)
		b.waitURL(a.URL)
	}
}

// checkWidth fails the test if the page has to be scrolled sideways.
func (b *tab) checkWidth() {
	b.t.Helper()
	wide := evaluate[struct{ Inner, Document int }](b, "({Inner: innerWidth, Document: document.documentElement.scrollWidth})")
	if wide.Document > wide.Inner {
		b.t.Errorf("the page is %d px wide on a screen of %d", wide.Document, wide.Inner)
	}
}

// checkMarkup looks for what screen readers rely on and browsers don't enforce.
func (b *tab) checkMarkup() {
	b.t.Helper()
	page := evaluate[struct {
		Lang, Title      string
		H1, Main         int
		Header, Footer   int
		TwiceIDs, Labels []string
		Levels           []int
	}](b, `(() => {
		const all = s => [...document.querySelectorAll(s)], ids = all("[id]").map(e => e.id);
		return {
			Lang: document.documentElement.lang,
			Title: document.title,
			H1: all("h1").length,
			Main: all("main").length,
			Header: all("body > header").length,
			Footer: all("body > footer").length,
			TwiceIDs: ids.filter((id, i) => ids.indexOf(id) !== i),
			Labels: all("input:not([type=hidden]):not([type=submit]), select, textarea").filter(e => !e.labels.length).map(e => e.outerHTML),
			Levels: all("h1, h2, h3, h4, h5, h6").map(e => +e.tagName[1]),
		};
	})()`)
	if page.Lang != "en" || page.Title == "" {
		b.t.Errorf("lang is %q and the title %q", page.Lang, page.Title)
	}
	if page.H1 != 1 || page.Main != 1 || page.Header != page.Footer || page.Header > 1 {
		b.t.Errorf("the page has %d h1, %d main, %d header, %d footer", page.H1, page.Main, page.Header, page.Footer)
	}
	if len(page.TwiceIDs) > 0 {
		b.t.Errorf("ids used twice: %q", page.TwiceIDs)
	}
	if len(page.Labels) > 0 {
		b.t.Errorf("fields without a label: %q", page.Labels)
	}
	before := 0
	for _, level := range page.Levels {
		if level > before+1 {
			b.t.Errorf("headings go from level %d to %d", before, level)
		}
		before = level
	}
}

// checkNames fails the test if something to read, follow or press has no name in
// the tree that screen readers get.
func (b *tab) checkNames() {
	b.t.Helper()
	needName := []string{"button", "link", "textbox", "checkbox", "heading", "img", "image", "meter", "navigation", "region", "table", "dialog"}
	tree, err := chromedp.Run(b.ctx, func(ctx context.Context, target *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		b.t.Fatal(err)
	}
	checked := 0
	for _, node := range tree.Nodes {
		role := axText(node.Role)
		if node.Ignored || !slices.Contains(needName, role) {
			continue
		}
		checked++
		if axText(node.Name) == "" {
			b.t.Errorf("a %s has no name", role)
		}
	}
	if checked == 0 {
		b.t.Error("the tree of names is empty")
	}
}

// axText is the text in a value of that tree, which is JSON.
func axText(value *accessibility.Value) string {
	if value == nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(value.Value.String()), `"`)
}
