package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// TestSignOutWhileOktaIsAway: whether Okta was never there, is not there when the button
// is pressed, or goes away under way, the page says that its session may go on, and what
// to do on a computer that others use. A program is told that its session has ended.
func TestSignOutWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(app *app, b *browser) reply{
		"from the start": func(app *app, b *browser) reply {
			app.org.Stop()
			app.restart()
			return b.post(logoutPath, nil)
		},
		"at the button": func(app *app, b *browser) reply {
			app.org.Stop()
			return b.post(logoutPath, nil)
		},
		"with a server error": func(app *app, b *browser) reply {
			app.org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(_ string, w http.ResponseWriter, _ *http.Request) bool {
					w.WriteHeader(http.StatusBadGateway)
					return true
				}
			})
			return b.post(logoutPath, nil)
		},
		"under way": func(app *app, b *browser) reply {
			onward := b.post(logoutPath, nil).onward(t)
			app.org.Stop()
			app.restart()
			return b.get(onward)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := start(t, setup{})
			b := app.browser()
			b.signIn("/greet", ada)
			r := away(app, b)
			notice := r.page(t).Find(".notice").Text()
			if r.StatusCode != http.StatusOK || !strings.Contains(notice, "still be signed in at Okta") || !strings.Contains(notice, "On a computer that others use") || r.onward(t) != "" {
				t.Errorf("status %d: %s", r.StatusCode, r.body)
			}
			if strings.Contains(r.body, "so has the one at Okta") || b.get(profilePath).StatusCode == http.StatusOK {
				t.Error("signed in, or told that Okta's session has ended")
			}
		})
	}
}

// TestSignOutWithALargeIDToken: what is too long for a cookie is posted from the page, to
// Okta's own endpoint, and the browser may be led on from there to anywhere.
func TestSignOutWithALargeIDToken(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"SESSION_STORE": redistest.Start(t).URL()}})
	app.org.Set(func(k *mockokta.Knobs) {
		k.FatIDToken = true
		k.TamperIDToken = func(_, claims map[string]any) { claims["filler"] = strings.Repeat("filler ", 2000) }
	})
	b := app.browser()
	b.signIn("/greet", many)
	page := b.post(logoutPath, nil)
	form := page.page(t).Find("form#go-on")
	action := form.AttrOr("action", "")
	if page.StatusCode != http.StatusOK || form.AttrOr("method", "") != "post" || action != app.org.Issuer()+"/v1/logout" {
		t.Fatalf("status %d: %.500s", page.StatusCode, page.body)
	}
	if csp := page.Header.Get("Content-Security-Policy"); strings.Contains(csp, "form-action") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the page's policy holds the browser up on its way: %s", csp)
	}
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	if len(fields.Get("id_token_hint")) < 8000 {
		t.Errorf("a hint of %d bytes", len(fields.Get("id_token_hint")))
	}
	back := b.follow(b.post(action, fields, "Sec-Fetch-Site", "cross-site", "Origin", app.URL))
	if back.Request.URL.String() != app.URL+signedOutPath || !strings.Contains(back.body, "so has the one at Okta") {
		t.Errorf("it ends at %s: status %d", back.Request.URL, back.StatusCode)
	}
	if r := b.follow(b.get(loginPath)); r.page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Error("Okta's own session is still open")
	}
}
