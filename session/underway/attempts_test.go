package underway_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
)

func newAttempts(t testing.TB, o session.Options) *underway.Attempts {
	t.Helper()
	return newCookies(t, o).Attempts()
}

func attempt(state string) underway.Attempt {
	return underway.Attempt{State: state, Nonce: "nonce of " + state, Verifier: "verifier of " + state, ReturnTo: "/" + state, MaxAge: -1, LoginHint: "ann", Prompt: "login", Extra: "own"}
}

func (b *browser) begin(a *underway.Attempts, attempt underway.Attempt) ([]*http.Cookie, error) {
	w := httptest.NewRecorder()
	_, err := a.Save(w, b.request(context.Background()), attempt)
	cookies := w.Result().Cookies()
	b.keep(cookies)
	return cookies, err
}

func (b *browser) save(a *underway.Attempts, attempt underway.Attempt) (dropped bool, err error) {
	w := httptest.NewRecorder()
	dropped, err = a.Save(w, b.request(context.Background()), attempt)
	b.keep(w.Result().Cookies())
	return dropped, err
}

func (b *browser) mustBegin(t testing.TB, a *underway.Attempts, state string) {
	t.Helper()
	if _, err := b.begin(a, attempt(state)); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func (b *browser) take(a *underway.Attempts, state string) (underway.Attempt, error) {
	w := httptest.NewRecorder()
	attempt, err := a.Take(w, b.request(context.Background()), state)
	b.keep(w.Result().Cookies())
	return attempt, err
}

func (b *browser) wantTake(t testing.TB, a *underway.Attempts, state string, want error) {
	t.Helper()
	got, err := b.take(a, state)
	if !errors.Is(err, want) {
		t.Fatalf("Take(%q): %v, want %v", state, err, want)
	}
	if want == nil && got.Verifier != "verifier of "+state {
		t.Errorf("Take(%q): verifier %q", state, got.Verifier)
	}
	if want != nil && (got.State != "" || got.Nonce != "" || got.Verifier != "") {
		t.Errorf("Take(%q) failed and returned %+v", state, got)
	}
}

func TestAttemptComesBack(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	want := underway.Attempt{
		State: "state", Nonce: "nonce", Verifier: "verifier", ReturnTo: "/here?a=b", MaxAge: 90 * time.Second,
		ACR: "urn:okta:loa:2fa:any", PopupOrigin: "https://app.example", Restarts: 2,
		LoginHint: "ann@example.com", Prompt: "login", Extra: "the host's \xff own",
	}
	cookies, err := b.begin(a, want)
	if err != nil || len(cookies) != 1 {
		t.Fatalf("Save: %v, %v", cookies, err)
	}
	c := cookies[0]
	if got, want := strings.Replace(c.Raw, c.Value, "", 1), c.Name+"=; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"; got != want {
		t.Errorf("cookie %s, want %s", got, want)
	}
	if !strings.HasPrefix(c.Name, "okta_session_attempt_") || strings.Contains(c.Name, "state") {
		t.Errorf("cookie name %s", c.Name)
	}

	r := b.request(context.Background())
	for state, has := range map[string]bool{"state": true, "other": false, "": false} {
		if got := a.Has(r, state); got != has {
			t.Errorf("Has(%q) = %v", state, got)
		}
	}
	want.StartedAt = clock.Now()
	if got, err := b.take(a, "state"); err != nil || got != want {
		t.Errorf("Take: %+v, %v, want %+v", got, err, want)
	}
	if len(b.cookies) != 0 {
		t.Errorf("cookies left: %v", b.cookies)
	}
}

func TestAttemptOverHTTPS(t *testing.T) {
	t.Parallel()
	o := options(newClock())
	o.Secure = true
	a, b := newAttempts(t, o), newBrowser()
	cookies, err := b.begin(a, attempt("state"))
	if err != nil || !strings.HasPrefix(cookies[0].Name, "__Host-okta_session_attempt_") || !cookies[0].Secure {
		t.Errorf("cookies %v, %v", cookies, err)
	}
	b.wantTake(t, a, "state", nil)
}

func TestTakeRefuses(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"", "other", "STATE", "state "} {
		a, b := newAttempts(t, options(newClock())), newBrowser()
		b.mustBegin(t, a, "state")
		b.wantTake(t, a, state, underway.ErrNone)
		b.wantTake(t, a, "state", nil) // undisturbed
	}
	a := newAttempts(t, options(newClock()))
	newBrowser().wantTake(t, a, "state", underway.ErrNone)

	b, other := newBrowser(), newBrowser()
	b.mustBegin(t, a, "state")
	other.mustBegin(t, a, "other")
	for name := range b.cookies {
		for _, value := range other.cookies {
			b.cookies[name] = value // another attempt under this one's name
		}
	}
	b.wantTake(t, a, "state", underway.ErrNone)

	if _, err := newBrowser().begin(a, attempt("")); err == nil {
		t.Error("Save without state: no error")
	}
}

func TestAttemptOnce(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	b.mustBegin(t, a, "state")
	copies := make([]*browser, 20)
	for i := range copies {
		copies[i] = b.copied()
	}
	var wg sync.WaitGroup
	results := make([]error, len(copies))
	for i, c := range copies {
		wg.Go(func() {
			got, err := c.take(a, "state")
			if results[i] = err; err != nil && (got.ReturnTo != "/state" || got.LoginHint != "ann" || got.Prompt != "login" || got.Extra != "own" || got.MaxAge != -1 || got.Verifier != "") {
				t.Errorf("Take returned %+v with %v", got, err)
			}
		})
	}
	wg.Wait()
	first := 0
	for _, err := range results {
		if err == nil {
			first++
		} else if !errors.Is(err, underway.ErrUsed) {
			t.Errorf("Take: %v, want ErrUsed", err)
		}
	}
	if first != 1 {
		t.Errorf("%d of %d copies were taken, want 1", first, len(copies))
	}
	clock.Add(10*time.Minute - time.Nanosecond) // while the cookie would be good
	b.wantTake(t, a, "state", underway.ErrUsed)
}

func TestAttemptExpires(t *testing.T) {
	t.Parallel()
	tests := []struct {
		after time.Duration
		want  error
	}{
		{10*time.Minute - time.Nanosecond, nil},
		{10 * time.Minute, underway.ErrExpired},
		{-time.Minute, nil},
		{-time.Minute - time.Nanosecond, underway.ErrExpired},
	}
	for _, tt := range tests {
		t.Run(tt.after.String(), func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			a, b := newAttempts(t, options(clock)), newBrowser()
			b.mustBegin(t, a, "state")
			clock.Add(tt.after)
			copied := b.copied()
			b.wantTake(t, a, "state", tt.want)
			if len(b.cookies) != 0 {
				t.Errorf("cookies left: %v", b.cookies)
			}
			if got, _ := copied.take(a, "state"); got.ReturnTo != "/state" {
				t.Errorf("ReturnTo %q", got.ReturnTo)
			}
		})
	}
}

func TestAttemptsOfTabs(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"one", "two"}, {"two", "one"}} {
		a, b := newAttempts(t, options(newClock())), newBrowser()
		b.mustBegin(t, a, "one")
		b.mustBegin(t, a, "two")
		for _, state := range order {
			b.wantTake(t, a, state, nil)
		}
	}
}

// randomAttempt has what a real one has.
func randomAttempt(returnTo string) underway.Attempt {
	return underway.Attempt{State: rand.Text() + rand.Text()[:17], Nonce: secret(), Verifier: secret(), ReturnTo: returnTo, MaxAge: -1}
}

// secret returns 256 random bits, base64url.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// bytes are the names and values of all attempts that b has.
func (b *browser) bytes() (n int) {
	for name, value := range b.cookies {
		n += len(name) + len(value)
	}
	return n
}

// TestTwelveTabs: a browser that restores its tabs begins a sign-in in each; all come
// back, one after the other or all at once.
func TestTwelveTabs(t *testing.T) {
	t.Parallel()
	for name, atOnce := range map[string]bool{"one by one": false, "at once": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			o := options(clock)
			o.Secure = true
			a, b := newAttempts(t, o), newBrowser()
			began := b.copied()
			var attempts []underway.Attempt
			for range 12 {
				at := randomAttempt("/reports/2026/quarter?sort=name&filter=open&page=2")
				at.State = secret()
				attempts = append(attempts, at)
				tab := b
				if atOnce {
					tab = began.copied()
				}
				if dropped, err := tab.save(a, at); err != nil || dropped {
					t.Fatalf("Save: %v, dropped %v", err, dropped)
				}
				maps.Copy(b.cookies, tab.cookies)
				clock.Add(100 * time.Millisecond)
			}
			if got := b.bytes(); got > 12*340 {
				t.Errorf("%d bytes of cookies, %d each", got, got/12)
			}
			for _, at := range attempts {
				if got, err := b.take(a, at.State); err != nil || got.Verifier != at.Verifier || got.ReturnTo != at.ReturnTo {
					t.Errorf("Take: %+v, %v", got, err)
				}
			}
		})
	}
}

// TestAttemptsMakeRoom: who is pushed out when there are too many.
func TestAttemptsMakeRoom(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		age     time.Duration // of the first, when the thirteenth comes
		dropped string
	}{
		{"all young: the newest", 2*time.Minute - 1, "11"},
		{"the oldest is not young", 2 * time.Minute, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			a, b := newAttempts(t, options(clock)), newBrowser()
			began := clock.Now()
			for i := range 12 {
				b.mustBegin(t, a, fmt.Sprint(i))
				clock.Add(time.Second)
			}
			clock.Add(began.Add(tt.age).Sub(clock.Now()))
			b.mustBegin(t, a, "12")
			if len(b.cookies) != 12 {
				t.Errorf("%d cookies", len(b.cookies))
			}
			for i := range 13 {
				want := error(nil)
				if fmt.Sprint(i) == tt.dropped {
					want = underway.ErrNone
				}
				b.wantTake(t, a, fmt.Sprint(i), want)
			}
		})
	}
}

// TestOwnAttemptSurvivesOthers: links on other sites have the browser begin any number
// of sign-ins with the longest paths, while the person is at Okta's page.
func TestOwnAttemptSurvivesOthers(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	b.mustBegin(t, a, "own")
	for range 100 {
		clock.Add(time.Second)
		if _, err := b.save(a, randomAttempt(path(1700))); err != nil {
			t.Fatal(err)
		}
		if n := b.bytes(); n > 6<<10 || len(b.cookies) > 12 {
			t.Fatalf("%d bytes in %d cookies", n, len(b.cookies))
		}
	}
	b.wantTake(t, a, "own", nil)
}

// TestOwnAttemptSurvivesThoseBefore: another site's page goes on having the browser begin
// sign-ins, before the person begins one and after.
func TestOwnAttemptSurvivesThoseBefore(t *testing.T) {
	t.Parallel()
	for _, site := range []string{"cross-site", "same-site"} {
		clock := newClock()
		a, b := newAttempts(t, options(clock)), newBrowser()
		elsewhere := func(attempt underway.Attempt) {
			t.Helper()
			clock.Add(time.Second)
			r, w := b.request(t.Context()), httptest.NewRecorder()
			r.Header.Set("Sec-Fetch-Site", site)
			if _, err := a.Save(w, r, attempt); err != nil {
				t.Fatal(err)
			}
			b.keep(w.Result().Cookies())
		}
		for range 100 {
			elsewhere(randomAttempt("/"))
		}
		b.mustBegin(t, a, "own")
		clock.Add(time.Second)
		b.mustBegin(t, a, "own too")
		for i := range 400 {
			elsewhere(randomAttempt(path(i * 4)))
		}
		if n := b.bytes(); n > 6<<10 || len(b.cookies) > 12 {
			t.Errorf("%d bytes in %d cookies", n, len(b.cookies))
		}
		b.wantTake(t, a, "own", nil)
		b.wantTake(t, a, "own too", nil)
	}
}

func TestUnreadableAttemptsGoFirst(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	b.mustBegin(t, a, "expired")
	clock.Add(10 * time.Minute)
	for i := range 11 {
		b.mustBegin(t, a, fmt.Sprint("state", i))
	}
	if len(b.cookies) != 11 {
		t.Errorf("%d cookies, want 11: the expired attempt is still there", len(b.cookies))
	}
	b.cookies["okta_session_attempt_garbage"] = "garbage"
	b.cookies["okta_session_attempt_"] = ""
	b.cookies["okta_session"] = "not an attempt"
	b.mustBegin(t, a, "state11")
	if len(b.cookies) != 13 || b.cookies["okta_session"] == "" {
		t.Errorf("cookies %v", b.cookies)
	}
	for i := range 12 {
		b.wantTake(t, a, fmt.Sprint("state", i), nil)
	}

	for i := range 1000 { // one answer deletes a bounded number
		b.cookies[fmt.Sprint("okta_session_attempt_", i)] = "garbage"
	}
	if cookies, err := b.begin(a, attempt("state")); err != nil || len(cookies) > 11 {
		t.Errorf("%d cookies, %v", len(cookies), err)
	}
}

// TestPlantedAttemptDeletesNone: what a neighbour host has planted under the name of a
// real attempt does not have that deleted.
func TestPlantedAttemptDeletesNone(t *testing.T) {
	t.Parallel()
	a, b := newAttempts(t, options(newClock())), newBrowser()
	b.mustBegin(t, a, "state")
	r := b.request(context.Background())
	name := r.Cookies()[0].Name
	r.Header.Set("Cookie", name+"=garbage; "+r.Header.Get("Cookie")+"; "+name+"=garbage")
	w := httptest.NewRecorder()
	if _, err := a.Save(w, r, attempt("next")); err != nil {
		t.Fatal(err)
	}
	b.keep(w.Result().Cookies())
	b.wantTake(t, a, "state", nil)
}

// path returns a path of n bytes that hardly shrinks.
func path(n int) string {
	text := "/"
	for len(text) < n {
		text += secret()
	}
	return text[:n]
}

func TestReturnTo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		returnTo string
		before   int // attempts with 1 KB each
		dropped  bool
	}{
		{"2 KB", path(2 << 10), 0, false},
		{"a byte more", path(2<<10 + 1), 0, true},
		{"very long", "/" + strings.Repeat("r", 100_000), 0, true},
		{"not UTF-8", "/\xff\xfe", 0, false},
		{"no room", path(2 << 10), 3, true},
		{"room for a short one", "/a", 3, false},
		{"home", "/", 3, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, b := newAttempts(t, options(newClock())), newBrowser()
			for range tt.before {
				_, _ = b.save(a, randomAttempt(path(1<<10)))
			}
			at := randomAttempt(tt.returnTo)
			dropped, err := b.save(a, at)
			if err != nil || dropped != tt.dropped {
				t.Fatalf("Save: dropped %v, %v, want %v", dropped, err, tt.dropped)
			}
			got, err := b.take(a, at.State)
			if err != nil || got.Verifier != at.Verifier || (got.ReturnTo == tt.returnTo) == tt.dropped {
				t.Errorf("Take: %+v, %v", got, err)
			}
			if n := b.bytes(); n > 6<<10 {
				t.Errorf("%d bytes of cookies", n)
			}
		})
	}
}

func TestAttemptTooLarge(t *testing.T) {
	t.Parallel()
	a, b := newAttempts(t, options(newClock())), newBrowser()
	b.mustBegin(t, a, "before")
	large := attempt("large")
	large.Extra = path(215)
	if _, err := b.begin(a, large); err != nil {
		t.Errorf("215 bytes of the caller's own: %v", err)
	}
	large.Extra = path(1500)
	if cookies, err := b.begin(a, large); !errors.Is(err, underway.ErrTooLarge) || len(cookies) != 0 {
		t.Errorf("1,500 bytes of the caller's own: %v, %v, want ErrTooLarge", cookies, err)
	}
	b.wantTake(t, a, "before", nil)
}

func TestAttemptSurvivesAnUnavailableMemory(t *testing.T) {
	t.Parallel()
	o := options(newClock())
	up := newAttempts(t, o)
	o.Ended = failingEnded{}
	down, b := newAttempts(t, o), newBrowser()
	b.mustBegin(t, down, "state")
	b.wantTake(t, down, "state", session.ErrUnavailable)
	b.wantTake(t, up, "state", nil)
}

func TestAttemptsRotateSecrets(t *testing.T) {
	t.Parallel()
	o := options(newClock())
	before, b := newAttempts(t, o), newBrowser()
	b.mustBegin(t, before, "state")
	o.Secrets = [][]byte{secretB, secretA}
	b.wantTake(t, newAttempts(t, o), "state", nil)

	b.mustBegin(t, before, "other")
	o.Secrets = [][]byte{secretB}
	b.wantTake(t, newAttempts(t, o), "other", underway.ErrNone)
}

func FuzzAttemptTake(f *testing.F) {
	clock := newClock()
	genuine := newBrowser()
	genuine.mustBegin(f, newAttempts(f, options(clock)), "state")
	header := genuine.request(context.Background()).Header.Get("Cookie")
	f.Add(header, "state")
	f.Add(header+"; "+header, "state")
	f.Add(header, "")
	f.Add(header[:len(header)-1], "state")
	f.Add("okta_session_attempt_=; okta_session_attempt_; =; ;;", "state")
	f.Add("", "\x00\r\n")
	f.Fuzz(func(t *testing.T, header, state string) {
		a := newAttempts(t, options(clock))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", header)
		w := httptest.NewRecorder()
		attempt, err := a.Take(w, r, state)
		if err == nil && (state != "state" || attempt.Verifier != "verifier of state") {
			t.Fatalf("took %+v with state %q", attempt, state)
		}
		if _, err := a.Save(w, r, underway.Attempt{State: "next"}); err != nil {
			t.Fatal(err)
		}
		for _, line := range w.Header()["Set-Cookie"] {
			if slices.Contains([]byte(line), '\n') {
				t.Fatalf("Set-Cookie %q", line)
			}
		}
	})
}

func TestPeekLeavesTheAttempt(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b, other := newAttempts(t, options(clock)), newBrowser(), newBrowser()
	b.mustBegin(t, a, "one")
	for range 2 {
		got, err := a.Peek(b.request(context.Background()), "one")
		if err != nil || got.Verifier != "verifier of one" || got.ReturnTo != "/one" {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	for name, err := range map[string]error{
		"another state": second(a.Peek(b.request(context.Background()), "two")), "no state": second(a.Peek(b.request(context.Background()), "")),
		"another browser": second(a.Peek(other.request(context.Background()), "one")),
	} {
		if !errors.Is(err, underway.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	clock.Add(10 * time.Minute)
	got, err := a.Peek(b.request(context.Background()), "one")
	if !errors.Is(err, underway.ErrExpired) || got.State+got.Nonce+got.Verifier != "" || got.ReturnTo != "/one" {
		t.Errorf("expired: got %+v, %v", got, err)
	}
}

func second(_ underway.Attempt, err error) error { return err }
