package session_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

// TestEndByName: a person, a session at Okta and an email address each end their
// sessions, and no others, in every browser and for every copy.
func TestEndByName(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		person := func(subject, sid, email string) session.Session {
			s := session.Session{Subject: subject, OktaSession: sid}
			if err := s.SetClaims(map[string]any{"sub": subject, "email": email}); err != nil {
				t.Fatal(err)
			}
			return s
		}
		everybody := map[string]session.Session{
			"ann's phone":  person("00uann", "sid 1", "Ann@Example.com"),
			"ann's laptop": person("00uann", "sid 2", "ann@example.com"),
			"ann before":   person("00uann", "", "ann@old.example.com"), // renamed since
			"bob":          person("00ubob", "sid 3", "bob@example.com"),
			"other case":   {Subject: "00udora", Claims: json.RawMessage(`{"email":"dora@example.com","EMAIL":"ann@example.com"}`)},
			"no email":     {Subject: "00ucarl", Claims: json.RawMessage(`{"email":["ann@example.com"]}`)},
		}
		tests := []struct {
			name string
			end  func(s *session.Sessions, ctx context.Context) ([]session.Session, error)
			gone []string
		}{
			{"person", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) {
				return s.EndAll(ctx, "00uann")
			},
				[]string{"ann's phone", "ann's laptop", "ann before"}},
			{"session at Okta", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) {
				return s.EndOktaSession(ctx, "sid 1")
			},
				[]string{"ann's phone"}},
			{"email", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) {
				return s.EndEmail(ctx, "ANN@example.com")
			},
				[]string{"ann's phone", "ann's laptop"}},
			{"nobody", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) { return s.EndEmail(ctx, "") }, nil},
			{"no session", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) {
				return s.EndOktaSession(ctx, "")
			}, nil},
			{"another kind of name", func(s *session.Sessions, ctx context.Context) ([]session.Session, error) {
				return s.EndOktaSession(ctx, "00uann")
			}, nil},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				clock := newClock()
				o := options(clock)
				o.Realm += " " + tt.name
				sessions := open(o)
				a, browsers := newApp(sessions), map[string]*browser{}
				for who, s := range everybody {
					browsers[who] = newBrowser()
					browsers[who].signIn(t, a, s)
				}
				ended, err := tt.end(sessions, t.Context())
				if _, inCookies := sessions.Count(t.Context()); err != nil || inCookies == nil && len(ended) != len(tt.gone) {
					t.Errorf("%d ended, %v", len(ended), err)
				}
				gone := map[string]bool{}
				for _, who := range tt.gone {
					gone[who] = true
				}
				for who, b := range browsers {
					copied := b.copied()
					if !gone[who] {
						b.wantSignedIn(t, a)
						continue
					}
					copied.wantSignedOut(t, a)
					clock.Add(time.Microsecond)
					b.signIn(t, a, everybody[who])
					b.wantSignedIn(t, a)
					copied.wantSignedOut(t, a)
				}
			})
		}
	})
}

// TestEndByNewName: a renewal may bring another address. The one from before ends
// nothing then.
func TestEndByNewName(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a, b := newApp(sessions), newBrowser()
		b.signIn(t, a, session.Session{Subject: "00uann", Claims: json.RawMessage(`{"email":"old@example.com"}`)})
		b.visit(a, func(c *gin.Context) {
			s, err := current(c)
			if err != nil {
				t.Fatal(err)
			}
			next := *s
			if err := next.SetClaims(map[string]any{"email": "other@example.com"}); err != nil {
				t.Fatal(err)
			}
			next.Claims = json.RawMessage(`{"email":"new@example.com"}`)
			if err := keep(c, &next); err != nil {
				t.Fatal(err)
			}
		})
		for _, address := range []string{"old@example.com", "new@example.com"} {
			if got := b.wantSignedIn(t, a).Email; got != "new@example.com" {
				t.Errorf("Email %q", got)
			}
			if _, err := sessions.EndEmail(t.Context(), address); err != nil {
				t.Fatal(err)
			}
		}
		b.wantSignedOut(t, a)
	})
}
