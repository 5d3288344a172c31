package session_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"github.com/gin-gonic/gin"
)

// TestWhatFollowsFromASession holds that what is worked out once for an opened session
// counts for that and for no changed copy of it: claims as values, the name of its tokens,
// and what it can be ended by.
func TestWhatFollowsFromASession(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a, b := newApp(sessions), newBrowser()
		first := ann()
		first.Claims = json.RawMessage(`{"sub":"00uann","name":"Ann","email":"ann@acme.test","n":12345678901234567890}`)
		b.signIn(t, a, first)
		named := func(s *session.Session) any {
			values, err := s.Values()
			if err != nil {
				t.Fatal(err)
			}
			return values["name"]
		}
		for range 2 { // the second time it is remembered
			s := b.wantSignedIn(t, a)
			values, err := s.Values()
			if err != nil || values["name"] != "Ann" || values["n"] != json.Number("12345678901234567890") {
				t.Fatalf("values %v, %v", values, err)
			}
			other := *s
			other.Claims = json.RawMessage(`{"sub":"00uann","name":"Eve"}`)
			if named(&other) != "Eve" || named(s) != "Ann" {
				t.Errorf("a copy with other claims has the name %v, the session %v", named(&other), named(s))
			}
			generation := s.Generation()
			for name, change := range map[string]func(*session.Session){
				"id": func(s *session.Session) { s.ID = "another" }, "refresh token": func(s *session.Session) { s.RefreshToken = "another" },
				"expiry": func(s *session.Session) { s.AccessTokenExpiry = s.AccessTokenExpiry.Add(time.Second) },
			} {
				other := *s
				change(&other)
				if other.Generation() == generation || s.Generation() != generation {
					t.Errorf("another %s is no other generation", name)
				}
			}
		}
	})
}

// TestAChangedSessionEndsByItsNewNames: a person's new email address, under which all
// sessions have been ended, is not hidden by what was worked out for the old one.
func TestAChangedSessionEndsByItsNewNames(t *testing.T) {
	t.Parallel()
	clock := newClock()
	sessions := newCookies(t, options(clock))
	a, b := newApp(sessions), newBrowser()
	first := ann()
	first.Claims = json.RawMessage(`{"sub":"00uann","email":"ann@acme.test"}`)
	b.signIn(t, a, first)
	b.wantSignedIn(t, a)
	clock.Add(time.Minute)
	if _, err := sessions.EndEmail(t.Context(), "anna@acme.test"); err != nil {
		t.Fatal(err)
	}
	b.visit(a, func(c *gin.Context) {
		s, err := current(c)
		if err != nil {
			t.Fatal(err)
		}
		next := *s
		next.Claims = json.RawMessage(`{"sub":"00uann","email":"anna@acme.test"}`)
		if err := keep(c, &next); !errors.Is(err, session.ErrNone) {
			t.Errorf("saved with an address whose sessions were ended: %v", err)
		}
	})
}
