package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestSignOutNeedsAPost(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	for _, path := range []string{logoutPath, "/logout", logoutPath + "?everywhere=1"} {
		r := b.get(path)
		form := r.page(t).Find("#confirm-sign-out").Closest("form")
		if r.StatusCode != http.StatusOK || form.AttrOr("method", "") != "post" || form.AttrOr("action", "") != logoutPath {
			t.Errorf("GET %s: status %d: %s", path, r.StatusCode, r.body)
		}
		if !b.signedIn() {
			t.Fatalf("GET %s has signed out", path)
		}
	}
	r := b.submit(b.get(logoutPath), nil)
	if r.StatusCode != http.StatusOK || r.onward(t) == "" || b.signedIn() {
		t.Errorf("the page's button: status %d, signed in %v", r.StatusCode, b.signedIn())
	}
}

func TestSignOutFromAnotherSite(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	for name, headers := range map[string][]string{
		"cross-site":              {"Sec-Fetch-Site", "cross-site"},
		"same site, other origin": {"Sec-Fetch-Site", "same-site"},
		"foreign origin":          {"Origin", "https://evil.example"},
		"null origin":             {"Origin", "null"},
		"origin that begins so":   {"Origin", app.URL + ".evil.example"},
		"forged host":             {"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		"program from elsewhere":  {"Sec-Fetch-Site", "cross-site", "Accept", "application/json"},
	} {
		for _, path := range []string{logoutPath, "/logout"} {
			r := b.post(path, nil, headers...)
			if r.StatusCode != http.StatusForbidden || len(r.Cookies()) > 0 {
				t.Errorf("%s: status %d", name, r.StatusCode)
			}
			if !b.signedIn() {
				t.Fatalf("%s: signed out", name)
			}
		}
	}
	if r := b.post(logoutPath, nil, "Sec-Fetch-Site", "same-origin", "Origin", app.URL); r.StatusCode != http.StatusOK || b.signedIn() {
		t.Errorf("our own page: status %d, signed in %v", r.StatusCode, b.signedIn())
	}
}

func TestSignOutAtOktaToo(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	stolen := "okta_session=" + b.cookie("okta_session")
	if r := app.browser().get(profilePath, "Cookie", stolen); r.StatusCode != http.StatusOK {
		t.Fatalf("a copy of the cookie: status %d", r.StatusCode)
	}

	page := b.post(logoutPath, nil)
	if page.StatusCode != http.StatusOK || strings.Contains(page.body, "eyJ") {
		t.Errorf("the page that goes on to Okta: status %d: %s", page.StatusCode, page.body)
	}
	r := b.get(page.onward(t))
	target, err := url.Parse(r.location())
	if err != nil || r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), app.org.Issuer()+"/v1/logout?") {
		t.Fatalf("status %d to %q", r.StatusCode, r.location())
	}
	q := target.Query()
	if part(q.Get("id_token_hint"), 1)["sub"] != "00u9mockAdaLove1a5d7" || q.Get("post_logout_redirect_uri") != app.URL+signedOutPath || len(q.Get("state")) != 43 || len(q) != 3 {
		t.Errorf("parameters %v", q)
	}
	if b.signedIn() || app.org.Count("logout") != 0 {
		t.Error("the session here must end first")
	}
	if r := app.browser().get(profilePath, "Cookie", stolen); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a copy of the cookie after sign-out: status %d", r.StatusCode)
	}

	back := b.follow(r)
	if back.Request.URL.String() != app.URL+signedOutPath {
		t.Errorf("the address bar shows %s", back.Request.URL)
	}
	if h1 := back.page(t).Find("h1").Text(); back.StatusCode != http.StatusOK || h1 != "You are signed out" || back.page(t).Find(".notice").Length() != 0 {
		t.Errorf("back from Okta: status %d, %q", back.StatusCode, h1)
	}
	if r := b.follow(b.get(loginPath)); r.page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Error("Okta's own session is still open")
	}
}

// Anybody can make a link to the page with a state.
func TestReturnFromSignOutNeedsItsState(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b, other := app.browser(), app.browser()
	b.signIn("/greet", ada)
	other.signIn("/greet", grace)
	state := func(b *browser) string {
		target, err := url.Parse(b.get(b.post(logoutPath, nil).onward(t)).location())
		if err != nil {
			t.Fatal(err)
		}
		return target.Query().Get("state")
	}
	ours, theirs := state(b), state(other)
	ended := func(b *browser, query string) bool {
		r := b.follow(b.get(signedOutPath + query))
		if r.StatusCode != http.StatusOK || r.Request.URL.RawQuery != "" {
			t.Errorf("%q: status %d at %s", query, r.StatusCode, r.Request.URL)
		}
		return strings.Contains(r.page(t).Find(".lead").Text(), "has ended")
	}
	for _, query := range []string{"", "?state=", "?state=forged", "?state=" + theirs, "?state=" + ours + "A", "?x=" + ours} {
		if ended(b, query) {
			t.Errorf("%s is taken for the way back from Okta", query)
		}
	}
	if ended(app.browser(), "?state="+ours) {
		t.Error("another browser's state is taken")
	}
	if !ended(b, "?state="+ours) {
		t.Error("the state is not taken")
	}
	app.clock.add(2 * time.Minute)
	if ended(b, "?state="+ours) {
		t.Error("the state must count once")
	}
	b.signIn("/greet", ada)
	if r := b.get(signedOutPath); r.page(t).Find("h1").Text() != "You are signed in" {
		t.Error("somebody signed in is told to be signed out")
	}
}

// The way on to Okta is for the browser that signs out, and names no token.
func TestTheWayOnToOktaIsTheBrowsersOwn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	onward := b.post(logoutPath, nil).onward(t)
	for name, path := range map[string]string{"forged": logoutPath + "?state=forged", "of another browser": onward} {
		if r := app.browser().get(path); r.StatusCode != http.StatusSeeOther || r.location() != signedOutPath {
			t.Errorf("%s: status %d to %q", name, r.StatusCode, r.location())
		}
	}
	for range 2 { // back, and forward again
		if r := b.get(onward); !strings.HasPrefix(r.location(), app.org.Issuer()+"/v1/logout?") {
			t.Errorf("status %d to %q", r.StatusCode, r.location())
		}
	}
}

// Whoever clicks twice must not end with half a sign-out: the browser forgets the
// first answer.
func TestSignOutAskedForTwice(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	cookies := b.cookie("okta_session")
	b.post(logoutPath, nil)
	again := app.browser()
	again.set("okta_session", cookies)
	r := again.follow(again.post(logoutPath, nil))
	if r.page(t).Find("h1").Text() != "You are signed out" || app.org.Count("logout") != 1 {
		t.Errorf("asked again: status %d at %s, %d sign-outs at Okta", r.StatusCode, r.Request.URL, app.org.Count("logout"))
	}
}

func TestWhereSignOutLands(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	for returnTo, want := range map[string]string{"/greet?a=b": "/greet?a=b", "": signedOutPath} {
		b := app.browser()
		b.signIn("/greet", ada)
		r := b.get(b.post(logoutPath, url.Values{"return_to": {returnTo}}).onward(t)) // to Okta
		if r = b.get(b.get(r.location()).location()); r.location() != want {
			t.Errorf("return_to=%s lands at %q", returnTo, r.location())
		}
	}
	b := app.browser()
	b.signIn("/greet", ada)
	for _, returnTo := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/login", callbackPath} {
		if r := b.post(logoutPath, url.Values{"return_to": {returnTo}}); r.StatusCode != http.StatusBadRequest || !b.signedIn() {
			t.Errorf("return_to=%s: status %d, signed in %v", returnTo, r.StatusCode, b.signedIn())
		}
	}
}

func TestSignOutWithAnExpiredIDToken(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	app.org.Set(func(k *mockokta.Knobs) { k.IDTokenLifetime = time.Minute })
	b := app.browser()
	b.signIn("/greet", ada)
	app.clock.add(30 * time.Minute)
	if r := b.follow(b.post(logoutPath, nil)); r.page(t).Find("h1").Text() != "You are signed out" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestSignOutOfNobody(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	for range 2 {
		b := app.browser()
		if r := b.post(logoutPath, nil); r.StatusCode != http.StatusSeeOther || r.location() != signedOutPath {
			t.Errorf("status %d to %q", r.StatusCode, r.location())
		}
		if r := b.get(logoutPath); r.StatusCode != http.StatusOK || r.page(t).Find("h1").Text() != "You are not signed in" {
			t.Errorf("the page: status %d", r.StatusCode)
		}
	}
}

func TestSignOutByAProgram(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	for _, headers := range [][]string{{"Accept", "application/json"}, {"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"}} {
		b := app.browser()
		b.signIn("/greet", ada)
		for range 2 {
			if r := b.post(logoutPath, nil, headers...); r.StatusCode != http.StatusNoContent || r.body != "" || b.signedIn() {
				t.Errorf("%v: status %d, signed in %v", headers, r.StatusCode, b.signedIn())
			}
		}
	}
}

func TestSignOutRefusesOtherForms(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	for contentType, want := range map[string]int{"application/json": 415, "text/plain": 415, "application/x-www-form-urlencoded": 400} {
		if r := b.post(logoutPath, url.Values{"everywhere": {"1", "0"}}, "Content-Type", contentType); r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", contentType, r.StatusCode, want)
		}
	}
	if !b.signedIn() {
		t.Error("signed out")
	}
}

func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	phone, laptop, other := app.browser(), app.browser(), app.browser()
	phone.signIn("/greet", ada)
	laptop.signIn("/greet", ada)
	other.signIn("/greet", grace)
	r := laptop.follow(laptop.post(logoutPath, url.Values{"everywhere": {"1"}}))
	if !strings.Contains(r.page(t).Find(".lead").Text(), "every device") {
		t.Errorf("the page says %q", r.page(t).Find(".lead").Text())
	}
	if phone.signedIn() || laptop.signedIn() || !other.signedIn() {
		t.Errorf("signed in: phone %v, laptop %v, somebody else %v", phone.signedIn(), laptop.signedIn(), other.signedIn())
	}
	app.clock.add(time.Second)
	if r := laptop.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("signing in again: status %d", r.StatusCode)
	}
}
