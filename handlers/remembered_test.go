package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// TestPagesAreRememberedForNobodyElse holds that a page which was sent before goes to
// nobody who should see another: after a sign-out, to another person, in another
// language, at another time of day.
func TestPagesAreRememberedForNobodyElse(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	hers, his := app.browser(), app.browser()
	hers.signIn("/greet", ada)
	his.signIn("/greet", grace)
	for range 2 {
		for _, path := range []string{"/", "/greet"} {
			if body := hers.get(path).body; !strings.Contains(body, "Ada Lovelace") || strings.Contains(body, "Grace") {
				t.Errorf("%s for Ada: %s", path, body)
			}
			if body := his.get(path).body; !strings.Contains(body, "Grace Hopper") || strings.Contains(body, "Ada") {
				t.Errorf("%s for Grace: %s", path, body)
			}
		}
	}
	data := func() string {
		data, ok := hers.get("/greet").page(t).Find("script[data-session]").Attr("data-session")
		if !ok || !json.Valid([]byte(data)) {
			t.Errorf("the script has the data %q", data)
		}
		return data
	}
	before := data()
	app.clock.add(time.Minute)
	if data() == before {
		t.Error("a page that is remembered tells the script the time of before")
	}
	if body := hers.get("/greet", "Accept-Language", "de").body; !strings.Contains(body, `lang="de"`) {
		t.Errorf("in German: %s", body)
	}
	morning := hers.get("/greet").body
	app.clock.add(45 * time.Minute) // within the idle time, and again until another part of the day
	for range 12 {
		hers.get("/greet")
		app.clock.add(45 * time.Minute)
	}
	if later := hers.get("/greet").body; later == morning {
		t.Error("the greeting is the same nine hours later")
	}
	hers.post(logoutPath, url.Values{})
	if body := hers.get("/").body; strings.Contains(body, "Ada") || !strings.Contains(body, "login-button") {
		t.Errorf("after the sign-out: %s", body)
	}
}

// TestNothingRememberedOutlivesARenewal: what pages and rules showed and knew of a
// person's claims gives way to what a renewal brings, and goes to nobody after the end.
func TestNothingRememberedOutlivesARenewal(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: renewing(), client: rotating, routes: func(auth further) {
		auth.Handle("GET", "/crew", auth.RequireGroup("Crew 1"), func(c *gin.Context) { c.String(http.StatusOK, "aboard") })
	}})
	b := app.browser()
	app.org.SetGroups(grace, "Crew 1")
	b.signIn(profilePath, grace)
	for crew := 1; crew < 4; crew++ {
		group, before := fmt.Sprintf("Crew %d", crew), fmt.Sprintf("Crew %d", crew-1)
		if crew > 1 {
			app.org.SetGroups(grace, group)
			app.clock.add(time.Hour)
		}
		for range 2 { // the second time all of it is remembered
			if page := b.get(profilePath).body; !strings.Contains(page, group) || strings.Contains(page, before) {
				t.Errorf("%s: the profile shows something else", group)
			}
			if claims := b.get("/api/me").body; !strings.Contains(claims, group) || strings.Contains(claims, before) {
				t.Errorf("%s: /api/me has %s", group, claims)
			}
			want := http.StatusForbidden
			if crew == 1 {
				want = http.StatusOK
			}
			if got := b.get("/crew").StatusCode; got != want {
				t.Errorf("%s: a page of Crew 1 answers %d, want %d", group, got, want)
			}
		}
	}
	b.post(logoutPath, url.Values{})
	for _, path := range []string{profilePath, "/api/me", "/crew"} {
		if r := b.get(path, "Sec-Fetch-Mode", "cors"); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s after the sign-out: status %d", path, r.StatusCode)
		}
	}
}
