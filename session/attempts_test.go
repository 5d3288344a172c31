package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

func newAttempts(t testing.TB, o session.Options) *session.Attempts {
	t.Helper()
	return newCookies(t, o).Attempts()
}

func attempt(state string) session.Attempt {
	return session.Attempt{State: state, Nonce: "nonce of " + state, Verifier: "verifier of " + state, ReturnTo: "/" + state, MaxAge: -1}
}

func (b *browser) begin(a *session.Attempts, attempt session.Attempt) ([]*http.Cookie, error) {
	w := httptest.NewRecorder()
	_, err := a.Save(w, b.request(context.Background()), attempt)
	cookies := w.Result().Cookies()
	b.keep(cookies)
	return cookies, err
}

func (b *browser) mustBegin(t testing.TB, a *session.Attempts, state string) {
	t.Helper()
	if _, err := b.begin(a, attempt(state)); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func (b *browser) take(a *session.Attempts, state string) (session.Attempt, error) {
	w := httptest.NewRecorder()
	attempt, err := a.Take(w, b.request(context.Background()), state)
	b.keep(w.Result().Cookies())
	return attempt, err
}

func (b *browser) wantTake(t testing.TB, a *session.Attempts, state string, want error) {
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
	want := session.Attempt{
		State: "state", Nonce: "nonce", Verifier: "verifier", ReturnTo: "/here?a=b", MaxAge: 90 * time.Second,
		ACR: "urn:okta:loa:2fa:any", PopupOrigin: "https://app.example", Restarts: 2,
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
		b.wantTake(t, a, state, session.ErrNoAttempt)
		b.wantTake(t, a, "state", nil) // undisturbed
	}
	a := newAttempts(t, options(newClock()))
	newBrowser().wantTake(t, a, "state", session.ErrNoAttempt)

	b, other := newBrowser(), newBrowser()
	b.mustBegin(t, a, "state")
	other.mustBegin(t, a, "other")
	for name := range b.cookies {
		for _, value := range other.cookies {
			b.cookies[name] = value // another attempt under this one's name
		}
	}
	b.wantTake(t, a, "state", session.ErrNoAttempt)

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
			if results[i] = err; err != nil && (got.ReturnTo != "/state" || got.MaxAge != -1 || got.Verifier != "") {
				t.Errorf("Take returned %+v with %v", got, err)
			}
		})
	}
	wg.Wait()
	first := 0
	for _, err := range results {
		if err == nil {
			first++
		} else if !errors.Is(err, session.ErrAttemptUsed) {
			t.Errorf("Take: %v, want ErrAttemptUsed", err)
		}
	}
	if first != 1 {
		t.Errorf("%d of %d copies were taken, want 1", first, len(copies))
	}
	clock.Add(10*time.Minute - time.Nanosecond) // while the cookie would be good
	b.wantTake(t, a, "state", session.ErrAttemptUsed)
}

func TestAttemptExpires(t *testing.T) {
	t.Parallel()
	tests := []struct {
		after time.Duration
		want  error
	}{
		{10*time.Minute - time.Nanosecond, nil},
		{10 * time.Minute, session.ErrAttemptExpired},
		{-time.Minute, nil},
		{-time.Minute - time.Nanosecond, session.ErrAttemptExpired},
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

func TestSixthAttemptDropsOldest(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	for i := range 6 {
		clock.Add(time.Millisecond)
		b.mustBegin(t, a, fmt.Sprint("state", i))
		if want := min(i+1, 5); len(b.cookies) != want {
			t.Fatalf("%d cookies after attempt %d, want %d", len(b.cookies), i, want)
		}
	}
	b.wantTake(t, a, "state0", session.ErrNoAttempt)
	for i := range 5 {
		b.wantTake(t, a, fmt.Sprint("state", i+1), nil)
	}
}

func TestUnreadableAttemptsGoFirst(t *testing.T) {
	t.Parallel()
	clock := newClock()
	a, b := newAttempts(t, options(clock)), newBrowser()
	b.mustBegin(t, a, "expired")
	clock.Add(10 * time.Minute)
	for i := range 4 {
		b.mustBegin(t, a, fmt.Sprint("state", i))
	}
	if len(b.cookies) != 4 {
		t.Errorf("%d cookies, want 4: the expired attempt is still there", len(b.cookies))
	}
	b.cookies["okta_session_attempt_garbage"] = "garbage"
	b.cookies["okta_session_attempt_"] = ""
	b.cookies["okta_session"] = "not an attempt"
	b.mustBegin(t, a, "state4")
	if len(b.cookies) != 6 || b.cookies["okta_session"] == "" {
		t.Errorf("cookies %v", b.cookies)
	}
	for i := range 5 {
		b.wantTake(t, a, fmt.Sprint("state", i), nil)
	}

	for i := range 1000 { // one answer deletes a bounded number
		b.cookies[fmt.Sprint("okta_session_attempt_", i)] = "garbage"
	}
	if cookies, err := b.begin(a, attempt("state")); err != nil || len(cookies) > 30 {
		t.Errorf("%d cookies, %v", len(cookies), err)
	}
}

func TestAttemptTooLarge(t *testing.T) {
	t.Parallel()
	a, b := newAttempts(t, options(newClock())), newBrowser()
	b.mustBegin(t, a, "before")
	long := attempt(strings.Repeat("s", 43))
	long.ReturnTo = "/" + strings.Repeat("r", 1000)
	if _, err := b.begin(a, long); err != nil {
		t.Errorf("ReturnTo of 1,000 bytes: %v", err)
	}
	long.ReturnTo = "/" + strings.Repeat("r", 2000)
	if cookies, err := b.begin(a, long); !errors.Is(err, session.ErrTooLarge) || len(cookies) != 0 {
		t.Errorf("ReturnTo of 2,000 bytes: %v, %v, want ErrTooLarge", cookies, err)
	}
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
	b.wantTake(t, newAttempts(t, o), "other", session.ErrNoAttempt)
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
		if _, err := a.Save(w, r, session.Attempt{State: "next"}); err != nil {
			t.Fatal(err)
		}
		for _, line := range w.Header()["Set-Cookie"] {
			if slices.Contains([]byte(line), '\n') {
				t.Fatalf("Set-Cookie %q", line)
			}
		}
	})
}
