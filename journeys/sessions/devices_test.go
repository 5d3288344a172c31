package sessions_test

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

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

const (
	sessionsPath   = "/authorization-code/sessions"
	endSessionPath = sessionsPath + "/end"

	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)

// onListing runs test with each place where sessions can be listed.
func onListing(t *testing.T, test func(t *testing.T, app *apptest.App)) {
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
			test(t, apptest.Start(t, apptest.Setup{Env: env(t)}))
		})
	}
}

// signInWith signs login in with a browser that names itself.
func signInWith(a *apptest.App, userAgent, login string) *apptest.Browser {
	a.T.Helper()
	b := a.Browser()
	b.Get(b.ToCallback(apptest.ProfilePath, login), "User-Agent", userAgent)
	if !b.SignedIn() {
		a.T.Fatal("not signed in")
	}
	return b
}

// devices are the headings of the page, and the forms that end a session.
func devices(b *apptest.Browser) (names []string, page *goquery.Document) {
	b.T.Helper()
	r := b.Get(sessionsPath)
	if r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" {
		b.T.Fatalf("status %d\n%s", r.StatusCode, r.Body)
	}
	page = r.Page(b.T)
	page.Find(".devices li").Each(func(_ int, li *goquery.Selection) {
		name := li.Find("h2").Text()
		if strings.Contains(li.Text(), "this browser") {
			name += " (this)"
		}
		names = append(names, name)
	})
	return names, page
}

func wantDevices(b *apptest.Browser, want ...string) *goquery.Document {
	b.T.Helper()
	names, page := devices(b)
	if !slices.Equal(names, want) {
		b.T.Errorf("signed in with %q, want %q", names, want)
	}
	return page
}

// TestWhereSignedIn: people see their sessions, and no others, this one first, and end
// one; a restart forgets none of it.
func TestWhereSignedIn(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *apptest.App) {
		phone, laptop, other := signInWith(app, iphone, testkit.Ada), signInWith(app, firefox, testkit.Ada), signInWith(app, firefox, testkit.Grace)
		if link := laptop.Get(apptest.ProfilePath).Page(t).Find("#where-signed-in"); link.AttrOr("href", "") != sessionsPath {
			t.Error("no link on the profile page")
		}
		page := wantDevices(laptop, "Firefox on Windows (this)", "Safari on iPhone or iPad")
		wantDevices(phone, "Safari on iPhone or iPad (this)", "Firefox on Windows")
		wantDevices(other, "Firefox on Windows (this)")

		form := page.Find(".devices form").First()
		if form.AttrOr("action", "") != endSessionPath || form.AttrOr("method", "") != "post" {
			t.Fatal("no form to end the other session")
		}
		id := form.Find("input[name=id]").AttrOr("value", "")
		stolen := phone.Copy()
		if r := other.Post(endSessionPath, url.Values{"id": {id}}); r.StatusCode != http.StatusSeeOther || !phone.SignedIn() {
			t.Errorf("somebody else ends it: status %d", r.StatusCode)
		}
		app.Restart()
		if r := laptop.Post(endSessionPath, url.Values{"id": {id}}); r.Location() != sessionsPath+"?ended=1" {
			t.Errorf("status %d\n%s", r.StatusCode, r.Body)
		}
		app.Restart()
		if phone.SignedIn() || stolen.SignedIn() || !laptop.SignedIn() || !other.SignedIn() {
			t.Error("the wrong sessions ended")
		}
		wantDevices(laptop, "Firefox on Windows (this)")
		if r := phone.Follow(phone.Get(apptest.ProfilePath)); !r.AsksWho(t) {
			t.Errorf("the browser whose session was ended comes back without a password: status %d", r.StatusCode)
		}
		if n := strings.Count(app.Logs.String(), `"reason":"another"`); n != 2 {
			t.Errorf("%d log events", n)
		}
	})
}

// TestWhereSignedInFrom: where the operator wants it people see from which address each
// session began, and otherwise no session holds or shows one.
func TestWhereSignedInFrom(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *apptest.App) {
		app.Cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		app.Restart()
		signIn := func(address string) *apptest.Browser {
			b := app.Browser()
			b.Get(b.ToCallback(apptest.ProfilePath, testkit.Ada), "User-Agent", firefox, "X-Forwarded-For", address)
			return b
		}
		from := func(b *apptest.Browser) (shown []string) {
			return b.Get(sessionsPath).Page(t).Find(".devices .address").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
		}
		before := signIn("203.0.113.1")
		if got := from(before); len(got) != 0 {
			t.Errorf("by default: shows %s", got)
		}
		app.Cfg.SessionShowAddress = true
		app.Restart()
		if got := from(before); len(got) != 0 {
			t.Errorf("a session from before: shows %s", got)
		}
		signIn("203.0.113.7")
		kept := signIn("2001:db8::7")
		if got := from(kept); !slices.Equal(got, []string{"2001:db8::7", "203.0.113.7"}) {
			t.Errorf("shows %s", got)
		}
		app.Cfg.SessionShowAddress = false
		app.Restart()
		if got := from(kept); len(got) != 0 {
			t.Errorf("turned off again: shows %s", got)
		}
	})
}

// TestEndOtherSessions: all but this one, by one button.
func TestEndOtherSessions(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *apptest.App) {
		phone, tablet, laptop, other := signInWith(app, iphone, testkit.Ada), signInWith(app, iphone, testkit.Ada), signInWith(app, firefox, testkit.Ada), signInWith(app, firefox, testkit.Grace)
		if laptop.Get(sessionsPath).Page(t).Find(`form:has(input[name=others][value="1"]) #end-others`).Length() != 1 {
			t.Fatal("no button")
		}
		r := laptop.Follow(laptop.Post(endSessionPath, url.Values{"others": {"1"}}))
		if !strings.Contains(r.Body, "asked for your password") || strings.Contains(r.Body, "end-others") {
			t.Errorf("status %d\n%s", r.StatusCode, r.Body)
		}
		if phone.SignedIn() || tablet.SignedIn() || !laptop.SignedIn() || !other.SignedIn() {
			t.Error("the wrong sessions ended")
		}
	})
}

// TestEndOtherSessionsUnseen: a process that does not know the others ends them all the
// same, and says that it does not know them.
func TestEndOtherSessionsUnseen(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	phone, laptop := signInWith(app, iphone, testkit.Ada), signInWith(app, firefox, testkit.Ada)
	page := wantDevices(laptop, "Firefox on Windows (this)")
	if !strings.Contains(page.Text(), "does not know in which other browsers") {
		t.Error("the page does not say what it does not know")
	}
	laptop.Post(endSessionPath, url.Values{"others": {"1"}})
	if phone.SignedIn() || !laptop.SignedIn() {
		t.Error("the wrong session ended")
	}
}

// TestEndingNeedsARecentSignIn: nor can another site, or nobody, end anything.
func TestEndingNeedsARecentSignIn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	phone, laptop := signInWith(app, iphone, testkit.Ada), signInWith(app, firefox, testkit.Ada)
	others := url.Values{"others": {"1"}}
	for name, r := range map[string]testkit.Reply{
		"from another site": laptop.Post(endSessionPath, others, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"nobody":            app.Browser().Post(endSessionPath, others),
		"ending nothing":    laptop.Post(endSessionPath, nil),
		"ending itself":     laptop.Post(endSessionPath, url.Values{"id": {""}}),
		"by a link":         laptop.Get(endSessionPath + "?others=1"),
	} {
		if r.StatusCode < 400 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	app.Clock.Add(recent + 3*time.Minute)
	r := laptop.Post(endSessionPath, others, "Referer", app.URL+sessionsPath)
	target, err := url.Parse(r.Onward(t))
	if err != nil || target.Query().Get("max_age") != "600" {
		t.Errorf("long after the sign-in: status %d to %s", r.StatusCode, r.Onward(t))
	}
	if !phone.SignedIn() || !laptop.SignedIn() {
		t.Error("a session ended")
	}
	if r := app.Browser().Get(sessionsPath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody sees the page: status %d", r.StatusCode)
	}
}

const recent = 10 * time.Minute
