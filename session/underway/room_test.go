package underway_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/okta-gin/session/underway"
)

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
