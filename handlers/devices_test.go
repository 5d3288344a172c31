package handlers_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/session/redistest"
)

const (
	sessionsPath   = "/authorization-code/sessions"
	endSessionPath = sessionsPath + "/end"

	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)

// onListing runs test with each place where sessions can be listed.
func onListing(t *testing.T, test func(t *testing.T, app *app)) {
	for name, env := range map[string]func(t *testing.T) map[string]string{
		"cookies and a file": func(t *testing.T) map[string]string {
			return map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}
		},
		"cookies and redis": func(t *testing.T) map[string]string {
			return map[string]string{"REDIS_URL": redistest.Start(t).URL()}
		},
		"redis": func(t *testing.T) map[string]string {
			return map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t, setup{env: env(t)}))
		})
	}
}

// signInWith signs login in with a browser that names itself.
func (a *app) signInWith(userAgent, login string) *browser {
	a.t.Helper()
	b := a.browser()
	b.get(b.toCallback(profilePath, login), "User-Agent", userAgent)
	if !b.signedIn() {
		a.t.Fatal("not signed in")
	}
	return b
}

// devices are the headings of the page, and the forms that end a session.
func (b *browser) devices() (names []string, page *goquery.Document) {
	b.t.Helper()
	r := b.get(sessionsPath)
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
		b.t.Fatalf("status %d\n%s", r.StatusCode, r.body)
	}
	page = r.page(b.t)
	page.Find(".devices li").Each(func(_ int, li *goquery.Selection) {
		name := li.Find("h2").Text()
		if strings.Contains(li.Text(), "this browser") {
			name += " (this)"
		}
		names = append(names, name)
	})
	return names, page
}

func (b *browser) wantDevices(want ...string) *goquery.Document {
	b.t.Helper()
	names, page := b.devices()
	if !slices.Equal(names, want) {
		b.t.Errorf("signed in with %q, want %q", names, want)
	}
	return page
}

// TestWhereSignedIn: people see their sessions, and no others, this one first, and end
// one; a restart forgets none of it.
func TestWhereSignedIn(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *app) {
		phone, laptop, other := app.signInWith(iphone, ada), app.signInWith(firefox, ada), app.signInWith(firefox, grace)
		if link := laptop.get(profilePath).page(t).Find("#where-signed-in"); link.AttrOr("href", "") != sessionsPath {
			t.Error("no link on the profile page")
		}
		page := laptop.wantDevices("Firefox on Windows (this)", "Safari on iPhone or iPad")
		phone.wantDevices("Safari on iPhone or iPad (this)", "Firefox on Windows")
		other.wantDevices("Firefox on Windows (this)")

		form := page.Find(".devices form").First()
		if form.AttrOr("action", "") != endSessionPath || form.AttrOr("method", "") != "post" {
			t.Fatal("no form to end the other session")
		}
		id := form.Find("input[name=id]").AttrOr("value", "")
		stolen := copyOf(phone)
		if r := other.post(endSessionPath, url.Values{"id": {id}}); r.StatusCode != http.StatusSeeOther || !phone.signedIn() {
			t.Errorf("somebody else ends it: status %d", r.StatusCode)
		}
		app.restart()
		if r := laptop.post(endSessionPath, url.Values{"id": {id}}); r.location() != sessionsPath+"?ended=1" {
			t.Errorf("status %d\n%s", r.StatusCode, r.body)
		}
		app.restart()
		if phone.signedIn() || stolen.signedIn() || !laptop.signedIn() || !other.signedIn() {
			t.Error("the wrong sessions ended")
		}
		laptop.wantDevices("Firefox on Windows (this)")
		if r := phone.follow(phone.get(profilePath)); !r.asksForPassword(t) {
			t.Errorf("the browser whose session was ended comes back without a password: status %d", r.StatusCode)
		}
		if n := strings.Count(app.logs.String(), `"reason":"another"`); n != 2 {
			t.Errorf("%d log events", n)
		}
	})
}

// TestWhereSignedInFrom: where the operator wants it people see from which address each
// session began, and otherwise no session holds or shows one.
func TestWhereSignedInFrom(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *app) {
		app.cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		app.restart()
		signIn := func(address string) *browser {
			b := app.browser()
			b.get(b.toCallback(profilePath, ada), "User-Agent", firefox, "X-Forwarded-For", address)
			return b
		}
		from := func(b *browser) (shown []string) {
			return b.get(sessionsPath).page(t).Find(".devices .address").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
		}
		before := signIn("203.0.113.1")
		if got := from(before); len(got) != 0 {
			t.Errorf("by default: shows %s", got)
		}
		app.cfg.SessionShowAddress = true
		app.restart()
		if got := from(before); len(got) != 0 {
			t.Errorf("a session from before: shows %s", got)
		}
		signIn("203.0.113.7")
		kept := signIn("2001:db8::7")
		if got := from(kept); !slices.Equal(got, []string{"2001:db8::7", "203.0.113.7"}) {
			t.Errorf("shows %s", got)
		}
		app.cfg.SessionShowAddress = false
		app.restart()
		if got := from(kept); len(got) != 0 {
			t.Errorf("turned off again: shows %s", got)
		}
	})
}

// TestEndOtherSessions: all but this one, by one button.
func TestEndOtherSessions(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *app) {
		phone, tablet, laptop, other := app.signInWith(iphone, ada), app.signInWith(iphone, ada), app.signInWith(firefox, ada), app.signInWith(firefox, grace)
		if laptop.get(sessionsPath).page(t).Find(`form:has(input[name=others][value="1"]) #end-others`).Length() != 1 {
			t.Fatal("no button")
		}
		r := laptop.follow(laptop.post(endSessionPath, url.Values{"others": {"1"}}))
		if !strings.Contains(r.body, "asked for your password") || strings.Contains(r.body, "end-others") {
			t.Errorf("status %d\n%s", r.StatusCode, r.body)
		}
		if phone.signedIn() || tablet.signedIn() || !laptop.signedIn() || !other.signedIn() {
			t.Error("the wrong sessions ended")
		}
	})
}

// TestEndOtherSessionsUnseen: a process that does not know the others ends them all the
// same, and says that it does not know them.
func TestEndOtherSessionsUnseen(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	phone, laptop := app.signInWith(iphone, ada), app.signInWith(firefox, ada)
	page := laptop.wantDevices("Firefox on Windows (this)")
	if !strings.Contains(page.Text(), "does not know in which other browsers") {
		t.Error("the page does not say what it does not know")
	}
	laptop.post(endSessionPath, url.Values{"others": {"1"}})
	if phone.signedIn() || !laptop.signedIn() {
		t.Error("the wrong session ended")
	}
}

// TestEndingNeedsARecentSignIn: nor can another site, or nobody, end anything.
func TestEndingNeedsARecentSignIn(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	phone, laptop := app.signInWith(iphone, ada), app.signInWith(firefox, ada)
	others := url.Values{"others": {"1"}}
	for name, r := range map[string]reply{
		"from another site": laptop.post(endSessionPath, others, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"nobody":            app.browser().post(endSessionPath, others),
		"ending nothing":    laptop.post(endSessionPath, nil),
		"ending itself":     laptop.post(endSessionPath, url.Values{"id": {""}}),
		"by a link":         laptop.get(endSessionPath + "?others=1"),
	} {
		if r.StatusCode < 400 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	app.clock.add(recent + 3*time.Minute)
	r := laptop.post(endSessionPath, others, "Referer", app.URL+sessionsPath)
	target, err := url.Parse(r.onward(t))
	if err != nil || target.Query().Get("max_age") != "600" {
		t.Errorf("long after the sign-in: status %d to %s", r.StatusCode, r.onward(t))
	}
	if !phone.signedIn() || !laptop.signedIn() {
		t.Error("a session ended")
	}
	if r := app.browser().get(sessionsPath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody sees the page: status %d", r.StatusCode)
	}
}

const recent = 10 * time.Minute
