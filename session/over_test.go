package session_test

import (
	"errors"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

// TestOver: what outlives the request that began it learns that the session is over,
// wherever that was ended, and not before.
func TestOver(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		began := func() (*browser, *session.Session) {
			b := newBrowser()
			b.signIn(t, a, ann())
			return b, b.wantSignedIn(t, a)
		}
		is := func(s *session.Session, want bool) {
			t.Helper()
			if over, err := sessions.Over(t.Context(), s); over != want || err != nil {
				t.Errorf("over: %v, %v; want %v", over, err, want)
			}
		}
		leaving, left := began()
		_, right := began()
		is(left, false)
		leaving.signOut(t, a)
		is(left, true)
		is(right, false)
		if _, err := sessions.EndAll(t.Context(), "00uann"); err != nil {
			t.Fatal(err)
		}
		is(right, true)

		clock.Add(time.Second)
		_, last := began()
		is(last, false)
		clock.Add(sessions.Ends(last).Sub(clock.Now()))
		is(last, true)
	})
}

// TestOverUnknown: where the store is away, nobody says that a session goes on.
func TestOverUnknown(t *testing.T) {
	t.Parallel()
	clock := newClock()
	o := options(clock)
	o.Ended = failingEnded{}
	sessions, err := session.NewCookies(o)
	if err != nil {
		t.Fatal(err)
	}
	s := ann()
	s.ID, s.SignedInAt, s.EndsAt = "an id", clock.Now(), clock.Now().Add(time.Hour)
	if _, err := sessions.Over(t.Context(), &s); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}
