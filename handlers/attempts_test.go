package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// takeCookies gives b the attempts of another browser.
func (b *browser) takeCookies(from *browser) {
	b.t.Helper()
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(origin, from.attempts())
}

// attempts are the cookies of the sign-ins that b has under way.
func (b *browser) attempts() []*http.Cookie {
	b.t.Helper()
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return slices.DeleteFunc(b.client.Jar.Cookies(origin), func(c *http.Cookie) bool {
		return !strings.HasPrefix(c.Name, "okta_session_attempt_")
	})
}

func TestExpiredAttemptStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet?a=b", ada)
	app.clock.add(10 * time.Minute)
	r := b.get(callback)
	if got := app.org.Count("token"); got != 0 {
		t.Errorf("the expired attempt's code has been redeemed")
	}
	if q := authorizeQuery(t, app, r); q.Has("max_age") || q.Has("acr_values") {
		t.Errorf("it asks for what nobody wanted: %v", q)
	}
	if r := b.follow(r); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?a=b" {
		t.Errorf("status %d at %s, want the page that was asked for", r.StatusCode, r.Request.URL)
	}

	b = app.browser()
	callback = b.toCallback("/greet?a=b", ada)
	for range 2 {
		if b.signedIn() {
			t.Fatal("somebody is signed in")
		}
		app.clock.add(10 * time.Minute)
		r = b.get(callback)
		if r.StatusCode == http.StatusFound {
			callback = b.toCallback(r.location(), ada)
		}
	}
	checkRefused(t, b, r, http.StatusBadRequest, startedElsewhere)
	if got := r.page(t).Find(".actions a.button").AttrOr("href", ""); got != loginPath+"?return_to=%2Fgreet%3Fa%3Db" {
		t.Errorf("the way on leads to %q", got)
	}
	if r := b.signIn(loginPath+"?return_to=%2Fgreet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
}

// The cookie outlives the attempt, so that it can say where to go; and a
// step-up asks for the same thing again.
func TestExpiredStepUpAsksTheSame(t *testing.T) {
	t.Parallel()
	app := start(t, setup{routes: func(auth further) {
		ok := func(c *gin.Context) { c.String(http.StatusOK, "inside") }
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(0), ok)
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR("phr"), ok)
	}})
	for path, want := range map[string][2]string{"/recent": {"max_age", "0"}, "/strong": {"acr_values", "phr"}} {
		b := app.browser()
		b.signIn("/greet", ada)
		app.clock.add(5 * time.Minute)
		r := b.get(path)
		if got := authorizeQuery(t, app, r).Get(want[0]); got != want[1] {
			t.Errorf("%s: %s is %q, want %q", path, want[0], got, want[1])
		}
		for _, c := range r.Cookies() {
			if strings.HasPrefix(c.Name, "okta_session_attempt_") && c.MaxAge != 3600 {
				t.Errorf("the attempt's cookie is kept for %d s", c.MaxAge)
			}
		}
		callback := b.toCallback(r.location(), ada)
		b.forget("okta_session")
		app.clock.add(10 * time.Minute)
		before, q := authorizeQuery(t, app, r), authorizeQuery(t, app, b.get(callback))
		before.Del("ui_locales") // of the session that has gone
		if got := q.Get(want[0]); got != want[1] || len(q) != len(before) {
			t.Errorf("%s again: %v, want %s=%s", path, q, want[0], want[1])
		}
	}
}

// forget deletes a cookie.
func (b *browser) forget(name string) {
	b.t.Helper()
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(origin, []*http.Cookie{{Name: name, Path: "/", MaxAge: -1}})
}

// Tabs do not disturb each other.
func TestTwoSignInsAtOnce(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	for _, order := range [][]string{{"/greet?tab=1", "/profile?tab=2"}, {"/profile?tab=2", "/greet?tab=1"}} {
		b := app.browser()
		callbacks := map[string]string{}
		for _, path := range []string{"/greet?tab=1", "/profile?tab=2"} {
			callbacks[path] = b.toCallback(path, ada)
		}
		for _, path := range order {
			if r := b.follow(b.get(callbacks[path])); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != path {
				t.Errorf("order %v: status %d at %s, want %s", order, r.StatusCode, r.Request.URL, path)
			}
		}
	}
}

// A browser that restores its tabs begins a sign-in in each: all arrive where they
// wanted, whichever comes back first.
func TestTwelveTabs(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	var callbacks []string
	for i := range 12 {
		callbacks = append(callbacks, b.toCallback("/greet?tab="+strconv.Itoa(i), ada))
	}
	for i, callback := range callbacks {
		if r := b.follow(b.get(callback)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?tab="+strconv.Itoa(i) {
			t.Errorf("tab %d: status %d at %s", i, r.StatusCode, r.Request.URL)
		}
	}
}

// Whoever has a young attempt of their own keeps it, however many others a page
// elsewhere makes their browser begin.
func TestOthersPushNobodysAttemptOut(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	own := b.toCallback("/greet?own", ada)
	for range 30 {
		b.get(loginPath+"?return_to=/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	}
	if got := len(b.attempts()); got > 12 {
		t.Errorf("%d attempts are kept", got)
	}
	if r := b.follow(b.get(own)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?own" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}
