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

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestPagesAreRememberedForNobodyElse holds that a page which was sent before goes to
// nobody who should see another: after a sign-out, to another person, in another
// language, at another time of day.
func TestPagesAreRememberedForNobodyElse(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	hers, his := app.Browser(), app.Browser()
	hers.SignIn("/greet", testkit.Ada)
	his.SignIn("/greet", testkit.Grace)
	for range 2 {
		for _, path := range []string{"/", "/greet"} {
			if body := hers.Get(path).Body; !strings.Contains(body, "Ada Lovelace") || strings.Contains(body, "Grace") {
				t.Errorf("%s for Ada: %s", path, body)
			}
			if body := his.Get(path).Body; !strings.Contains(body, "Grace Hopper") || strings.Contains(body, "Ada") {
				t.Errorf("%s for Grace: %s", path, body)
			}
		}
	}
	data := func() string {
		data, ok := hers.Get("/greet").Page(t).Find("script[data-session]").Attr("data-session")
		if !ok || !json.Valid([]byte(data)) {
			t.Errorf("the script has the data %q", data)
		}
		return data
	}
	before := data()
	app.Clock.Add(time.Minute)
	if data() == before {
		t.Error("a page that is remembered tells the script the time of before")
	}
	if body := hers.Get("/greet", "Accept-Language", "de").Body; !strings.Contains(body, `lang="de"`) {
		t.Errorf("in German: %s", body)
	}
	morning := hers.Get("/greet").Body
	app.Clock.Add(45 * time.Minute) // within the idle time, and again until another part of the day
	for range 12 {
		hers.Get("/greet")
		app.Clock.Add(45 * time.Minute)
	}
	if later := hers.Get("/greet").Body; later == morning {
		t.Error("the greeting is the same nine hours later")
	}
	hers.Post(testkit.LogoutPath, url.Values{})
	if body := hers.Get("/").Body; strings.Contains(body, "Ada") || !strings.Contains(body, "login-button") {
		t.Errorf("after the sign-out: %s", body)
	}
}

// TestNothingRememberedOutlivesARenewal: what pages and rules showed and knew of a
// person's claims gives way to what a renewal brings, and goes to nobody after the end.
func TestNothingRememberedOutlivesARenewal(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.Renewing(), Client: apptest.Rotating, Front: beside(func(auth further) {
		auth.Handle("GET", "/crew", auth.RequireGroup("Crew 1"), func(c *gin.Context) { c.String(http.StatusOK, "aboard") })
	})})
	b := app.Browser()
	app.Org.SetGroups(testkit.Grace, "Crew 1")
	b.SignIn(apptest.ProfilePath, testkit.Grace)
	for crew := 1; crew < 4; crew++ {
		group, before := fmt.Sprintf("Crew %d", crew), fmt.Sprintf("Crew %d", crew-1)
		if crew > 1 {
			app.Org.SetGroups(testkit.Grace, group)
			app.Clock.Add(time.Hour)
		}
		for range 2 { // the second time all of it is remembered
			if page := b.Get(apptest.ProfilePath).Body; !strings.Contains(page, group) || strings.Contains(page, before) {
				t.Errorf("%s: the profile shows something else", group)
			}
			if claims := b.Get("/api/me").Body; !strings.Contains(claims, group) || strings.Contains(claims, before) {
				t.Errorf("%s: /api/me has %s", group, claims)
			}
			want := http.StatusForbidden
			if crew == 1 {
				want = http.StatusOK
			}
			if got := b.Get("/crew").StatusCode; got != want {
				t.Errorf("%s: a page of Crew 1 answers %d, want %d", group, got, want)
			}
		}
	}
	b.Post(testkit.LogoutPath, url.Values{})
	for _, path := range []string{apptest.ProfilePath, "/api/me", "/crew"} {
		if r := b.Get(path, "Sec-Fetch-Mode", "cors"); r.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s after the sign-out: status %d", path, r.StatusCode)
		}
	}
}
