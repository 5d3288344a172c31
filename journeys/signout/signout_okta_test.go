package signout_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestSignOutWhileOktaIsAway: whether Okta was never there, is not there when the button
// is pressed, or goes away under way, the page says that its session may go on, and what
// to do on a computer that others use. A program is told that its session has ended.
func TestSignOutWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	for name, away := range map[string]func(app *apptest.App, b *apptest.Browser) testkit.Reply{
		"from the start": func(app *apptest.App, b *apptest.Browser) testkit.Reply {
			app.Org.Stop()
			app.Restart()
			return b.Post(testkit.LogoutPath, nil)
		},
		"at the button": func(app *apptest.App, b *apptest.Browser) testkit.Reply {
			app.Org.Stop()
			return b.Post(testkit.LogoutPath, nil)
		},
		"with a server error": func(app *apptest.App, b *apptest.Browser) testkit.Reply {
			app.Org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(_ string, w http.ResponseWriter, _ *http.Request) bool {
					w.WriteHeader(http.StatusBadGateway)
					return true
				}
			})
			return b.Post(testkit.LogoutPath, nil)
		},
		"under way": func(app *apptest.App, b *apptest.Browser) testkit.Reply {
			onward := b.Post(testkit.LogoutPath, nil).Onward(t)
			app.Org.Stop()
			app.Restart()
			return b.Get(onward)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, apptest.Setup{})
			b := app.Browser()
			b.SignIn("/greet", testkit.Ada)
			r := away(app, b)
			notice := r.Page(t).Find(".notice").Text()
			if r.StatusCode != http.StatusOK || !strings.Contains(notice, "still be signed in at Okta") || !strings.Contains(notice, "On a computer that others use") || r.Onward(t) != "" {
				t.Errorf("status %d: %s", r.StatusCode, r.Body)
			}
			if strings.Contains(r.Body, "so has the one at Okta") || b.Get(apptest.ProfilePath).StatusCode == http.StatusOK {
				t.Error("signed in, or told that Okta's session has ended")
			}
		})
	}
}

// TestSignOutWithALargeIDToken: what is too long for a cookie is posted from the page, to
// Okta's own endpoint, and the browser may be led on from there to anywhere.
func TestSignOutWithALargeIDToken(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SESSION_STORE": redistest.Start(t).URL()}})
	app.Org.Set(func(k *mockokta.Knobs) {
		k.FatIDToken = true
		k.TamperIDToken = func(_, claims map[string]any) { claims["filler"] = strings.Repeat("filler ", 2000) }
	})
	b := app.Browser()
	b.SignIn("/greet", testkit.Many)
	page := b.Post(testkit.LogoutPath, nil)
	form := page.Page(t).Find("form#go-on")
	action := form.AttrOr("action", "")
	if page.StatusCode != http.StatusOK || form.AttrOr("method", "") != "post" || action != app.Org.Issuer()+"/v1/logout" {
		t.Fatalf("status %d: %.500s", page.StatusCode, page.Body)
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
	back := b.Follow(b.Post(action, fields, "Sec-Fetch-Site", "cross-site", "Origin", app.URL))
	if back.Request.URL.String() != app.URL+testkit.SignedOutPath || !strings.Contains(back.Body, "so has the one at Okta") {
		t.Errorf("it ends at %s: status %d", back.Request.URL, back.StatusCode)
	}
	if r := b.Follow(b.Get(testkit.LoginPath)); r.Page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Error("Okta's own session is still open")
	}
}
