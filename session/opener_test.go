package session_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"github.com/gin-gonic/gin"
)

// TestOpenedBefore holds that a session which a process has opened before is what its
// cookie says and no more: another cookie, a saved change, time and an end count as they
// do in a process that opens it for the first time, and requests don't see each other's
// notes.
func TestOpenedBefore(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		b := newBrowser()
		b.signIn(t, a, ann())
		for range 2 { // the first time it is opened, the second time remembered
			noted := b.wantSignedIn(t, a)
			noted.Stale, noted.Subject = clock.Now(), "00uchanged"
		}
		if again := b.wantSignedIn(t, a); again.Subject != "00uann" || !again.Stale.IsZero() {
			t.Errorf("a request sees what another has noted: %s, stale %v", again.Subject, again.Stale)
		}

		for name, value := range b.cookies {
			for i := range value {
				forged := b.copied()
				changed := []byte(value)
				changed[i] ^= 1
				forged.cookies[name] = string(changed)
				forged.wantSignedOut(t, a)
			}
		}

		b.keep(b.visit(a, func(c *gin.Context) {
			s, err := current(c)
			if err != nil {
				t.Error(err)
				return
			}
			next := *s
			next.Claims = json.RawMessage(`{"sub":"00uann","name":"Anna"}`)
			if err := keep(c, &next); err != nil {
				t.Error(err)
			}
		}))
		if s := b.wantSignedIn(t, a); !bytes.Contains(s.Claims, []byte("Anna")) {
			t.Errorf("after a change: %s", s.Claims)
		}

		copied := b.copied()
		copied.wantSignedIn(t, a)
		b.signOut(t, a)
		copied.wantSignedOut(t, a)

		b.signIn(t, a, ann())
		b.wantSignedIn(t, a)
		clock.Add(idle + time.Second)
		b.wantSignedOut(t, a)
	})
}
