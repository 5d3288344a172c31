package handlers_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

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
