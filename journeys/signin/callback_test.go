package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func TestCallbackRefused(t *testing.T) {
	t.Parallel()
	site := apptest.Start(t, apptest.Setup{})
	anotherState := func() string {
		other := site.Browser()
		u, err := url.Parse(other.ToCallback("/greet", testkit.Grace))
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("state")
	}
	tests := []struct {
		name    string
		change  func(url.Values)
		status  int
		heading string
		spent   bool // the attempt is over; otherwise its own answer still works
	}{
		{"no parameters", func(q url.Values) { clear(q) }, 400, apptest.StartedElsewhere, false},
		{"no state", func(q url.Values) { q.Del("state") }, 400, apptest.StartedElsewhere, false},
		{"empty state", func(q url.Values) { q.Set("state", "") }, 400, apptest.StartedElsewhere, false},
		{"unknown state", func(q url.Values) { q.Set("state", strings.Repeat("s", 43)) }, 400, apptest.StartedElsewhere, false},
		{"state cut short", func(q url.Values) { q.Set("state", q.Get("state")[:42]) }, 400, apptest.StartedElsewhere, false},
		{"state with more", func(q url.Values) { q.Set("state", q.Get("state")+"A") }, 400, apptest.StartedElsewhere, false},
		{"state of another browser", func(q url.Values) { q.Set("state", anotherState()) }, 400, apptest.StartedElsewhere, false},
		{"huge state", func(q url.Values) { q.Set("state", strings.Repeat("s", 5000)) }, 400, apptest.StartedElsewhere, false},
		{"error without state", func(q url.Values) { clear(q); q.Set("error", "access_denied") }, 400, apptest.StartedElsewhere, false},
		{"two states", func(q url.Values) { q.Add("state", "another") }, 400, apptest.NotUnderstood, false},
		{"the same state twice", func(q url.Values) { q.Add("state", q.Get("state")) }, 400, apptest.NotUnderstood, false},
		{"two codes", func(q url.Values) { q.Add("code", "another") }, 400, apptest.NotUnderstood, false},
		{"two errors", func(q url.Values) { q["error"] = []string{"a", "b"} }, 400, apptest.NotUnderstood, false},
		{"NUL", func(q url.Values) { q.Set("code", "a\x00b") }, 400, apptest.NotUnderstood, false},
		{"line break", func(q url.Values) { q.Set("state", q.Get("state")+"\r\nX-Injected: 1") }, 400, apptest.NotUnderstood, false},
		{"control character in a name", func(q url.Values) { q.Set("a\x7f", "b") }, 400, apptest.NotUnderstood, false},
		{"too long", func(q url.Values) { q.Set("code", strings.Repeat("c", 25000)) }, 414, "That address is too long", false},
		{"another issuer", func(q url.Values) { q.Set("iss", "https://evil.example") }, 400, "That answer came from someone else", true},
		{"an empty issuer", func(q url.Values) { q.Set("iss", "") }, 400, "That answer came from someone else", true},
		{"no code", func(q url.Values) { q.Del("code") }, 400, apptest.NotUnderstood, true},
		{"empty code", func(q url.Values) { q.Set("code", "") }, 400, apptest.NotUnderstood, true},
		{"code and error", func(q url.Values) { q.Set("error", "access_denied") }, 403, "Okta did not let you in", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := site.Browser()
			callback := b.ToCallback("/greet", testkit.Ada)
			apptest.CheckRefused(t, b, b.Get(apptest.Changed(t, callback, test.change)), test.status, test.heading)
			r := b.Follow(b.Get(callback))
			if r.StatusCode == http.StatusOK == test.spent {
				t.Errorf("afterwards its own answer gets status %d", r.StatusCode)
			}
		})
	}
}

func TestCallbackAcceptsOurIssuer(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := apptest.Changed(t, b.ToCallback("/greet", testkit.Ada), func(q url.Values) { q.Set("iss", app.Org.Issuer()) })
	if r := b.Follow(b.Get(callback)); r.StatusCode != http.StatusOK || !b.SignedIn() {
		t.Errorf("status %d", r.StatusCode)
	}
}

// A code that Okta gave to somebody else's sign-in opens nothing: PKCE and the
// nonce bind it to the browser that asked.
func TestCallbackWithAnotherBrowsersCode(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	victim, attacker := app.Browser(), app.Browser()
	u, err := url.Parse(attacker.ToCallback("/greet", testkit.Grace))
	if err != nil {
		t.Fatal(err)
	}
	callback := apptest.Changed(t, victim.ToCallback("/greet", testkit.Ada), func(q url.Values) { q.Set("code", u.Query().Get("code")) })
	r := victim.Get(callback)
	apptest.AuthorizeQuery(t, app, r) // refused by Okta: started again, once
	if victim.SignedIn() {
		t.Error("somebody is signed in")
	}
	again := apptest.Changed(t, victim.ToCallback(r.Location(), testkit.Ada), func(q url.Values) { q.Set("code", "no such code") })
	apptest.CheckRefused(t, victim, victim.Get(again), http.StatusBadRequest, apptest.StartedElsewhere)
}

func TestCallbackWorksOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	thief := app.Browser()
	thief.TakeAttempts(b)
	first := b.Get(callback)
	if first.StatusCode != http.StatusSeeOther || first.Location() != "/greet" {
		t.Fatalf("status %d to %q", first.StatusCode, first.Location())
	}
	if left := b.Attempts(); len(left) > 0 {
		t.Errorf("the attempt's cookie is still there: %v", left)
	}
	if again := b.Get(callback); again.StatusCode != http.StatusSeeOther || again.Location() != "/" || !b.SignedIn() {
		t.Errorf("the same browser again: status %d to %q", again.StatusCode, again.Location())
	}
	tokens := app.Org.Count("token")
	apptest.AuthorizeQuery(t, app, thief.Get(callback)) // to sign in for themselves
	if thief.SignedIn() {
		t.Error("a copy of the attempt signs in")
	}
	stranger := app.Browser()
	apptest.CheckRefused(t, stranger, stranger.Get(callback), http.StatusBadRequest, apptest.KeepsNoCookies)
	if got := app.Org.Count("token"); got != tokens {
		t.Errorf("%d replays reached Okta", got-tokens)
	}
	b.Post(testkit.LogoutPath, nil)
	r := b.Get(callback)
	apptest.CheckRefused(t, b, r, http.StatusBadRequest, apptest.StartedElsewhere)
	if got := r.Page(t).Find(".actions a.button").AttrOr("href", ""); got != testkit.LoginPath {
		t.Errorf("the way on leads to %q", got)
	}
}

func TestForgedCookiesAreNobodys(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	owner := app.Browser()
	owner.SignIn("/greet", testkit.Ada)
	sealed := owner.Cookie("okta_session")
	callback := owner.ToCallback(testkit.LoginPath+"?prompt=login", testkit.Ada)
	attempt := owner.Attempts()[0]
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	flipped := func(s string) string {
		if s[len(s)/2] == 'A' {
			return s[:len(s)/2] + "B" + s[len(s)/2+1:]
		}
		return s[:len(s)/2] + "A" + s[len(s)/2+1:]
	}
	for name, value := range map[string]string{
		"empty": "", "garbage": "garbage", "flipped": flipped(sealed), "cut": sealed[:len(sealed)-1],
		"an attempt": attempt.Value, "long": strings.Repeat("A", 4000), "not base64": "!!!!", "dots": "1.2.3",
	} {
		r := app.Browser().Get(apptest.ProfilePath, "Cookie", "okta_session="+value)
		if r.StatusCode != http.StatusSeeOther {
			t.Errorf("session %s: status %d", name, r.StatusCode)
		}
	}
	for name, value := range map[string]string{
		"empty": "", "garbage": "garbage", "flipped": flipped(attempt.Value), "a session": sealed, "long": strings.Repeat("A", 4000),
	} {
		r := app.Browser().Get(callback, "Cookie", attempt.Name+"="+value)
		if r.StatusCode != http.StatusBadRequest || r.Page(t).Find(".problem h1").Text() != apptest.StartedElsewhere {
			t.Errorf("attempt %s: status %d", name, r.StatusCode)
		}
	}
	other := app.Browser()
	other.ToCallback("/greet", testkit.Grace)
	r := app.Browser().Get(u.RequestURI(), "Cookie", attempt.Name+"="+other.Attempts()[0].Value)
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("another attempt under this one's name: status %d", r.StatusCode)
	}
}

// FuzzCallback holds that no answer from the outside makes the callback fail or
// lead away. STATE stands for the state of a sign-in that is under way.
func FuzzCallback(f *testing.F) {
	app := apptest.Start(f, apptest.Setup{})
	if err := app.Warm(f.Context()); err != nil {
		f.Fatal(err)
	}
	app.Org.Stop() // only what reaches the token endpoint notices
	for _, seed := range []string{
		"", "state=STATE", "state=STATE&code=c", "state=STATE&error=access_denied&error_description=No.", "code=c&state=other",
		"state=STATE&state=STATE", "state=STATE&iss=https%3A%2F%2Fevil.example&code=c", "error=login_required&state=STATE",
		"state=STATE&error=%3Cscript%3E&error_description=%ff%fe", "state=%00", "state=STATE&code=%0d%0a", "%zz", "a;b", "&&&=&",
		"state=STATE&error=invalid_grant", "state=STATE&error=server_error",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		begin := httptest.NewRecorder()
		app.ServeHTTP(begin, httptest.NewRequest(http.MethodGet, app.URL+testkit.LoginPath, nil))
		cookies := begin.Result().Cookies()
		sent, err := url.Parse(begin.Header().Get("Location"))
		if err != nil || len(cookies) != 1 {
			t.Fatalf("no sign-in: status %d", begin.Code)
		}
		r := httptest.NewRequest(http.MethodGet, app.URL+testkit.CallbackPath, nil)
		r.URL.RawQuery = strings.ReplaceAll(query, "STATE", sent.Query().Get("state"))
		r.AddCookie(cookies[0])
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)

		asked := w.Code == http.StatusServiceUnavailable && strings.Contains(w.Body.String(), "Okta can")
		told := r.URL.Query().Has("error") && (w.Code == http.StatusBadGateway || w.Code == http.StatusServiceUnavailable)
		if w.Code < 400 || w.Code >= 500 && !asked && !told {
			t.Errorf("status %d", w.Code)
		}
		for _, c := range w.Result().Cookies() {
			if c.MaxAge >= 0 {
				t.Errorf("it sets %s", c.Name)
			}
		}
	})
}
