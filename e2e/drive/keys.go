package drive

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Press presses keys, one after the other.
func (b *Tab) Press(keys string) {
	b.T.Helper()
	b.Do("press keys", chromedp.KeyEvent(keys))
}

// TabTo presses Tab until an element has the focus. Each stop on the way must show
// that it has it.
func (b *Tab) TabTo(selector string) {
	b.T.Helper()
	b.WaitFor(selector)
	var seen []string
	for range 50 {
		b.Press(kb.Tab)
		stop := Evaluate[struct {
			Name   string
			Marked bool
			There  bool
		}](b, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			return {
				Name: e.tagName + " " + e.textContent.trim().slice(0, 20),
				Marked: e === document.body || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
				There: e.matches(`+Quoted(selector)+`),
			};
		})()`)
		seen = append(seen, stop.Name)
		if !stop.Marked {
			b.T.Errorf("%s has the focus and does not show it", stop.Name)
		}
		if stop.There {
			return
		}
	}
	b.T.Fatalf("Tab does not lead to %s but to %s", selector, strings.Join(seen, ", "))
}
