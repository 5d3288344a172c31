package sessions_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestSignedOutByAFrame: Okta's own sign-out takes the app along, by a frame that a real
// browser loads without the app's cookies, and the browser complains of nothing.
func TestSignedOutByAFrame(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + "/greet")
	b.Open(a.Org.URL() + "/")
	b.Follow(`form[action="/login/signout"] button`)
	b.Until("location.pathname === '/' && !document.querySelector('#person')")
	drive.Await(t, "the frame to have ended the session", func() bool {
		return strings.Contains(a.Logs.String(), `front_channel_logout`)
	})
	b.Open(a.URL + "/greet")
	b.WaitURL(a.Org.URL()) // it asks: neither has a session
}

// TestFramesOfOthers: on a page that is not the issuer's, the browser shows no frame of
// the app.
func TestFramesOfOthers(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	query := url.Values{"iss": {a.Org.Issuer()}, "sid": {"102unknown"}}
	for name, frame := range map[string]string{
		"front-channel logout": a.URL + "/authorization-code/front-channel-logout?" + query.Encode(),
		"another page":         a.URL + "/",
	} {
		t.Run(name, func(t *testing.T) {
			other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Write([]byte(`<!doctype html><link rel="icon" href="data:,"><iframe src="` + html.EscapeString(frame) + `"></iframe>`))
			}))
			t.Cleanup(other.Close)
			b := drive.NewTab(t)
			b.Open(other.URL)
			drive.Await(t, "the browser to refuse the frame", func() bool { return b.Complained("frame-ancestors") })
		})
	}
}

// TestDeactivatedOnTheDashboard is what `make run` shows: a button at the stand-in
// deactivates Ada, and her browser is out.
func TestDeactivatedOnTheDashboard(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	hers, admin := drive.NewTab(t), drive.NewTab(t)
	hers.Open(a.URL + "/greet")
	hers.SignIn(drive.Ada)
	hers.WaitURL(a.URL + "/greet")
	admin.Open(a.Org.URL() + "/")
	admin.Click("details.people summary")
	admin.Follow(`button[data-login="` + drive.Ada + `"]`)
	admin.Until(`document.querySelector('button[data-login="` + drive.Ada + `"]').textContent === 'Activate again'`)
	hers.Open(a.URL + "/greet")
	hers.WaitURL(a.Org.URL())
}
