package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
)

func TestWhatKeepsTheWidgetAwayIsLogged(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	w := b.Widget(b.Get(apptest.CustomPath))
	const place = "Security → API → Trusted Origins"
	report := func(b *apptest.Browser, state, reason string, headers ...string) int {
		return b.Post(w.Report, url.Values{"state": {state}, "reason": {reason}}, headers...).StatusCode
	}
	if got := report(b, w.Widget.State, "origin", "Sec-Fetch-Site", "cross-site"); got != http.StatusForbidden {
		t.Errorf("from another site: status %d", got)
	}
	if got := report(b, w.Widget.State, "nonsense\nline"); got != http.StatusBadRequest {
		t.Errorf("an unknown word: status %d", got)
	}
	if got := report(app.Browser(), w.Widget.State, "origin"); got != http.StatusNoContent || strings.Contains(app.Logs.String(), place) {
		t.Errorf("from a browser without the sign-in: status %d, logged %t", got, strings.Contains(app.Logs.String(), place))
	}
	for range 50 {
		if got := report(b, w.Widget.State, "origin"); got != http.StatusNoContent {
			t.Fatalf("status %d", got)
		}
	}
	if got := strings.Count(app.Logs.String(), place); got < 1 || got > 12 {
		t.Errorf("%d lines name the place", got)
	}
	if r := b.Get("/metrics"); !strings.Contains(r.Body, `okta_sign_ins_total{outcome="widget_origin"}`) {
		t.Error("it is not counted")
	}
	if r := b.Get(w.Report); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", r.StatusCode)
	}
}

func TestWidgetFilesAreServedBelowTheBasePath(t *testing.T) {
	t.Parallel()
	plain := apptest.Start(t, apptest.Setup{})
	below := apptest.Start(t, apptest.Setup{Env: map[string]string{"BASE_URL": plain.URL + "/portal"}})
	for base, app := range map[string]*apptest.App{"": plain, "/portal": below} {
		b := app.Browser()
		r := b.Get(base+apptest.CustomPath, "Host", strings.TrimPrefix(plain.URL, "http://"))
		found := 0
		r.Page(t).Find("script[src], link[rel=stylesheet]").Each(func(_ int, e *goquery.Selection) {
			address := e.AttrOr("src", e.AttrOr("href", ""))
			if !strings.Contains(address, "/widget/") {
				return
			}
			found++
			file := b.Get(address)
			if file.StatusCode != http.StatusOK || !strings.HasPrefix(address, base+"/authorization-code/widget/7.") || file.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s: status %d, %v", address, file.StatusCode, file.Header)
			}
		})
		if found != 4 {
			t.Errorf("the page loads %d files of the widget", found)
		}
	}
	if r := plain.Browser().Get("/authorization-code/widget/7.0.0/start.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("of another version: status %d", r.StatusCode)
	}
}
