package light_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// ofItsOwn is by how much the widget moves its own parts while it draws them: nobody sees a thousandth of the window.
const ofItsOwn = 0.001

// TestWidgetComesWithoutAJump: the widget, which is drawn when its script has asked the org, takes a place that was kept
// for it.
func TestWidgetComesWithoutAJump(t *testing.T) {
	t.Parallel()
	for name, classic := range map[string]bool{"identity": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"SIGN_IN": "widget"}
			for look, a := range map[string]*hosts.Host{"the app's look": hosts.App(t, env), "the default look": hosts.Plain(t, env)} {
				a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
				for _, width := range []int64{320, 1280} {
					b := drive.NewTab(t)
					b.Look(width, "light")
					b.Open(a.URL + drive.CustomPath)
					b.WaitFor(drive.IdxSend)
					b.Until(`document.getAnimations().length === 0`)
					if shift := shifts(b); shift > ofItsOwn {
						t.Errorf("%s, %d px: what has been drawn moves, by %v; the widget is %v px high", look, width, shift, drive.Evaluate[float64](b, `document.querySelector("#sign-in-widget").getBoundingClientRect().height`))
					}
				}
			}
		})
	}
}
