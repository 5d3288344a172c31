package e2e_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestSignedOutByAFrame: Okta's own sign-out takes the app along, by a frame that a real
// browser loads without the app's cookies, and the browser complains of nothing.
func TestSignedOutByAFrame(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + "/greet")
	b.signIn(ada)
	b.waitURL(a.URL + "/greet")
	b.open(a.Org.URL() + "/")
	b.follow(`form[action="/login/signout"] button`)
	b.until("location.pathname === '/' && !document.querySelector('#person')")
	await(t, "the frame to have ended the session", func() bool {
		return strings.Contains(a.logs.String(), `front_channel_logout`)
	})
	b.open(a.URL + "/greet")
	b.waitURL(a.Org.URL()) // it asks: neither has a session
}

// TestFramesOfOthers: on a page that is not the issuer's, the browser shows no frame of
// the app.
func TestFramesOfOthers(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
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
			b := newTab(t)
			b.open(other.URL)
			await(t, "the browser to refuse the frame", func() bool { return b.complained("frame-ancestors") })
		})
	}
}

// TestDeactivatedOnTheDashboard is what `make run` shows: a button at the stand-in
// deactivates Ada, and her browser is out.
func TestDeactivatedOnTheDashboard(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	hers, admin := newTab(t), newTab(t)
	hers.open(a.URL + "/greet")
	hers.signIn(ada)
	hers.waitURL(a.URL + "/greet")
	admin.open(a.Org.URL() + "/")
	admin.click("details.people summary")
	admin.follow(`button[data-login="` + ada + `"]`)
	admin.until(`document.querySelector('button[data-login="` + ada + `"]').textContent === 'Activate again'`)
	hers.open(a.URL + "/greet")
	hers.waitURL(a.Org.URL())
}
