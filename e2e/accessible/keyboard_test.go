package accessible_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestWidgetByKeyboard signs in at Okta's widget with Tab, Enter and letters. The focus is shown at each stop.
func TestWidgetByKeyboard(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		classic        bool
		user, password string
		onePage        bool // asks for both at once
	}{
		"identity": {false, drive.IdxUser, drive.IdxCode, false},
		"classic":  {true, drive.ClassicUser, drive.ClassicPass, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startApp(t, map[string]string{"SIGN_IN": "widget"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			r := newReader(t, "en")
			r.Open(a.URL + "/greet")
			r.tabTo(tc.user)
			r.typed(tc.user, drive.Ada)
			if !tc.onePage {
				r.Press(kb.Enter)
			}
			r.tabTo(tc.password)
			r.typed(tc.password, drive.PasswordOf(drive.Ada))
			r.Leave(func() { r.Press(kb.Enter) })
			r.Until("location.href === " + drive.Quoted(a.URL+"/greet"))
			r.WaitFor("#logout-button")
		})
	}
}

// tabTo presses Tab until a field has the focus. A field's box may show that in its place.
func (r *reader) tabTo(selector string) {
	r.T.Helper()
	r.WaitFor(selector)
	var seen []string
	for range 30 {
		if drive.Evaluate[bool](r.Tab, "document.activeElement.matches("+drive.Quoted(selector)+")") {
			return
		}
		r.Press(kb.Tab)
		stop := drive.Evaluate[string](r.Tab, `(e => {
			const outlined = box => box && getComputedStyle(box).outlineStyle !== "none" && parseFloat(getComputedStyle(box).outlineWidth) > 0;
			return e.outerHTML.slice(0, 80) + (e === document.body || outlined(e) || outlined(e.closest(".okta-form-input-field")) ? "" : " unmarked");
		})(document.activeElement)`)
		if strings.HasSuffix(stop, "unmarked") {
			r.T.Errorf("%s has the focus and does not show it", stop)
		}
		seen = append(seen, stop)
	}
	r.T.Fatalf("Tab does not lead to %s but to %q", selector, seen)
}

// typed types text into the field that has the focus, and again from the start when the widget has drawn it anew meanwhile.
func (r *reader) typed(selector, text string) {
	r.T.Helper()
	drive.Await(r.T, "the widget to take "+selector, func() bool {
		if drive.Evaluate[bool](r.Tab, "document.querySelector("+drive.Quoted(selector)+")?.value === "+drive.Quoted(text)) {
			return true
		}
		r.tabTo(selector)
		r.Press(strings.Repeat(kb.End+kb.Backspace, drive.Evaluate[int](r.Tab, "document.activeElement.value.length")) + text)
		return false
	})
}
