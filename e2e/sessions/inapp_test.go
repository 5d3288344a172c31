package sessions_test

import (
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestFrontEndInABrowserWithoutWindows: a browser inside another app opens no window. The front end then leads to the
// app's own page in its place, and knows who is there when the person comes back.
func TestFrontEndInABrowserWithoutWindows(t *testing.T) {
	t.Parallel()
	origin, a := hosts.FrontEnd(t)
	b := drive.NewTab(t)
	b.MayRefuse = a.URL
	b.Open(origin)
	b.WaitFor("#signed-out:not([hidden])")
	drive.Evaluate[bool](b, "window.open = () => null, true")
	b.Click("#sign-in-button")
	b.WaitFor("#blocked:not([hidden])")
	b.Follow("#blocked a")
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL)
	b.Open(origin)
	b.WaitFor("#message-1")
}
