package session_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	ginsessions "github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/over"
)

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
					if err := start(c, s); err == nil {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.visit(a, func(c *gin.Context) {
			if err := start(c, ann()); err != nil {
				t.Fatal(err)
			}
			if s, err := current(c); err != nil || s.Subject != "00uann" {
				t.Errorf("Get: %v, %v", s, err)
			}
			if err := end(c); err != nil {
				t.Fatal(err)
			}
			if _, err := current(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Get after End: %v", err)
			}
		})
		if len(b.cookies) != 0 {
			t.Errorf("cookies left: %v", b.cookies)
		}
	})
}

// TestReloadSeesTheEnd: a request that waited for another, which has ended the
// session, must not go on with what it read before.
func TestReloadSeesTheEnd(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		b.signIn(t, a, ann())
		b.copied().visit(a, func(c *gin.Context) {
			if err := getErr(c); err != nil {
				t.Fatal(err)
			}
			b.signOut(t, a)
			if _, err := reload(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Reload: %v, want ErrNone", err)
			}
		})
	})
}

func TestEndedSessionStaysEnded(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		a, b := newApp(open(options(clock))), newBrowser()
		b.signIn(t, a, ann())
		stolen := b.copied()

		// A second request of the same browser is under way while the first signs out.
		clock.Add(idle / 2)
		late := b.copied()
		var saveErr error
		late.visit(a, func(c *gin.Context) {
			s, err := current(c) // slides
			if err != nil {
				t.Fatal(err)
			}
			b.signOut(t, a)
			renewed := *s
			renewed.RefreshToken = "renewed"
			saveErr = keep(c, &renewed)
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		a, b := newApp(open(options(clock))), newBrowser()
		b.signIn(t, a, ann())
		before := b.wantSignedIn(t, a)

		clock.Add(idle / 2) // Get sets the cookie too: Save must replace it
		cookies := b.visit(a, func(c *gin.Context) {
			s, err := current(c)
			if err != nil {
				t.Fatal(err)
			}
			next := *s
			next.RefreshToken = "renewed"
			next.SignedInAt = next.SignedInAt.Add(time.Hour)
			if err := keep(c, &next); err != nil {
				t.Fatal(err)
			}
			if again, err := current(c); err != nil || again.RefreshToken != "renewed" {
				t.Errorf("Get after Save: %+v, %v", again, err)
			}
			next.ID = strings.Repeat("A", 43)
			if err := keep(c, &next); !errors.Is(err, session.ErrNone) {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		s := ann()
		cookies := b.visit(a, func(c *gin.Context) {
			if _, err := current(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Get: %v", err)
			}
			if err := keep(c, &s); !errors.Is(err, session.ErrNone) {
				t.Errorf("Save: %v", err)
			}
			if _, err := reload(c); !errors.Is(err, session.ErrNone) {
				t.Errorf("Reload: %v", err)
			}
			if err := end(c); err != nil {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		sessions := open(options(newClock()))
		a, b := newApp(sessions, ginsessions.Sessions(sessions.CookieName(), sessions.Store())), newBrowser()
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock, ended := newClock(), over.NewMemory(10, newClock().Now, nil)
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
