package signout_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestSignOutNeedsAPost(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	for _, path := range []string{testkit.LogoutPath, "/logout", testkit.LogoutPath + "?everywhere=1"} {
		r := b.Get(path)
		form := r.Page(t).Find("#confirm-sign-out").Closest("form")
		if r.StatusCode != http.StatusOK || form.AttrOr("method", "") != "post" || form.AttrOr("action", "") != testkit.LogoutPath {
			t.Errorf("GET %s: status %d: %s", path, r.StatusCode, r.Body)
		}
		if !b.SignedIn() {
			t.Fatalf("GET %s has signed out", path)
		}
	}
	r := b.Submit(b.Get(testkit.LogoutPath), nil)
	if r.StatusCode != http.StatusOK || r.Onward(t) == "" || b.SignedIn() {
		t.Errorf("the page's button: status %d, signed in %v", r.StatusCode, b.SignedIn())
	}
}

func TestSignOutFromAnotherSite(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	for name, headers := range map[string][]string{
		"cross-site":              {"Sec-Fetch-Site", "cross-site"},
		"same site, other origin": {"Sec-Fetch-Site", "same-site"},
		"foreign origin":          {"Origin", "https://evil.example"},
		"null origin":             {"Origin", "null"},
		"origin that begins so":   {"Origin", app.URL + ".evil.example"},
		"forged host":             {"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		"program from elsewhere":  {"Sec-Fetch-Site", "cross-site", "Accept", "application/json"},
	} {
		for _, path := range []string{testkit.LogoutPath, "/logout"} {
			r := b.Post(path, nil, headers...)
			if r.StatusCode != http.StatusForbidden || len(r.Cookies()) > 0 {
				t.Errorf("%s: status %d", name, r.StatusCode)
			}
			if !b.SignedIn() {
				t.Fatalf("%s: signed out", name)
			}
		}
	}
	if r := b.Post(testkit.LogoutPath, nil, "Sec-Fetch-Site", "same-origin", "Origin", app.URL); r.StatusCode != http.StatusOK || b.SignedIn() {
		t.Errorf("our own page: status %d, signed in %v", r.StatusCode, b.SignedIn())
	}
}

func TestSignOutAtOktaToo(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	stolen := "okta_session=" + b.Cookie("okta_session")
	if r := app.Browser().Get(apptest.ProfilePath, "Cookie", stolen); r.StatusCode != http.StatusOK {
		t.Fatalf("a copy of the cookie: status %d", r.StatusCode)
	}

	page := b.Post(testkit.LogoutPath, nil)
	if page.StatusCode != http.StatusOK || strings.Contains(page.Body, "eyJ") {
		t.Errorf("the page that goes on to Okta: status %d: %s", page.StatusCode, page.Body)
	}
	r := b.Get(page.Onward(t))
	target, err := url.Parse(r.Location())
	if err != nil || r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Location(), app.Org.Issuer()+"/v1/logout?") {
		t.Fatalf("status %d to %q", r.StatusCode, r.Location())
	}
	q := target.Query()
	if apptest.Part(q.Get("id_token_hint"), 1)["sub"] != "00u9mockAdaLove1a5d7" || q.Get("post_logout_redirect_uri") != app.URL+testkit.SignedOutPath || len(q.Get("state")) != 43 || len(q) != 3 {
		t.Errorf("parameters %v", q)
	}
	if b.SignedIn() || app.Org.Count("logout") != 0 {
		t.Error("the session here must end first")
	}
	if r := app.Browser().Get(apptest.ProfilePath, "Cookie", stolen); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a copy of the cookie after sign-out: status %d", r.StatusCode)
	}

	back := b.Follow(r)
	if back.Request.URL.String() != app.URL+testkit.SignedOutPath {
		t.Errorf("the address bar shows %s", back.Request.URL)
	}
	if h1 := back.Page(t).Find("h1").Text(); back.StatusCode != http.StatusOK || h1 != "You are signed out" || back.Page(t).Find(".notice").Length() != 0 {
		t.Errorf("back from Okta: status %d, %q", back.StatusCode, h1)
	}
	if r := b.Follow(b.Get(testkit.LoginPath)); r.Page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Error("Okta's own session is still open")
	}
}

// Anybody can make a link to the page with a state.
func TestReturnFromSignOutNeedsItsState(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b, other := app.Browser(), app.Browser()
	b.SignIn("/greet", testkit.Ada)
	other.SignIn("/greet", testkit.Grace)
	state := func(b *apptest.Browser) string {
		target, err := url.Parse(b.Get(b.Post(testkit.LogoutPath, nil).Onward(t)).Location())
		if err != nil {
			t.Fatal(err)
		}
		return target.Query().Get("state")
	}
	ours, theirs := state(b), state(other)
	ended := func(b *apptest.Browser, query string) bool {
		r := b.Follow(b.Get(testkit.SignedOutPath + query))
		if r.StatusCode != http.StatusOK || r.Request.URL.RawQuery != "" {
			t.Errorf("%q: status %d at %s", query, r.StatusCode, r.Request.URL)
		}
		return strings.Contains(r.Page(t).Find(".lead").Text(), "has ended")
	}
	for _, query := range []string{"", "?state=", "?state=forged", "?state=" + theirs, "?state=" + ours + "A", "?x=" + ours} {
		if ended(b, query) {
			t.Errorf("%s is taken for the way back from Okta", query)
		}
	}
	if ended(app.Browser(), "?state="+ours) {
		t.Error("another browser's state is taken")
	}
	if !ended(b, "?state="+ours) {
		t.Error("the state is not taken")
	}
	app.Clock.Add(2 * time.Minute)
	if ended(b, "?state="+ours) {
		t.Error("the state must count once")
	}
	b.SignIn("/greet", testkit.Ada)
	if r := b.Get(testkit.SignedOutPath); r.Page(t).Find("h1").Text() != "You are signed in" {
		t.Error("somebody signed in is told to be signed out")
	}
}

// The way on to Okta is for the browser that signs out, and names no token.
func TestTheWayOnToOktaIsTheBrowsersOwn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	onward := b.Post(testkit.LogoutPath, nil).Onward(t)
	for name, path := range map[string]string{"forged": testkit.LogoutPath + "?state=forged", "of another browser": onward} {
		if r := app.Browser().Get(path); r.StatusCode != http.StatusSeeOther || r.Location() != testkit.SignedOutPath {
			t.Errorf("%s: status %d to %q", name, r.StatusCode, r.Location())
		}
	}
	for range 2 { // back, and forward again
		if r := b.Get(onward); !strings.HasPrefix(r.Location(), app.Org.Issuer()+"/v1/logout?") {
			t.Errorf("status %d to %q", r.StatusCode, r.Location())
		}
	}
}

// Whoever clicks twice must not end with half a sign-out: the browser forgets the
// first answer.
func TestSignOutAskedForTwice(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	cookies := b.Cookie("okta_session")
	b.Post(testkit.LogoutPath, nil)
	again := app.Browser()
	again.Set(&http.Cookie{Name: "okta_session", Value: cookies})
	r := again.Follow(again.Post(testkit.LogoutPath, nil))
	if r.Page(t).Find("h1").Text() != "You are signed out" || app.Org.Count("logout") != 1 {
		t.Errorf("asked again: status %d at %s, %d sign-outs at Okta", r.StatusCode, r.Request.URL, app.Org.Count("logout"))
	}
}

func TestWhereSignOutLands(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for returnTo, want := range map[string]string{"/greet?a=b": "/greet?a=b", "": testkit.SignedOutPath} {
		b := app.Browser()
		b.SignIn("/greet", testkit.Ada)
		r := b.Get(b.Post(testkit.LogoutPath, url.Values{"return_to": {returnTo}}).Onward(t)) // to Okta
		if r = b.Get(b.Get(r.Location()).Location()); r.Location() != want {
			t.Errorf("return_to=%s lands at %q", returnTo, r.Location())
		}
	}
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	for _, returnTo := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/login", testkit.CallbackPath} {
		if r := b.Post(testkit.LogoutPath, url.Values{"return_to": {returnTo}}); r.StatusCode != http.StatusBadRequest || !b.SignedIn() {
			t.Errorf("return_to=%s: status %d, signed in %v", returnTo, r.StatusCode, b.SignedIn())
		}
	}
}

func TestSignOutWithAnExpiredIDToken(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	app.Org.Set(func(k *mockokta.Knobs) { k.IDTokenLifetime = time.Minute })
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	app.Clock.Add(30 * time.Minute)
	if r := b.Follow(b.Post(testkit.LogoutPath, nil)); r.Page(t).Find("h1").Text() != "You are signed out" {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestSignOutOfNobody(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for range 2 {
		b := app.Browser()
		if r := b.Post(testkit.LogoutPath, nil); r.StatusCode != http.StatusSeeOther || r.Location() != testkit.SignedOutPath {
			t.Errorf("status %d to %q", r.StatusCode, r.Location())
		}
		if r := b.Get(testkit.LogoutPath); r.StatusCode != http.StatusOK || r.Page(t).Find("h1").Text() != "You are not signed in" {
			t.Errorf("the page: status %d", r.StatusCode)
		}
	}
}

func TestSignOutByAProgram(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for _, headers := range [][]string{{"Accept", "application/json"}, {"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"}} {
		b := app.Browser()
		b.SignIn("/greet", testkit.Ada)
		for range 2 {
			if r := b.Post(testkit.LogoutPath, nil, headers...); r.StatusCode != http.StatusNoContent || r.Body != "" || b.SignedIn() {
				t.Errorf("%v: status %d, signed in %v", headers, r.StatusCode, b.SignedIn())
			}
		}
	}
}

func TestSignOutRefusesOtherForms(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	for contentType, want := range map[string]int{"application/json": 415, "text/plain": 415, "application/x-www-form-urlencoded": 400} {
		if r := b.Post(testkit.LogoutPath, url.Values{"everywhere": {"1", "0"}}, "Content-Type", contentType); r.StatusCode != want {
			t.Errorf("%s: status %d, want %d", contentType, r.StatusCode, want)
		}
	}
	if !b.SignedIn() {
		t.Error("signed out")
	}
}

func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	phone, laptop, other := app.Browser(), app.Browser(), app.Browser()
	phone.SignIn("/greet", testkit.Ada)
	laptop.SignIn("/greet", testkit.Ada)
	other.SignIn("/greet", testkit.Grace)
	r := laptop.Follow(laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}}))
	if !strings.Contains(r.Page(t).Find(".lead").Text(), "every device") {
		t.Errorf("the page says %q", r.Page(t).Find(".lead").Text())
	}
	if phone.SignedIn() || laptop.SignedIn() || !other.SignedIn() {
		t.Errorf("signed in: phone %v, laptop %v, somebody else %v", phone.SignedIn(), laptop.SignedIn(), other.SignedIn())
	}
	app.Clock.Add(time.Second)
	if r := laptop.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("signing in again: status %d", r.StatusCode)
	}
}
