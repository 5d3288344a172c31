package handlers_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
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
