package session_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/session"
	ginsessions "github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		tests := []struct {
			name string
			edit func(*session.Session)
		}{
			{"no subject", func(s *session.Session) { s.Subject = "" }},
			{"no claims", func(s *session.Session) { s.Claims = nil }},
			{"claims not an object", func(s *session.Session) { s.Claims = json.RawMessage(`["a"]`) }},
			{"claims not JSON", func(s *session.Session) { s.Claims = json.RawMessage(`{"a"`) }},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				a, b := newApp(open(options(newClock()))), newBrowser()
				s := ann()
				tt.edit(&s)
				cookies := b.visit(a, func(c *gin.Context) {
					if err := session.Start(c, s); err == nil {
						t.Error("no error")
					}
				})
				if len(cookies) != 0 {
					t.Errorf("cookies %v", cookies)
				}
			})
		}
	})
}

func TestSignInMakesANewID(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.signIn(t, a, ann())
		first, former := b.wantSignedIn(t, a).ID, b.copied()

		b.signIn(t, a, ann())
		if second := b.wantSignedIn(t, a).ID; second == first {
			t.Error("same ID after a new sign-in")
		}
		former.wantSignedOut(t, a)
	})
}

func TestStartedSessionIsThereInTheSameRequest(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.visit(a, func(c *gin.Context) {
			if err := session.Start(c, ann()); err != nil {
				t.Fatal(err)
			}
			if s, err := session.Get(c); err != nil || s.Subject != "00uann" {
				t.Errorf("Get: %v, %v", s, err)
			}
			if err := session.End(c); err != nil {
				t.Fatal(err)
			}
			if _, err := session.Get(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Get after End: %v", err)
			}
		})
		if len(b.cookies) != 0 {
			t.Errorf("cookies left: %v", b.cookies)
		}
	})
}

func TestEndedSessionStaysEnded(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		clock := newClock()
		a, b := newApp(open(options(clock))), newBrowser()
		b.signIn(t, a, ann())
		stolen := b.copied()

		// A second request of the same browser is under way while the first signs out.
		clock.Add(idle / 2)
		late := b.copied()
		var saveErr error
		late.visit(a, func(c *gin.Context) {
			s, err := session.Get(c) // slides
			if err != nil {
				t.Fatal(err)
			}
			b.signOut(t, a)
			renewed := *s
			renewed.RefreshToken = "renewed"
			saveErr = session.Save(c, &renewed)
		})
		if !errors.Is(saveErr, session.ErrNone) {
			t.Errorf("late Save: %v, want ErrNone", saveErr)
		}
		if len(b.cookies) != 0 {
			t.Errorf("cookies left: %v", b.cookies)
		}
		stolen.wantSignedOut(t, a)
		if len(late.cookies) == 0 {
			t.Fatal("the late answer set no cookie: nothing tested")
		}
		late.wantSignedOut(t, a)
		clock.Add(idle - time.Second) // while the late cookie would be good
		late.wantSignedOut(t, a)
	})
}

func TestEndDeletesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.cookies["okta_session"] = "garbage"
		b.cookies["okta_session_3"] = "garbage"
		b.cookies["okta_session_9"] = "not ours"
		b.cookies["other"] = "not ours"
		b.signOut(t, a)
		if len(b.cookies) != 2 {
			t.Errorf("cookies left: %v", b.cookies)
		}
	})
}

func TestSaveKeepsIdentityAndTimes(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		clock := newClock()
		a, b := newApp(open(options(clock))), newBrowser()
		b.signIn(t, a, ann())
		before := b.wantSignedIn(t, a)

		clock.Add(idle / 2) // Get sets the cookie too: Save must replace it
		cookies := b.visit(a, func(c *gin.Context) {
			s, err := session.Get(c)
			if err != nil {
				t.Fatal(err)
			}
			next := *s
			next.RefreshToken = "renewed"
			next.SignedInAt = next.SignedInAt.Add(time.Hour)
			if err := session.Save(c, &next); err != nil {
				t.Fatal(err)
			}
			if again, err := session.Get(c); err != nil || again.RefreshToken != "renewed" {
				t.Errorf("Get after Save: %+v, %v", again, err)
			}
			next.ID = strings.Repeat("A", 43)
			if err := session.Save(c, &next); !errors.Is(err, session.ErrNone) {
				t.Errorf("Save under another ID: %v, want ErrNone", err)
			}
		})
		if got := cookieNames(cookies); got != "[okta_session]" {
			t.Errorf("cookies %s", got)
		}
		after := b.wantSignedIn(t, a)
		if after.ID != before.ID || !after.SignedInAt.Equal(before.SignedInAt) || after.RefreshToken != "renewed" {
			t.Errorf("got %+v, before %+v", after, before)
		}
	})
}

func TestNobodySignedIn(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		s := ann()
		cookies := b.visit(a, func(c *gin.Context) {
			if _, err := session.Get(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Get: %v", err)
			}
			if err := session.Save(c, &s); !errors.Is(err, session.ErrNone) {
				t.Errorf("Save: %v", err)
			}
			if _, err := session.Reload(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Reload: %v", err)
			}
			if err := session.End(c); err != nil {
				t.Errorf("End: %v", err)
			}
		})
		if len(cookies) != 0 {
			t.Errorf("cookies %v", cookies)
		}
	})
}

func TestGinContribSessions(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.signIn(t, a, ann())
		b.visit(a, func(c *gin.Context) {
			values := ginsessions.Default(c)
			values.Set("cart", 1)
			if err := values.Save(); err == nil || !strings.Contains(err.Error(), "nothing else") {
				t.Errorf("Save of a foreign value: %v", err)
			}
		})
		for name, leave := range map[string]func(ginsessions.Session){
			"Clear":    func(values ginsessions.Session) { values.Clear() },
			"MaxAge<0": func(values ginsessions.Session) { values.Options(ginsessions.Options{MaxAge: -1}) },
		} {
			b.signIn(t, a, ann())
			copied := b.copied()
			b.visit(a, func(c *gin.Context) {
				values := ginsessions.Default(c)
				leave(values)
				if err := values.Save(); err != nil {
					t.Fatal(err)
				}
				if err := getErr(c); !errors.Is(err, session.ErrNone) {
					t.Errorf("Get after %s: %v", name, err)
				}
			})
			if len(b.cookies) != 0 {
				t.Errorf("cookies left after %s: %v", name, b.cookies)
			}
			copied.wantSignedOut(t, a)
		}
	})
}

func TestSecretRotation(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		clock, ended := newClock(), session.NewMemoryEnded(10, newClock().Now)
		appWith := func(secrets ...[]byte) *app {
			o := options(clock)
			o.Secrets, o.Ended = secrets, ended
			return newApp(open(o))
		}
		before, during, after := appWith(secretA), appWith(secretB, secretA), appWith(secretB)
		b := newBrowser()
		b.signIn(t, before, ann())
		id := b.wantSignedIn(t, before).ID
		b.wantSignedOut(t, after)

		if s, cookies, err := b.get(during); err != nil || s.ID != id || len(cookies) != 1 {
			t.Fatalf("with both secrets: %v, %v, cookies %v", s, err, cookies)
		}
		if _, cookies, _ := b.get(during); len(cookies) != 0 {
			t.Errorf("sealed again although current: %v", cookies)
		}
		if got := b.wantSignedIn(t, after).ID; got != id {
			t.Errorf("ID %s, want %s", got, id)
		}
		b.wantSignedOut(t, before)
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		tests := []struct {
			name  string
			steps []time.Duration // between visits
			want  bool
		}{
			{"at once", []time.Duration{0}, true},
			{"just before the idle limit", []time.Duration{idle - time.Nanosecond}, true},
			{"at the idle limit", []time.Duration{idle}, false},
			{"used in between", []time.Duration{idle / 2, idle / 2, idle / 2}, true},
			{"idle after use", []time.Duration{idle / 2, idle}, false},
			{"just before the absolute limit", append(repeat(idle/2, 23), idle/2-time.Nanosecond), true},
			{"at the absolute limit", repeat(idle/2, 24), false},
			{"clock set back a little", []time.Duration{-time.Minute}, true},
			{"clock set back a lot", []time.Duration{-time.Minute - time.Nanosecond}, false},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				clock := newClock()
				a, b := newApp(open(options(clock))), newBrowser()
				b.signIn(t, a, ann())
				var err error
				for _, step := range tt.steps {
					clock.Add(step)
					_, _, err = b.get(a)
				}
				if got := err == nil; got != tt.want {
					t.Errorf("signed in: %v (%v), want %v", got, err, tt.want)
				}
			})
		}
	})
}

func TestSlideOnlyAfterATenth(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		clock := newClock()
		a, b := newApp(open(options(clock))), newBrowser()
		b.signIn(t, a, ann())

		clock.Add(idle/10 - time.Nanosecond)
		if _, cookies, _ := b.get(a); len(cookies) != 0 {
			t.Errorf("rewritten before a tenth: %v", cookies)
		}
		clock.Add(time.Nanosecond)
		s, cookies, err := b.get(a)
		if err != nil || len(cookies) != 1 || cookies[0].MaxAge != int(idle.Seconds()) {
			t.Fatalf("after a tenth: %v, %v", cookies, err)
		}
		if !s.SeenAt.Equal(clock.Now()) {
			t.Errorf("SeenAt %v, want %v", s.SeenAt, clock.Now())
		}
		if _, cookies, _ := b.get(a); len(cookies) != 0 {
			t.Errorf("rewritten twice: %v", cookies)
		}
	})
}

func TestSessionComesBack(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) session.Store) {
		clock := newClock()
		store := open(options(clock))
		a, b := newApp(store), newBrowser()
		want := ann()
		want.AccessToken, want.RefreshToken = "access", "refresh"
		want.AccessTokenExpiry = clock.Now().Add(time.Hour)
		b.signIn(t, a, want)

		got := b.wantSignedIn(t, a)
		if len(got.ID) != 43 {
			t.Errorf("ID %q has not 256 bits", got.ID)
		}
		if got.Subject != want.Subject || string(got.Claims) != string(want.Claims) || got.IDToken != want.IDToken ||
			got.AccessToken != want.AccessToken || got.RefreshToken != want.RefreshToken {
			t.Errorf("got %+v, want %+v", got, want)
		}
		for name, times := range map[string][2]time.Time{
			"AccessTokenExpiry": {got.AccessTokenExpiry, want.AccessTokenExpiry},
			"SignedInAt":        {got.SignedInAt, clock.Now()},
			"SeenAt":            {got.SeenAt, clock.Now()},
			"IdleEnds":          {store.IdleEnds(got), clock.Now().Add(idle)},
			"Ends":              {store.Ends(got), clock.Now().Add(maxAge)},
		} {
			if !times[0].Equal(times[1]) {
				t.Errorf("%s: got %v, want %v", name, times[0], times[1])
			}
		}

		if b.signIn(t, a, ann()); !b.wantSignedIn(t, a).AccessTokenExpiry.IsZero() {
			t.Error("a session without access token has an expiry")
		}
	})
}

func repeat(d time.Duration, n int) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = d
	}
	return all
}
