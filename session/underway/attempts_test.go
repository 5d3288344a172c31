package underway_test

import (
	"context"
	"errors"
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
