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
// that it has it; of a field of Okta's widget, the box around it may.
func (b *Tab) TabTo(selector string) {
	b.T.Helper()
	b.WaitFor(selector)
	var seen []string
	for range 50 {
		stop := Evaluate[struct {
			Name   string
			Marked bool
			There  bool
		}](b, `(e => {
			const outlined = box => box && getComputedStyle(box).outlineStyle !== "none" && parseFloat(getComputedStyle(box).outlineWidth) > 0;
			return {
				Name: e.tagName + " " + (e.id || e.textContent.trim().slice(0, 20)),
				Marked: e === document.body || outlined(e) || outlined(e.closest(".okta-form-input-field")) || outlined(document.querySelector("label[for='" + e.id + "']")),
				There: e.matches(`+Quoted(selector)+`),
			};
		})(document.activeElement)`)
		if len(seen) > 0 && !stop.Marked {
			b.T.Errorf("%s has the focus and does not show it", stop.Name)
		}
		if stop.There {
			return
		}
		seen = append(seen, stop.Name)
		b.Press(kb.Tab)
	}
	b.T.Fatalf("Tab does not lead to %s but to %s", selector, strings.Join(seen, ", "))
}

// KeyIn goes to a field of Okta's widget with Tab and types text into it, from the start again when the widget has drawn
// the field anew meanwhile.
func (b *Tab) KeyIn(selector, text string) {
	b.T.Helper()
	Await(b.T, "the widget to take "+selector, func() bool {
		if Evaluate[bool](b, "document.querySelector("+Quoted(selector)+")?.value === "+Quoted(text)) {
			return true
		}
		b.TabTo(selector)
		b.Press(strings.Repeat(kb.End+kb.Backspace, Evaluate[int](b, "document.activeElement.value?.length ?? 0")) + text)
		return false
	})
}
