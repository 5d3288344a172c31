package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// junk begins a sign-in and comes back with a code that Okta never gave.
func (b *browser) junk(headers ...string) reply {
	b.t.Helper()
	u, err := url.Parse(b.get(loginPath, headers...).location())
	if err != nil {
		b.t.Fatal(err)
	}
	return b.get(callbackPath+"?code=junk&state="+u.Query().Get("state"), headers...)
}

// Okta's limits are the whole org's: wrong codes are taken there a few times for
// each address, and not very often in all.
func TestJunkCodesAreBounded(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	b := app.browser()
	turnedAway := 0
	for range 50 {
		r := b.junk()
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
	if got := app.org.Count("token"); got > 12 || turnedAway < 38 {
		t.Errorf("50 wrong codes from one address: %d reached Okta, %d were turned away", got, turnedAway)
	}
	if r := app.browser().signIn("/greet", ada); r.StatusCode == http.StatusOK {
		t.Error("the address is still served")
	}

	another := app.browser()
	callback := another.toCallback("/greet", ada)
	if r := another.get(callback, "X-Forwarded-For", "203.0.113.7"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("from another address: status %d", r.StatusCode)
	}
	app.clock.add(2 * time.Minute)
	if r := app.browser().signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("after a while: status %d", r.StatusCode)
	}

	before := app.org.Count("token")
	for i := range 300 {
		app.browser().junk("X-Forwarded-For", "198.51.100."+strconv.Itoa(i%250), "X-Real-Ip", "ignored")
	}
	if got := app.org.Count("token") - before; got > 210 {
		t.Errorf("from everywhere: %d wrong codes reached Okta", got)
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
		app := start(t, setup{env: map[string]string{"SESSION_STORE": redistest.Start(t).URL()}})
		app.org.SetGroups(grace, groups...)
		b := app.browser()
		if r := b.signIn("/greet", grace); r.StatusCode != http.StatusOK {
			t.Fatalf("sign-in: status %d", r.StatusCode)
		}
		r := b.post(logoutPath, nil)
		form := r.page(t).Find("form#go-on")
		if r.StatusCode != http.StatusOK || form.AttrOr("action", "") != app.org.Issuer()+"/v1/logout" {
			t.Fatalf("status %d: %s", r.StatusCode, r.body)
		}
		if csp := directives(r.Header.Get("Content-Security-Policy")); csp["form-action"] != "" || csp["script-src"] != "'self'" {
			t.Errorf("policy %v", csp)
		}
		page := b.follow(b.submit(r, nil))
		if page.page(t).Find("h1").Text() != "You are signed out" {
			t.Errorf("status %d at %s", page.StatusCode, page.Request.URL)
		}
		if asked := b.follow(b.get(loginPath)); asked.page(t).Find(`[data-type="save"]`).Length() == 0 {
			t.Error("Okta's own session is still open")
		}
	}
}

// A client that did not wait is not Okta's fault, and its exchange is finished.
func TestAClientThatGoesAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	asked, release := make(chan struct{}), make(chan struct{})
	app.org.Set(func(k *mockokta.Knobs) {
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
		_, err := b.client.Do(req.WithContext(ctx))
		gone <- err
	}()
	<-asked
	cancel()
	<-gone
	app.org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
	close(release)
	waitFor(t, "the sign-in to be finished", func() bool { return app.events("signed_in") == 1 })
	if n := app.events("sign_in_refused"); n != 0 {
		t.Errorf("%d refusals are logged", n)
	}

	// The answer was lost, and the attempt is used: the person comes in all the same.
	r := b.get(callback)
	authorizeQuery(t, app, r)
	if page := b.follow(r); page.StatusCode != http.StatusOK || page.Request.URL.Path != "/greet" {
		t.Errorf("once more: status %d at %s", page.StatusCode, page.Request.URL)
	}
}
