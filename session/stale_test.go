package session_test

import (
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

func renewableOf(subject string) session.Session {
	s := ann()
	s.Subject, s.RefreshToken, s.AccessToken = subject, "refresh token", "access token"
	s.AccessTokenExpiry = time.Now().Add(time.Hour)
	return s
}

// TestRenewPerson: what can be renewed is stale until it was, for copies too, and what
// cannot is over.
func TestRenewPerson(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		hers, fixed, other := newBrowser(), newBrowser(), newBrowser()
		hers.signIn(t, a, renewableOf("00uann"))
		without := renewableOf("00uann")
		without.RefreshToken = ""
		fixed.signIn(t, a, without)
		other.signIn(t, a, renewableOf("00ubob"))
		clock.Add(time.Second)
		if s := hers.wantSignedIn(t, a); !s.Stale.IsZero() {
			t.Error("stale before anything was said")
		}
		if _, err := sessions.RenewPerson(t.Context(), "00uann"); err != nil {
			t.Fatal(err)
		}
		fixed.wantSignedOut(t, a)
		if s := other.wantSignedIn(t, a); !s.Stale.IsZero() {
			t.Error("somebody else is stale")
		}
		copied := hers.copied()
		for range 2 {
			if s := hers.wantSignedIn(t, a); s.Stale.IsZero() {
				t.Error("not stale")
			}
		}
		renew := func(claimsAt time.Time) {
			hers.keep(hers.visit(a, func(c *gin.Context) {
				s, err := current(c)
				if err != nil {
					t.Error(err)
					return
				}
				next := *s
				next.ClaimsAt, next.Stale, next.AccessToken = claimsAt, time.Time{}, "renewed"
				if err := keep(c, &next); err != nil {
					t.Error(err)
				}
			}))
		}
		renew(clock.Now().Add(-time.Second)) // asked before it was said
		if s := hers.wantSignedIn(t, a); s.Stale.IsZero() {
			t.Error("what Okta said before counts as new")
		}
		clock.Add(time.Second)
		renew(clock.Now())
		if s := hers.wantSignedIn(t, a); !s.Stale.IsZero() || s.AccessToken != "renewed" {
			t.Errorf("stale since %v although renewed", s.Stale)
		}
		if s, _, err := copied.get(a); err != nil || s.Stale.IsZero() && s.AccessToken != "renewed" {
			t.Errorf("a copy from before is not stale: %v", err)
		}
		hers.signIn(t, a, renewableOf("00uann"))
		if s := hers.wantSignedIn(t, a); !s.Stale.IsZero() {
			t.Error("a new sign-in is stale")
		}
	})
}

func TestKnowsOktaSession(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		sessions := open(options(newClock()))
		a, b := newApp(sessions), newBrowser()
		s := ann()
		s.OktaSession = "102theirs"
		b.signIn(t, a, s)
		for sid, want := range map[string]bool{"102theirs": true, "102other": false, "": false} {
			if got, err := sessions.KnowsOktaSession(t.Context(), sid); err != nil || got != want {
				t.Errorf("%q: %v, %v", sid, got, err)
			}
		}
	})
}

func TestDone(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		done := func(name string) bool {
			done, err := sessions.Done(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			return done
		}
		if done("a") {
			t.Error("done before")
		}
		if err := sessions.MarkDone(t.Context(), "a", clock.Now(), clock.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if !done("a") || done("b") {
			t.Error("not as marked")
		}
	})
}
