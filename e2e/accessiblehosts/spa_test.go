package accessiblehosts_test

import (
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestFrontEnd audits examples/spa: for nobody, where the browser opens no window, after a refusal, and signed in.
func TestFrontEnd(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		origin, a := hosts.FrontEnd(t)
		r.MayRefuse = a.URL
		r.Open(origin)
		r.Named("nobody", "#signed-out:not([hidden])")
		drive.Evaluate[bool](r.Tab, "window.trueOpen = window.open, window.open = () => null, true")
		r.Click("#sign-in-button")
		r.Named("no window", "#blocked:not([hidden])")
		if got := r.Text("#blocked a"); got == "" || !r.Has("#blocked a[href^='"+a.URL+"']") {
			t.Errorf("without a window the page offers %q", got)
		}
		drive.Evaluate[bool](r.Tab, "window.open = trueOpen, true")
		r.Popup("#sign-in-button").SignInAndClose(drive.Eve)
		r.Named("refused", "#other-account-button:not([hidden])")
		r.Popup("#other-account-button").SignInAndClose(drive.Ada)
		r.Named("signed in", "#message-1")
	})
}
