package session_test

import (
	"errors"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/over"
)

func renewable() session.Session {
	s := ann()
	s.RefreshToken = "refresh"
	return s
}

// TestMarksOutliveSettings: what was ended stays ended, whatever the limits become.
func TestMarksOutliveSettings(t *testing.T) {
	t.Parallel()
	clock := newClock()
	memory := over.NewMemory(100, clock.Now, nil)
	with := func(idle, maxAge time.Duration) (*app, *session.Sessions) {
		o := options(clock)
		o.IdleTimeout, o.MaxAge, o.Ended = idle, maxAge, memory
		s := newCookies(t, o)
		return newApp(s), s
	}
	const day = 24 * time.Hour
	short, shortSessions := with(time.Hour, 2*time.Hour)
	long, _ := with(30*day, 30*day)
	for name, end := range map[string]func(b *browser){
		"End":    func(b *browser) { b.signOut(t, short) },
		"EndAll": func(b *browser) { _, _ = shortSessions.EndAll(t.Context(), "00uann") },
	} {
		for _, signInAt := range []*app{short, long} {
			b := newBrowser()
			b.signIn(t, signInAt, ann())
			copied := b.copied()
			end(b)
			for _, later := range []time.Duration{0, time.Hour + 2*time.Minute, 3 * time.Hour, 3 * day, 20 * day} {
				clock.Add(later)
				t.Logf("%s, %v later", name, later)
				copied.wantSignedOut(t, short)
				copied.wantSignedOut(t, long)
			}
		}
	}
}

// TestSettingsOnlyShorten: a raised limit prolongs no session that is there, a lowered
// one holds for all.
func TestSettingsOnlyShorten(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		with := func(maxAge time.Duration) (*app, *session.Sessions) {
			o := options(clock)
			o.IdleTimeout, o.MaxAge = maxAge, maxAge
			s := open(o)
			return newApp(s), s
		}
		short, _ := with(2 * time.Hour)
		long, longSessions := with(10 * time.Hour)
		early, late := newBrowser(), newBrowser()
		early.signIn(t, short, ann())
		late.signIn(t, long, ann())
		began := clock.Now()

		clock.Add(2*time.Hour - 1)
		if s := early.wantSignedIn(t, long); !longSessions.Ends(s).Equal(began.Add(2 * time.Hour)) {
			t.Errorf("ends %v", longSessions.Ends(s))
		}
		late.wantSignedIn(t, short)
		clock.Add(1)
		early.wantSignedOut(t, long)
		late.wantSignedOut(t, short)
	})
}

func TestMaxAgeHasAnEnd(t *testing.T) {
	t.Parallel()
	o := options(newClock())
	o.MaxAge = 400 * 24 * time.Hour
	if _, err := session.NewCookies(o); err != nil {
		t.Error(err)
	}
	o.MaxAge++
	if _, err := session.NewCookies(o); err == nil {
		t.Error("no error for more than 400 days")
	}
}

// TestFormer: a second sign-out finds what the first has ended, for ten minutes, and
// only what a sign-out has ended.
func TestFormer(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		o := options(clock)
		o.Ended = over.NewMemory(100, clock.Now, nil)
		sessions := open(o)
		a, b := newApp(sessions), newBrowser()
		former := func(b *browser) (*session.Session, error) { return sessions.Former(b.request(t.Context())) }

		b.signIn(t, a, ann())
		copied := b.copied()
		if _, err := former(copied); !errors.Is(err, session.ErrNone) {
			t.Errorf("Former while signed in: %v", err)
		}
		b.signOut(t, a)
		for range 2 {
			if s, err := former(copied); err != nil || s.IDToken != ann().IDToken {
				t.Errorf("Former: %v, %v", s, err)
			}
		}
		copied.wantSignedOut(t, a)
		if _, err := former(newBrowser()); !errors.Is(err, session.ErrNone) {
			t.Errorf("Former without a cookie: %v", err)
		}

		b.signIn(t, a, ann())
		replaced := b.copied()
		b.signIn(t, a, ann())
		if _, err := former(replaced); !errors.Is(err, session.ErrNone) {
			t.Errorf("Former of a session that another replaced: %v", err)
		}
	})
}

func TestFormerIsForgotten(t *testing.T) {
	t.Parallel()
	clock := newClock()
	sessions := newCookies(t, options(clock))
	a, b := newApp(sessions), newBrowser()
	b.signIn(t, a, ann())
	copied := b.copied()
	b.signOut(t, a)
	clock.Add(10 * time.Minute)
	if _, err := sessions.Former(copied.request(t.Context())); !errors.Is(err, session.ErrNone) {
		t.Errorf("Former after ten minutes: %v", err)
	}
	copied.wantSignedOut(t, a)
}

// TestFormerOpensNoDoor: what is kept for a second sign-out is not a session, also
// where somebody puts it into a session's place.
func TestFormerOpensNoDoor(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	a, b := newApp(newRedis(t, server.client(), options(newClock()))), newBrowser()
	b.signIn(t, a, ann())
	place, copied := server.onlyKey("okta:*:session:*"), b.copied()
	b.signOut(t, a)
	server.do("COPY", server.onlyKey("okta:*:former:*"), place)
	copied.wantSignedOut(t, a)
}

// TestLapsed: the refresh token of a session that ended by time is handed out once.
func TestLapsed(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		tests := []struct {
			name  string
			start func() session.Session
			steps []time.Duration
			end   bool
			want  bool
		}{
			{"alive", renewable, []time.Duration{idle - 1}, false, false},
			{"idle", renewable, []time.Duration{idle}, false, true},
			{"absolute end", renewable, repeat(idle/2, 24), false, true},
			{"nothing to revoke", ann, []time.Duration{idle}, false, false},
			{"a day later", renewable, []time.Duration{idle + 24*time.Hour - 1}, false, true},
			{"more than a day later", renewable, []time.Duration{idle + 24*time.Hour}, false, false},
			{"signed out", renewable, []time.Duration{idle}, true, false},
			{"from the future", renewable, []time.Duration{-2 * time.Minute}, false, false},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				clock := newClock()
				sessions := open(options(clock))
				a, b := newApp(sessions), newBrowser()
				b.signIn(t, a, tt.start())
				if tt.end {
					b.copied().signOut(t, a)
				}
				for _, step := range tt.steps {
					clock.Add(step)
					_, _, _ = b.get(a)
				}
				s, err := sessions.Lapsed(b.request(t.Context()))
				if got := err == nil; got != tt.want || got && s.RefreshToken != "refresh" || !got && !errors.Is(err, session.ErrNone) {
					t.Errorf("Lapsed: %v, %v, want %v", s, err, tt.want)
				}
				if _, err := sessions.Lapsed(b.request(t.Context())); !errors.Is(err, session.ErrNone) {
					t.Errorf("Lapsed again: %v", err)
				}
			})
		}
	})
}

func TestLapsedIsTakenOnce(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a, b := newApp(sessions), newBrowser()
		cookies := b.signIn(t, a, renewable())
		if got := time.Duration(cookies[0].MaxAge) * time.Second; got != idle+24*time.Hour {
			t.Errorf("the cookie is kept for %v: the browser would not send what lapsed", got)
		}
		clock.Add(idle)
		var taken atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := sessions.Lapsed(b.request(t.Context())); err == nil {
					taken.Add(1)
				} else if !errors.Is(err, session.ErrNone) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if taken.Load() != 1 {
			t.Errorf("taken %d times, want once", taken.Load())
		}
	})
}

// TestLapsedBesideASignIn: a new sign-in can revoke what lapsed before it, and an old
// copy of a session that is signed in is left alone.
func TestLapsedBesideASignIn(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a, b := newApp(sessions), newBrowser()
		b.signIn(t, a, renewable())
		old := b.copied()
		clock.Add(idle / 2)
		b.wantSignedIn(t, a) // slides
		clock.Add(idle / 2)
		r := b.request(t.Context())
		r.Header.Set("Cookie", old.request(t.Context()).Header.Get("Cookie")+"; "+r.Header.Get("Cookie"))
		if s, err := sessions.Lapsed(r); !errors.Is(err, session.ErrNone) {
			t.Errorf("Lapsed beside the session that is signed in: %v, %v", s, err)
		}

		clock.Add(idle)
		b.visit(a, func(c *gin.Context) {
			if err := start(c, ann()); err != nil {
				t.Fatal(err)
			}
			if s, err := sessions.Lapsed(c.Request); err != nil || s.RefreshToken != "refresh" {
				t.Errorf("Lapsed after Start: %v, %v", s, err)
			}
		})
		b.wantSignedIn(t, a)
	})
}

func TestLapsedUnavailable(t *testing.T) {
	t.Parallel()
	clock := newClock()
	o := options(clock)
	up, b := newApp(newCookies(t, o)), newBrowser()
	b.signIn(t, up, renewable())
	o.Ended = failingEnded{}
	down := newCookies(t, o)
	clock.Add(idle)
	r := b.request(t.Context())
	if _, err := down.Lapsed(r); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Lapsed: %v", err)
	}
	if _, err := down.Former(r); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Former: %v", err)
	}
}

// TestEndDeletesWhatItCouldNotAskAbout: the cookies go, though the store can't be
// asked; and the caller hears that a copy may live on.
func TestEndDeletesWhatItCouldNotAskAbout(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	for name, sessions := range map[string]*session.Sessions{
		"redis": newRedis(t, server.client(), options(clock)),
		"cookies": func() *session.Sessions {
			o := options(clock)
			o.Ended = session.NewRedisEnded(server.client(), clock.Now)
			return newCookies(t, o)
		}(),
	} {
		a, b := newApp(sessions), newBrowser()
		b.signIn(t, a, ann())
		other := b.copied()
		other.cookies["okta_session"] = "unreadable"
		server.Kill()
		for _, b := range []*browser{b, other} {
			readable := b != other
			w := httptest.NewRecorder()
			err := sessions.End(w, b.request(t.Context()))
			if b.keep(w.Result().Cookies()); len(b.cookies) != 0 {
				t.Errorf("%s: cookies left", name)
			}
			if readable != errors.Is(err, session.ErrUnavailable) {
				t.Errorf("%s, readable %v: End: %v", name, readable, err)
			}
		}
		server.Restart()
	}
}
