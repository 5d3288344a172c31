package pages_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
)

// TestNames: whatever people are called, the pages that name them look right, on a phone
// and on a desk, and do not move while they load.
func TestNames(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	for _, person := range []struct{ login, name, avatar string }{
		{drive.Many, "กิตติพิชญ์", ""},
		{"hubert@acme.test", "Hubert Blaine", "HW"},
		{"layla@acme.test", "ليلى الخطيب", "ل\u200cا"},
		{"o@acme.test", "O", "O"},
		{"emoji@acme.test", "🦊", "🦊"},
		{"nameless@acme.test", "nameless@acme.test", "NT"},
	} {
		t.Run(person.login, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Speak("en")
			drive.SignedInAt(a, "/", person.login)(b)
			name, _, _ := strings.Cut(person.login, "@")
			for page, path := range map[string]string{"home": "/", "greet": "/greet", "profile": drive.ProfilePath, "sessions": drive.SessionsPath} {
				b.Look(390, "light")
				b.Open(a.URL + path)
				if h1 := b.Text("h1"); page != "sessions" && !strings.Contains(h1, person.name) {
					t.Errorf("%s says %q, want %q in it", page, h1, person.name)
				}
				if moved := shift(b); moved > 0.01 {
					t.Errorf("%s moves by %.3f while it loads", page, moved)
				}
				if page == "profile" && person.avatar != "" {
					if got := drive.Evaluate[string](b, "document.querySelector('.avatar').textContent"); got != person.avatar {
						t.Errorf("the badge says %q, want %q", got, person.avatar)
					}
				}
				b.CheckNames()
				b.Look(320, "light")
				b.CheckWidth()
				b.Look(390, "light")
				b.Screenshot("name-" + name + "-" + page + "-phone")
				b.Look(1280, "dark")
				b.CheckWidth()
				b.Screenshot("name-" + name + "-" + page + "-desktop")
			}
		})
	}
}

// shift is how far the page has moved since it began to load (Cumulative Layout Shift).
func shift(b *drive.Tab) float64 {
	b.T.Helper()
	drive.Evaluate[bool](b, `window.shift = 0,
		new PerformanceObserver(list => { for (const e of list.getEntries()) window.shift += e.value }).observe({ type: "layout-shift", buffered: true }),
		requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => (window.settled = true)))), true`)
	b.Until("window.settled")
	return drive.Evaluate[float64](b, "window.shift")
}

// media sets what the page is for, "screen" or "print", and whether its colours are forced.
func media(b *drive.Tab, medium, forcedColours string) {
	b.T.Helper()
	if _, err := chromedp.Call(b.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: forcedColours}},
	}); err != nil {
		b.T.Fatal(err)
	}
}

// TestForcedColours: where the reader's system chooses the colours, the current page and the
// buttons still show.
func TestForcedColours(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	drive.SignedInAt(a, "/greet", drive.Ada)(b)
	media(b, "screen", "active")
	b.Screenshot("greet-forced-colours")
	if lines := drive.Evaluate[[]string](b, `[...document.querySelectorAll("nav a")].map(a => { const s = getComputedStyle(a); return s.borderBottomWidth + (s.borderBottomColor === getComputedStyle(document.body).backgroundColor ? " hidden" : " shown") })`); strings.Join(lines, ", ") != "4px shown, 2px hidden" {
		t.Errorf("the lines below the links are %q: only the current page's is to show", lines)
	}
	if got := drive.Evaluate[string](b, `getComputedStyle(document.querySelector(".sky")).backgroundImage + getComputedStyle(document.querySelector(".sun")).display`); got != "nonenone" {
		t.Errorf("the picture behind the greeting is %s", got)
	}
}

// TestOnPaper: a printed page is ink on paper, with nothing to press and nothing cut off.
func TestOnPaper(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	drive.SignedInAt(a, "/greet", drive.Ada)(b)
	b.Look(1280, "dark")
	media(b, "print", "none")
	if got := drive.Evaluate[string](b, `getComputedStyle(document.querySelector("h1")).color`); got != "rgb(0, 0, 0)" {
		t.Errorf("the greeting is printed in %s", got)
	}
	b.Screenshot("greet-print")
	media(b, "screen", "none")
	b.Open(a.URL + drive.ProfilePath)
	b.Click("details.raw summary")
	media(b, "print", "none")
	if shown := drive.Evaluate[[]string](b, `[...document.querySelectorAll("nav, footer, button, .button")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))`); len(shown) > 0 {
		t.Errorf("on paper there is to press %q", shown)
	}
	if cut := drive.Evaluate[[]string](b, `[...document.querySelectorAll("main *")].filter(e => e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY !== "visible").map(e => e.outerHTML.slice(0, 80))`); len(cut) > 0 {
		t.Errorf("cut off: %q", cut)
	}
	b.Screenshot("profile-print")
}
