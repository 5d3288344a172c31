package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const (
	startedElsewhere = "This sign-in has expired or was started elsewhere"
	keepsNoCookies   = "Your browser keeps no cookies of this site"
	notUnderstood    = "That request can't be understood"
)

// changed returns the callback URL with its parameters changed.
func changed(t testing.TB, callback string, change func(url.Values)) string {
	t.Helper()
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	change(query)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestCallbackRefused(t *testing.T) {
	t.Parallel()
	site := start(t, setup{})
	anotherState := func() string {
		other := site.browser()
		u, err := url.Parse(other.toCallback("/greet", grace))
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
		{"no parameters", func(q url.Values) { clear(q) }, 400, startedElsewhere, false},
		{"no state", func(q url.Values) { q.Del("state") }, 400, startedElsewhere, false},
		{"empty state", func(q url.Values) { q.Set("state", "") }, 400, startedElsewhere, false},
		{"unknown state", func(q url.Values) { q.Set("state", strings.Repeat("s", 43)) }, 400, startedElsewhere, false},
		{"state cut short", func(q url.Values) { q.Set("state", q.Get("state")[:42]) }, 400, startedElsewhere, false},
		{"state with more", func(q url.Values) { q.Set("state", q.Get("state")+"A") }, 400, startedElsewhere, false},
		{"state of another browser", func(q url.Values) { q.Set("state", anotherState()) }, 400, startedElsewhere, false},
		{"huge state", func(q url.Values) { q.Set("state", strings.Repeat("s", 5000)) }, 400, startedElsewhere, false},
		{"error without state", func(q url.Values) { clear(q); q.Set("error", "access_denied") }, 400, startedElsewhere, false},
		{"two states", func(q url.Values) { q.Add("state", "another") }, 400, notUnderstood, false},
		{"the same state twice", func(q url.Values) { q.Add("state", q.Get("state")) }, 400, notUnderstood, false},
		{"two codes", func(q url.Values) { q.Add("code", "another") }, 400, notUnderstood, false},
		{"two errors", func(q url.Values) { q["error"] = []string{"a", "b"} }, 400, notUnderstood, false},
		{"NUL", func(q url.Values) { q.Set("code", "a\x00b") }, 400, notUnderstood, false},
		{"line break", func(q url.Values) { q.Set("state", q.Get("state")+"\r\nX-Injected: 1") }, 400, notUnderstood, false},
		{"control character in a name", func(q url.Values) { q.Set("a\x7f", "b") }, 400, notUnderstood, false},
		{"too long", func(q url.Values) { q.Set("code", strings.Repeat("c", 25000)) }, 414, "That address is too long", false},
		{"another issuer", func(q url.Values) { q.Set("iss", "https://evil.example") }, 400, "That answer came from someone else", true},
		{"an empty issuer", func(q url.Values) { q.Set("iss", "") }, 400, "That answer came from someone else", true},
		{"no code", func(q url.Values) { q.Del("code") }, 400, notUnderstood, true},
		{"empty code", func(q url.Values) { q.Set("code", "") }, 400, notUnderstood, true},
		{"code and error", func(q url.Values) { q.Set("error", "access_denied") }, 403, "Okta did not let you in", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := site.browser()
			callback := b.toCallback("/greet", ada)
			checkRefused(t, b, b.get(changed(t, callback, test.change)), test.status, test.heading)
			r := b.follow(b.get(callback))
			if r.StatusCode == http.StatusOK == test.spent {
				t.Errorf("afterwards its own answer gets status %d", r.StatusCode)
			}
		})
	}
}

func TestCallbackAcceptsOurIssuer(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := changed(t, b.toCallback("/greet", ada), func(q url.Values) { q.Set("iss", app.org.Issuer()) })
	if r := b.follow(b.get(callback)); r.StatusCode != http.StatusOK || !b.signedIn() {
		t.Errorf("status %d", r.StatusCode)
	}
}

// A code that Okta gave to somebody else's sign-in opens nothing: PKCE and the
// nonce bind it to the browser that asked.
func TestCallbackWithAnotherBrowsersCode(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	victim, attacker := app.browser(), app.browser()
	u, err := url.Parse(attacker.toCallback("/greet", grace))
	if err != nil {
		t.Fatal(err)
	}
	callback := changed(t, victim.toCallback("/greet", ada), func(q url.Values) { q.Set("code", u.Query().Get("code")) })
	r := victim.get(callback)
	authorizeQuery(t, app, r) // refused by Okta: started again, once
	if victim.signedIn() {
		t.Error("somebody is signed in")
	}
	again := changed(t, victim.toCallback(r.location(), ada), func(q url.Values) { q.Set("code", "no such code") })
	checkRefused(t, victim, victim.get(again), http.StatusBadRequest, startedElsewhere)
}

func TestCallbackWorksOnce(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	thief := app.browser()
	thief.takeCookies(b)
	first := b.get(callback)
	if first.StatusCode != http.StatusSeeOther || first.location() != "/greet" {
		t.Fatalf("status %d to %q", first.StatusCode, first.location())
	}
	if left := b.attempts(); len(left) > 0 {
		t.Errorf("the attempt's cookie is still there: %v", left)
	}
	if again := b.get(callback); again.StatusCode != http.StatusSeeOther || again.location() != "/" || !b.signedIn() {
		t.Errorf("the same browser again: status %d to %q", again.StatusCode, again.location())
	}
	tokens := app.org.Count("token")
	authorizeQuery(t, app, thief.get(callback)) // to sign in for themselves
	if thief.signedIn() {
		t.Error("a copy of the attempt signs in")
	}
	stranger := app.browser()
	checkRefused(t, stranger, stranger.get(callback), http.StatusBadRequest, keepsNoCookies)
	if got := app.org.Count("token"); got != tokens {
		t.Errorf("%d replays reached Okta", got-tokens)
	}
	b.post(logoutPath, nil)
	r := b.get(callback)
	checkRefused(t, b, r, http.StatusBadRequest, startedElsewhere)
	if got := r.page(t).Find(".actions a.button").AttrOr("href", ""); got != loginPath {
		t.Errorf("the way on leads to %q", got)
	}
}

func TestForgedCookiesAreNobodys(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	owner := app.browser()
	owner.signIn("/greet", ada)
	sealed := owner.cookie("okta_session")
	callback := owner.toCallback(loginPath+"?prompt=login", ada)
	attempt := owner.attempts()[0]
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
		r := app.browser().get(profilePath, "Cookie", "okta_session="+value)
		if r.StatusCode != http.StatusSeeOther {
			t.Errorf("session %s: status %d", name, r.StatusCode)
		}
	}
	for name, value := range map[string]string{
		"empty": "", "garbage": "garbage", "flipped": flipped(attempt.Value), "a session": sealed, "long": strings.Repeat("A", 4000),
	} {
		r := app.browser().get(callback, "Cookie", attempt.Name+"="+value)
		if r.StatusCode != http.StatusBadRequest || r.page(t).Find(".problem h1").Text() != startedElsewhere {
			t.Errorf("attempt %s: status %d", name, r.StatusCode)
		}
	}
	other := app.browser()
	other.toCallback("/greet", grace)
	r := app.browser().get(u.RequestURI(), "Cookie", attempt.Name+"="+other.attempts()[0].Value)
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("another attempt under this one's name: status %d", r.StatusCode)
	}
}

// FuzzCallback holds that no answer from the outside makes the callback fail or
// lead away. STATE stands for the state of a sign-in that is under way.
func FuzzCallback(f *testing.F) {
	app := start(f, setup{})
	if err := app.auth.Warm(f.Context()); err != nil {
		f.Fatal(err)
	}
	app.org.Stop() // only what reaches the token endpoint notices
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
		app.router.ServeHTTP(begin, httptest.NewRequest(http.MethodGet, app.URL+loginPath, nil))
		cookies := begin.Result().Cookies()
		sent, err := url.Parse(begin.Header().Get("Location"))
		if err != nil || len(cookies) != 1 {
			t.Fatalf("no sign-in: status %d", begin.Code)
		}
		r := httptest.NewRequest(http.MethodGet, app.URL+callbackPath, nil)
		r.URL.RawQuery = strings.ReplaceAll(query, "STATE", sent.Query().Get("state"))
		r.AddCookie(cookies[0])
		w := httptest.NewRecorder()
		app.router.ServeHTTP(w, r)

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
