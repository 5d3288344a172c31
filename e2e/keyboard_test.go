package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestKeyboardAlone makes the journey with Tab, Enter and letters.
func TestKeyboardAlone(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL)
	b.press(kb.Tab)
	if !evaluate[bool](b, "document.activeElement.matches('.skip') && document.activeElement.getBoundingClientRect().top >= 0") {
		t.Error("the first stop is not a visible link to the content")
	}
	b.press(kb.Enter)
	if !evaluate[bool](b, "document.activeElement.matches('main')") {
		t.Error("the skip link does not lead to the content")
	}
	b.leave(func() { b.tabTo("#login-button"); b.press(kb.Enter) })

	b.waitFor(usernameField + ":focus") // it is where one types at once
	b.press(ada)
	b.press(kb.Tab)
	b.press(passwordOf(ada))
	b.leave(func() { b.press(kb.Enter) })
	b.waitURL(a.URL)

	b.leave(func() { b.tabTo("#profile-button"); b.press(kb.Enter) })
	if got := b.text("#claim-email"); got != ada {
		t.Errorf("the profile says %q", got)
	}
	b.tabTo("details.raw summary")
	b.press(kb.Enter)
	b.tabTo("[data-copy=raw-json]")
	b.open(a.URL + logoutPath)
	b.leave(func() { b.tabTo("#confirm-sign-out"); b.press(kb.Enter) })
	b.waitFor("#login-button")
	if got := b.text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
}

func (b *tab) press(keys string) {
	b.t.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// tabTo presses Tab until an element has the focus. Each stop on the way must show
// that it has it.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	b.waitFor(selector)
	var seen []string
	for range 50 {
		b.press(kb.Tab)
		stop := evaluate[struct {
			Name   string
			Marked bool
			There  bool
		}](b, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			return {
				Name: e.tagName + " " + e.textContent.trim().slice(0, 20),
				Marked: e === document.body || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
				There: e.matches(`+quoted(selector)+`),
			};
		})()`)
		seen = append(seen, stop.Name)
		if !stop.Marked {
			b.t.Errorf("%s has the focus and does not show it", stop.Name)
		}
		if stop.There {
			return
		}
	}
	b.t.Fatalf("Tab does not lead to %s but to %s", selector, strings.Join(seen, ", "))
}
