package answers_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// junk begins a sign-in and comes back with a code that Okta never gave.
func junk(b *apptest.Browser, headers ...string) testkit.Reply {
	b.T.Helper()
	u, err := url.Parse(b.Get(testkit.LoginPath, headers...).Location())
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Get(testkit.CallbackPath+"?code=junk&state="+u.Query().Get("state"), headers...)
}

// Okta's limits are the whole org's: wrong codes are taken there a few times for
// each address, and not very often in all.
func TestJunkCodesAreBounded(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	app.Clock.Stop()
	b := app.Browser()
	turnedAway := 0
	for range 50 {
		r := junk(b)
		if r.StatusCode == http.StatusFound { // begun anew, once
			continue
		}
		if r.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("status %d", r.StatusCode)
		}
		if wait, err := strconv.Atoi(r.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
		turnedAway++
	}
	if got := app.Org.Count("token"); got > 12 || turnedAway < 38 {
		t.Errorf("50 wrong codes from one address: %d reached Okta, %d were turned away", got, turnedAway)
	}
	if r := app.Browser().SignIn("/greet", testkit.Ada); r.StatusCode == http.StatusOK {
		t.Error("the address is still served")
	}

	another := app.Browser()
	callback := another.ToCallback("/greet", testkit.Ada)
	if r := another.Get(callback, "X-Forwarded-For", "203.0.113.7"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("from another address: status %d", r.StatusCode)
	}
	app.Clock.Add(2 * time.Minute)
	if r := app.Browser().SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("after a while: status %d", r.StatusCode)
	}

	before := app.Org.Count("token")
	for i := range 300 {
		junk(app.Browser(), "X-Forwarded-For", "198.51.100."+strconv.Itoa(i%250), "X-Real-Ip", "ignored")
	}
	if got := app.Org.Count("token") - before; got > 210 {
		t.Errorf("from everywhere: %d wrong codes reached Okta", got)
	}
}

// Whoever has one IPv6 address has a network of them, and can't use up what all may fail
// together.
func TestJunkCodesOfOneNetworkAreBounded(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	app.Clock.Stop()
	for i := range 40 {
		junk(app.Browser(), "X-Forwarded-For", "2001:db8:1:2::"+strconv.Itoa(i))
	}
	if got := app.Org.Count("token"); got > 12 {
		t.Errorf("%d wrong codes reached Okta", got)
	}
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	if r := b.Get(callback, "X-Forwarded-For", "2001:db8:1:3::1"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("from another network: status %d", r.StatusCode)
	}
}

// An ID token too long for any cookie, and for any URL, is posted to Okta.
func TestSignOutWithAHugeIDToken(t *testing.T) {
	t.Parallel()
	for _, want := range []int{100, 500} {
		groups := make([]string, want)
		for i := range groups {
			groups[i] = "Engineering, building " + strconv.Itoa(i*7919) + ", floor " + strconv.Itoa(i*104729)
		}
		app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SESSION_STORE": redistest.Start(t).URL()}})
		app.Org.SetGroups(testkit.Grace, groups...)
		b := app.Browser()
		if r := b.SignIn("/greet", testkit.Grace); r.StatusCode != http.StatusOK {
			t.Fatalf("sign-in: status %d", r.StatusCode)
		}
		r := b.Post(testkit.LogoutPath, nil)
		form := r.Page(t).Find("form#go-on")
		if r.StatusCode != http.StatusOK || form.AttrOr("action", "") != app.Org.Issuer()+"/v1/logout" {
			t.Fatalf("status %d: %s", r.StatusCode, r.Body)
		}
		if csp := apptest.Directives(r.Header.Get("Content-Security-Policy")); csp["form-action"] != "" || csp["script-src"] != "'self'" {
			t.Errorf("policy %v", csp)
		}
		page := b.Follow(b.Submit(r, nil))
		if page.Page(t).Find("h1").Text() != "You are signed out" {
			t.Errorf("status %d at %s", page.StatusCode, page.Request.URL)
		}
		if asked := b.Follow(b.Get(testkit.LoginPath)); asked.Page(t).Find(`[data-type="save"]`).Length() == 0 {
			t.Error("Okta's own session is still open")
		}
	}
}

// A client that did not wait is not Okta's fault, and its exchange is finished.
func TestAClientThatGoesAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	asked, release := make(chan struct{}), make(chan struct{})
	app.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "token" {
				close(asked)
				<-release
			}
			return false
		}
	})
	req, err := http.NewRequest(http.MethodGet, callback, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := b.Client.Do(req.WithContext(ctx))
		gone <- err
	}()
	<-asked
	cancel()
	<-gone
	app.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
	close(release)
	testkit.Await(t, "the sign-in to be finished", func() bool { return app.Events("signed_in") == 1 })
	if n := app.Events("sign_in_refused"); n != 0 {
		t.Errorf("%d refusals are logged", n)
	}

	// The answer was lost, and the attempt is used: the person comes in all the same.
	r := b.Get(callback)
	apptest.AuthorizeQuery(t, app, r)
	if page := b.Follow(r); page.StatusCode != http.StatusOK || page.Request.URL.Path != "/greet" {
		t.Errorf("once more: status %d at %s", page.StatusCode, page.Request.URL)
	}
}
