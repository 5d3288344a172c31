package auth_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// TestFormSurvivesANewSignIn holds that what a person sends after their session's end
// waits for them, is shown, is sent by their click as it came, once, and by nothing else.
func TestFormSurvivesANewSignIn(t *testing.T) {
	t.Parallel()
	const long = "line one\r\nline two <b>&amp;</b> ünï 長\r\n"
	small, smallBody := withFile(t, map[string]string{"title": "Trip", "text": long}, "photo.bin", bytes.Repeat([]byte{0, 1, 0xff, '\r', '\n'}, 2000))
	large, largeBody := withFile(t, map[string]string{"title": "Trip"}, "large.bin", bytes.Repeat([]byte{0, 1, 0xff}, 300_000))
	for store, env := range formStores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			h, got := formHost(t, env(t), nil)
			b := h.expired(testkit.Ada)
			for _, tt := range []struct {
				name, target, contentType, body string
				shown                           []string
			}{
				{"fields", "/notes?folder=1&a=%20b", urlencoded, "title=Trip&text=" + url.QueryEscape(long) + "&tag=a&tag=b&&empty=", []string{"title", "Trip", "text", long, "tag", "b", "(empty)"}},
				{"a text", "/notes", "text/plain", "title=Trip\r\nmore", []string{"title=Trip", "more"}},
				{"nothing", "/notes", "", "", []string{"There was nothing to fill in."}},
				{"a button alone", "/notes", urlencoded, "delete=7", []string{"delete", "7"}},
				{"a file", "/notes", small, smallBody, []string{"title", "Trip", "photo.bin, 10 kB"}},
				{"a large file", "/notes", large, largeBody, []string{"large.bin, 900 kB"}},
				{"odd bytes", "/notes", urlencoded, "a=%ff%00&b=%zz;c&%=1", []string{"\uFFFD\uFFFD", "%zz;c"}},
			} {
				if tt.name == "a large file" && store == "memory" {
					continue
				}
				before := len(got.list())
				r := send(b, tt.target, tt.contentType, tt.body)
				if !strings.Contains(r.Page(t).Find("main").Text(), "kept for you") {
					t.Fatalf("%s: the person is not told: %s", tt.name, r.Body)
				}
				page := after(b, r, testkit.Ada)
				if page.StatusCode != http.StatusOK || page.Request.URL.Path != formPath || page.Header.Get("Cache-Control") != "no-store" {
					t.Fatalf("%s: %d at %s %v", tt.name, page.StatusCode, page.Request.URL, page.Header)
				}
				text := strings.ReplaceAll(page.Page(t).Find("main").Text(), "\n", "\r\n")
				for _, want := range append(tt.shown, strings.ReplaceAll(h.URL+tt.target, "\n", "")) {
					if !strings.Contains(text, want) {
						t.Errorf("%s: %q is not shown in %s", tt.name, want, text)
					}
				}
				if len(got.list()) != before {
					t.Fatalf("%s: sent by itself", tt.name)
				}
				if r := confirm(b, page); r.Location() != "/saved" {
					t.Fatalf("%s: sending: %d %s", tt.name, r.StatusCode, r.Body)
				}
				kind, _, _ := strings.Cut(tt.contentType, ";")
				if last := got.list()[before]; last != (arrival{tt.target, kind, tt.body, "Ada Lovelace"}) {
					t.Errorf("%s: arrived as %.300q", tt.name, last)
				}
				if r := confirm(b, page); r.StatusCode != http.StatusGone || len(got.list()) != before+1 {
					t.Errorf("%s: sent twice: %d", tt.name, r.StatusCode)
				}
				if r := b.Get(page.Request.URL.String()); r.StatusCode != http.StatusGone || strings.Contains(r.Body, "Trip") {
					t.Errorf("%s: back at the page: %d", tt.name, r.StatusCode)
				}
				h.clock.Add(2 * time.Hour)
			}
			for _, secret := range []string{"Trip", "line one", "photo.bin"} {
				if strings.Contains(h.logs.String(), secret) {
					t.Errorf("the log knows %q", secret)
				}
			}
		})
	}
}

// TestKeptFormIsItsPersons holds that nobody else sees it or sends it, in whatever
// browser and with whatever cookies.
func TestKeptFormIsItsPersons(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(testkit.Ada)
	r := send(b, "/notes", urlencoded, "diary=private")
	other := after(b, r, testkit.Grace)
	if other.StatusCode != http.StatusForbidden || strings.Contains(other.Body, "private") || strings.Contains(other.Body, "diary") {
		t.Fatalf("another person: %d %s", other.StatusCode, other.Body)
	}
	address := other.Request.URL
	name := address.Query().Get("form")
	if r := send(b, "/notes", urlencoded, "okta_kept_form="+name); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
		t.Errorf("another person sends it: %d", r.StatusCode)
	}
	elsewhere := h.browser()
	if r := elsewhere.Arrive(address.RequestURI(), testkit.Ada); r.StatusCode != http.StatusGone {
		t.Errorf("another browser of the person: %d", r.StatusCode)
	}
	for _, cookie := range h.cookiesOf(b) {
		if strings.Contains(cookie.Name, "_form_") {
			for _, value := range []string{cookie.Value[:len(cookie.Value)-2] + "xx", "", "x", strings.Repeat("x", 3000)} {
				h.give(elsewhere, cookie.Name, value)
				if r := elsewhere.Get(address.RequestURI()); r.StatusCode != http.StatusGone {
					t.Errorf("with a tampered cookie: %d", r.StatusCode)
				}
			}
		}
	}
	page := b.Arrive("/authorization-code/login-redirect?prompt=login&return_to="+url.QueryEscape(address.RequestURI()), testkit.Ada)
	if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].person != "Ada Lovelace" {
		t.Errorf("the person themselves: %d %s", r.StatusCode, r.Body)
	}
}

// TestFormOfNobody holds that a form of a browser of which nothing is known is for whoever
// signs in by the sign-in that it began, and for nobody who was signed in otherwise.
func TestFormOfNobody(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.browser()
	r := send(b, "/notes", urlencoded, "a=1")
	b.Arrive("/saved", testkit.Grace)
	b.Arrive("/notes", testkit.Grace) // in another tab
	tab := b.Arrive(r.Onward(t), testkit.Grace)
	if tab.StatusCode != http.StatusUnauthorized || strings.Contains(tab.Page(t).Find("main").Text(), "a=1") {
		t.Fatalf("signed in otherwise: %d %s", tab.StatusCode, tab.Body)
	}
	again := tab.Page(t).Find("main a.button").AttrOr("href", "")
	if page := b.Arrive(again, testkit.Ada); page.StatusCode != http.StatusOK {
		t.Fatalf("signed in by it: %d %s", page.StatusCode, page.Body)
	} else if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].person != "Ada Lovelace" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormAndStepUp holds that a form survives that a page asks for a newer sign-in, also
// between the page that shows it and the click.
func TestFormAndStepUp(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.browser()
	b.Arrive("/notes", testkit.Ada)
	h.clock.Add(10 * time.Minute)
	page := after(b, send(b, "/strong", urlencoded, "amount=5"), testkit.Ada)
	if page.Request.URL.Path != formPath {
		t.Fatalf("%d at %s", page.StatusCode, page.Request.URL)
	}
	h.clock.Add(10 * time.Minute)
	page = after(b, confirm(b, page), testkit.Ada)
	if page.Request.URL.Path != formPath || len(got.list()) != 0 {
		t.Fatalf("asked once more: %d at %s", page.StatusCode, page.Request.URL)
	}
	if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].body != "amount=5" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestSessionEndsBeforeTheClick holds that the form waits on where its person has to sign
// in once more, and no longer than it says.
func TestSessionEndsBeforeTheClick(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, map[string]string{"SESSION_IDLE_TIMEOUT": "5m"}, nil)
	b := h.expired(testkit.Ada)
	page := after(b, send(b, "/notes", urlencoded, "a=1"), testkit.Ada)
	h.clock.Add(10 * time.Minute)
	r := confirm(b, page)
	page = after(b, r, testkit.Ada)
	if r := confirm(b, page); r.Location() != "/saved" || len(got.list()) != 1 || got.list()[0].body != "a=1" {
		t.Fatalf("sending: %d %s", r.StatusCode, r.Body)
	}
	h.clock.Add(10 * time.Minute)
	page = after(b, send(b, "/notes", urlencoded, "a=2"), testkit.Ada)
	if text := page.Page(t).Text(); !strings.Contains(text, "15 more minutes") {
		t.Errorf("how long it is kept: %s", text)
	}
	for range 4 { // the session lives on
		h.clock.Add(4 * time.Minute)
		b.Get("/notes")
	}
	if r := confirm(b, page); r.StatusCode != http.StatusGone || len(got.list()) != 1 {
		t.Errorf("after a quarter of an hour: %d", r.StatusCode)
	}
}

// TestFormWhenOktaEndedTheSession holds that a form survives that its session turns out to
// be over.
func TestFormWhenOktaEndedTheSession(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, renewing, nil)
	b := h.browser()
	b.Arrive("/notes", testkit.Ada)
	h.clock.Add(2 * time.Hour)
	h.org.RevokeRefreshTokens(testkit.Ada)
	r := send(b, "/notes", urlencoded, "a=1")
	again := r.Page(t).Find("main a.button").AttrOr("href", "")
	if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Page(t).Text(), "kept for you") {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	page := b.Arrive(again, testkit.Ada)
	if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].body != "a=1" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormWhileOktaIsAway holds that a form which comes while Okta has yet to confirm the
// session is kept, and shown and sent when it has.
func TestFormWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, renewing, nil)
	b := h.browser()
	b.Arrive("/notes", testkit.Ada)
	h.org.Stop()
	h.clock.Add(2 * time.Hour)
	r := send(b, "/notes", urlencoded, "a=1")
	again := r.Page(t).Find("main a.button").AttrOr("href", "")
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.Page(t).Text(), "is kept for a quarter of an hour") {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	if r := b.Get(again); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(r.Body, "a=1") {
		t.Errorf("while Okta is away the form answers %d %s", r.StatusCode, r.Body)
	}
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(2 * time.Minute)
	if r := confirm(b, b.Get(again)); r.Location() != "/saved" || got.list()[0].body != "a=1" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormAndWidget holds that a form leads to the app's own sign-in page where that is
// where people sign in, and comes back from there.
func TestFormAndWidget(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, nil, func(o *auth.Options) { o.Widget = true })
	b := h.browser()
	r := send(b, "/notes", urlencoded, "a=1")
	u, err := url.Parse(r.Onward(t))
	if err != nil || u.Path != "/authorization-code/login-custom" || !strings.HasPrefix(u.Query().Get("return_to"), formPath+"?form=") {
		t.Errorf("leads to %s", u)
	}
	page := b.Arrive(testkit.LoginPath+"?"+u.RawQuery, testkit.Ada) // "sign in at Okta" on that page
	if page.StatusCode != http.StatusOK || page.Request.URL.Path != formPath {
		t.Errorf("%d at %s", page.StatusCode, page.Request.URL)
	}
}
