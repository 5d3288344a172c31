package signin_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func TestExpiredAttemptStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet?a=b", testkit.Ada)
	app.Clock.Add(10 * time.Minute)
	r := b.Get(callback)
	if got := app.Org.Count("token"); got != 0 {
		t.Errorf("the expired attempt's code has been redeemed")
	}
	if q := apptest.AuthorizeQuery(t, app, r); q.Has("max_age") || q.Has("acr_values") {
		t.Errorf("it asks for what nobody wanted: %v", q)
	}
	if r := b.Follow(r); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?a=b" {
		t.Errorf("status %d at %s, want the page that was asked for", r.StatusCode, r.Request.URL)
	}

	b = app.Browser()
	callback = b.ToCallback("/greet?a=b", testkit.Ada)
	for range 2 {
		if b.SignedIn() {
			t.Fatal("somebody is signed in")
		}
		app.Clock.Add(10 * time.Minute)
		r = b.Get(callback)
		if r.StatusCode == http.StatusFound {
			callback = b.ToCallback(r.Location(), testkit.Ada)
		}
	}
	apptest.CheckRefused(t, b, r, http.StatusBadRequest, apptest.StartedElsewhere)
	if got := r.Page(t).Find(".actions a.button").AttrOr("href", ""); got != testkit.LoginPath+"?return_to=%2Fgreet%3Fa%3Db" {
		t.Errorf("the way on leads to %q", got)
	}
	if r := b.SignIn(testkit.LoginPath+"?return_to=%2Fgreet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
}

// Tabs do not disturb each other.
func TestTwoSignInsAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for _, order := range [][]string{{"/greet?tab=1", "/profile?tab=2"}, {"/profile?tab=2", "/greet?tab=1"}} {
		b := app.Browser()
		callbacks := map[string]string{}
		for _, path := range []string{"/greet?tab=1", "/profile?tab=2"} {
			callbacks[path] = b.ToCallback(path, testkit.Ada)
		}
		for _, path := range order {
			if r := b.Follow(b.Get(callbacks[path])); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != path {
				t.Errorf("order %v: status %d at %s, want %s", order, r.StatusCode, r.Request.URL, path)
			}
		}
	}
}

// A browser that restores its tabs begins a sign-in in each: all arrive where they
// wanted, whichever comes back first.
func TestTwelveTabs(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	var callbacks []string
	for i := range 12 {
		callbacks = append(callbacks, b.ToCallback("/greet?tab="+strconv.Itoa(i), testkit.Ada))
	}
	for i, callback := range callbacks {
		if r := b.Follow(b.Get(callback)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?tab="+strconv.Itoa(i) {
			t.Errorf("tab %d: status %d at %s", i, r.StatusCode, r.Request.URL)
		}
	}
}

// Whoever has a young attempt of their own keeps it, however many others a page
// elsewhere makes their browser begin.
func TestOthersPushNobodysAttemptOut(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	own := b.ToCallback("/greet?own", testkit.Ada)
	for range 30 {
		b.Get(testkit.LoginPath+"?return_to=/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	}
	if got := len(b.Attempts()); got > 12 {
		t.Errorf("%d attempts are kept", got)
	}
	if r := b.Follow(b.Get(own)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?own" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}
