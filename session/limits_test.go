package session_test

import (
	"testing"
	"time"

	"example.com/okta-gin/session"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
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
