package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

// many signs subject in n times, from browsers called by numbers.
func many(t testing.TB, sessions *session.Sessions, subject string, n int) {
	t.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, 8) {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				s := ann()
				s.Subject, s.Browser = subject, fmt.Sprint(i-1)
				if _, err := sessions.Start(httptest.NewRecorder(), newBrowser().request(context.Background()), s); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// parts reads the list of subject to its end, and returns how long each part was and the
// browsers.
func parts(t *testing.T, sessions *session.Sessions, subject string, max int, between func()) (lengths []int, browsers []string) {
	t.Helper()
	for from := ""; ; between() {
		part, err := sessions.List(t.Context(), subject, from, max)
		if err != nil {
			t.Fatal(err)
		}
		lengths = append(lengths, len(part.Sessions))
		for _, s := range part.Sessions {
			browsers = append(browsers, s.Browser)
		}
		if from = part.Next; from == "" {
			return lengths, browsers
		}
		if len(lengths) > 100 {
			t.Fatal("the list has no end")
		}
	}
}

// TestListGoesOn: the parts of a list have each session once, also those that began at
// the same time, and somebody who signs in meanwhile hides nobody.
func TestListGoesOn(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		for i := range 5 {
			many(t, sessions, "00uann", 5)
			many(t, sessions, fmt.Sprint("00uother", i), 2)
			clock.Add(time.Second)
		}
		lengths, browsers := parts(t, sessions, "00uann", 7, func() {})
		if !slices.Equal(lengths, []int{7, 7, 7, 4}) || len(browsers) != 25 {
			t.Errorf("parts of %v", lengths)
		}
		for i := range 5 {
			if n := len(slices.DeleteFunc(slices.Clone(browsers), func(b string) bool { return b != fmt.Sprint(i) })); n != 5 {
				t.Errorf("browser %d is there %d times", i, n)
			}
		}
		if lengths, _ := parts(t, sessions, "00uann", 25, func() {}); !slices.Equal(lengths, []int{25}) {
			t.Errorf("a list that fills one part: parts of %v", lengths)
		}
		clock.Add(time.Second)
		_, browsers = parts(t, sessions, "00uann", 4, func() {
			s := ann()
			s.Browser = "new"
			if _, err := sessions.Start(httptest.NewRecorder(), newBrowser().request(t.Context()), s); err != nil {
				t.Fatal(err)
			}
		})
		browsers = slices.DeleteFunc(browsers, func(b string) bool { return b == "new" })
		if len(browsers) != 25 {
			t.Errorf("%d of 25 sessions, while others begin", len(browsers))
		}
	})
}

// TestListPassesOverTheEnded: what has ended does not leave a part empty while there are
// others.
func TestListPassesOverTheEnded(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		kept := signedIn(t, a, "kept", "00uann")
		clock.Add(2 * idle / 3)
		many(t, sessions, "00uann", 30)
		part, err := sessions.List(t.Context(), "00uann", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range part.Sessions {
			if s.Browser != "kept" && s.Browser != "29" {
				if _, err := sessions.EndOne(t.Context(), "00uann", s.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		kept.wantSignedIn(t, a)
		clock.Add(idle / 2)
		lengths, browsers := parts(t, sessions, "00uann", 4, func() {})
		slices.Sort(browsers)
		if !slices.Equal(browsers, []string{"29", "kept"}) || slices.Contains(lengths[:len(lengths)-1], 0) {
			t.Errorf("%q in parts of %v", browsers, lengths)
		}
	})
}

// TestListRefuses: what is no Next of a list is an error, or leads past its end.
func TestListRefuses(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		sessions := open(options(newClock()))
		many(t, sessions, "00uann", 3)
		for _, from := range []string{"x", "-1", "0", "1e9", "1.", ".1", "1.1.1", "+1.1", " 1.1", "\x00", "99999999999999999999.1", "1.99999999", "AAAA", "(1", "+inf", "AAAAAAAAAAAAAAAAAAAAAA==", "1.1\n"} {
			part, err := sessions.List(t.Context(), "00uann", from, 10)
			if !errors.Is(err, session.ErrNoPart) || errors.Is(err, session.ErrUnavailable) || len(part.Sessions) > 0 {
				t.Errorf("%q: %d sessions, %v", from, len(part.Sessions), err)
			}
		}
		for _, from := range []string{"0.1", "999999999999999.9999999", "__________________8A", "AAAAAAAAAAAAAAAAAAAAAA"} {
			part, err := sessions.List(t.Context(), "00uann", from, 10)
			if err != nil && !errors.Is(err, session.ErrNoPart) || len(part.Sessions) > 3 || part.Next != "" {
				t.Errorf("%q: %d sessions, %v", from, len(part.Sessions), err)
			}
		}
	})
}

// TestListCostsTheSameWithMany: a part of three thousand sessions, the first or a late
// one, asks as little of Redis as one of ten, and never for all.
func TestListCostsTheSameWithMany(t *testing.T) {
	t.Parallel()
	for name, inRedis := range map[string]bool{"redis": true, "cookies and redis": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, clock := startRedis(t), newClock()
			o := options(clock)
			var sessions *session.Sessions
			if inRedis {
				sessions = newRedis(t, server.client(), o)
			} else {
				o.Replicas = server.client()
				sessions = newCookies(t, o)
			}
			from := ""
			look := func() (n int) {
				return server.RoundTrips(func() {
					part, err := sessions.List(t.Context(), "00uann", from, 10)
					if err != nil || len(part.Sessions) != 10 {
						t.Errorf("%d sessions, %v", len(part.Sessions), err)
					}
					from = part.Next
				})
			}
			many(t, sessions, "00uann", 10)
			few := look()
			many(t, sessions, "00uann", 2990)
			for page := range 20 {
				if got := look(); got != few || got > 3 {
					t.Fatalf("page %d of three thousand sessions costs %d round trips, ten sessions cost %d", page, got, few)
				}
			}
			stats := server.client().Info(t.Context(), "commandstats").Val()
			for _, command := range []string{"keys", "scan", "sscan", "zscan", "hgetall"} {
				if strings.Contains(stats, "cmdstat_"+command+":") {
					t.Errorf("Redis was asked to %s", command)
				}
			}
		})
	}
}
