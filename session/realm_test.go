package session_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
)

// TestRealms: with the same secrets, the same cookie name and the same Redis, an app of
// another issuer or client can neither read nor end nor count what is the first one's.
func TestRealms(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	inCookies := func(client *redis.Client, o session.Options) (*session.Sessions, error) {
		o.Ended, o.Replicas = session.NewRedisEnded(client, o.Now), client
		return session.NewCookies(o)
	}
	inRedis := func(client *redis.Client, o session.Options) (*session.Sessions, error) {
		return session.NewRedis(client, o)
	}
	for name, open := range map[string]func(*redis.Client, session.Options) (*session.Sessions, error){"cookies": inCookies, "redis": inRedis} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := func(realm string) *session.Sessions {
				o := options(clock)
				o.Realm = realm
				s, err := open(server.client(), o)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			ours, theirs := app(name+" ours"), app(name+" theirs")
			a, foreign, b := newApp(ours), newApp(theirs), newBrowser()
			s := ann()
			s.RefreshToken = "refresh"
			b.signIn(t, a, s)
			b.wantSignedIn(t, a)
			copied := b.copied()
			copied.wantSignedOut(t, foreign)

			if ended, err := theirs.EndAll(t.Context(), "00uann"); err != nil || len(ended) != 0 {
				t.Errorf("EndAll of another realm: %v, %v", ended, err)
			}
			if n, err := theirs.Count(t.Context()); n != 0 || err != nil && !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("Count of another realm: %d, %v", n, err)
			}
			b.wantSignedIn(t, a)

			copied.signOut(t, foreign)
			b.wantSignedIn(t, a)
			b.copied().signOut(t, a)
			r := b.request(t.Context())
			if s, err := theirs.Former(r); !errors.Is(err, session.ErrNone) {
				t.Errorf("Former of another realm: %v, %v", s, err)
			}
			if _, err := ours.Former(r); err != nil {
				t.Errorf("Former: %v", err)
			}

			until := clock.Now().Add(idle)
			for _, s := range []*session.Sessions{ours, theirs} {
				if first, err := s.Claim(t.Context(), "jti", until); err != nil || !first {
					t.Errorf("Claim: %v, %v", first, err)
				}
				if _, ok, err := s.RenewLock(t.Context(), "id", idle); err != nil || !ok {
					t.Errorf("RenewLock: %v, %v", ok, err)
				}
			}

			b.mustBegin(t, ours.Attempts(), "state")
			b.wantTake(t, theirs.Attempts(), "state", underway.ErrNone)
			b.wantTake(t, ours.Attempts(), "state", nil)
			w := httptest.NewRecorder()
			state, _ := ours.SignOuts().Begin(w, underway.SignOut{Everywhere: true})
			b.keep(w.Result().Cookies())
			if _, ok := theirs.SignOuts().Finish(w, b.request(t.Context()), state); ok {
				t.Error("Finish in another realm")
			}
			if out, ok := ours.SignOuts().Finish(w, b.request(t.Context()), state); !ok || !out.Everywhere {
				t.Error("Finish in the same realm")
			}
		})
	}
}
