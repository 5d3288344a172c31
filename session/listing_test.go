package session_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
)

// onListingStores runs test on every store that knows whose sessions there are.
func onListingStores(t *testing.T, test func(t *testing.T, open func(session.Options) *session.Sessions)) {
	t.Run("cookies and a file", func(t *testing.T) {
		t.Parallel()
		test(t, func(o session.Options) *session.Sessions {
			file, err := marks.Open(filepath.Join(t.TempDir(), "state"), 1000, o.Now, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { file.Close() })
			o.Ended, o.Index = file, file
			return newCookies(t, o)
		})
	})
	t.Run("cookies and redis", func(t *testing.T) {
		t.Parallel()
		server := startRedis(t)
		test(t, func(o session.Options) *session.Sessions {
			o.Replicas = server.client()
			return newCookies(t, o)
		})
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		server := startRedis(t)
		test(t, func(o session.Options) *session.Sessions { return newRedis(t, server.client(), o) })
	})
}

func browsersOf(t *testing.T, sessions *session.Sessions, subject string) []string {
	t.Helper()
	part, err := sessions.List(t.Context(), subject, "", 10)
	if err != nil || part.Next != "" {
		t.Fatal(part.Next, err)
	}
	var names []string
	for _, s := range part.Sessions {
		if s.Subject != subject || s.IDToken != "" || s.RefreshToken != "" || s.AccessToken != "" {
			t.Errorf("listed is %+v", s)
		}
		names = append(names, s.Browser)
	}
	return names
}

func wantBrowsers(t *testing.T, sessions *session.Sessions, subject string, want ...string) {
	t.Helper()
	if got := browsersOf(t, sessions, subject); !slices.Equal(got, want) {
		t.Errorf("the sessions of %s are %q, want %q", subject, got, want)
	}
}

// TestList: a person's sessions are listed, those seen last first, until they end, by
// time or otherwise; nobody else's are.
func TestList(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		in := func(browser, subject string) *browser { return signedIn(t, a, browser, subject) }
		phone := in("phone", "00uann")
		clock.Add(time.Minute)
		laptop := in("laptop", "00uann")
		in("bob's", "00ubob")
		wantBrowsers(t, sessions, "00uann", "laptop", "phone")
		wantBrowsers(t, sessions, "00ubob", "bob's")
		wantBrowsers(t, sessions, "00ucarl")
		clock.Add(idle - 2*time.Minute)
		phone.wantSignedIn(t, a)
		wantBrowsers(t, sessions, "00uann", "phone", "laptop")
		clock.Add(3 * time.Minute) // the laptop was idle for too long
		wantBrowsers(t, sessions, "00uann", "phone")
		phone.signOut(t, a)
		wantBrowsers(t, sessions, "00uann")
		_ = laptop
	})
}

func signedIn(t *testing.T, a *app, name, subject string) *browser {
	t.Helper()
	s := ann()
	s.Subject, s.Browser, s.RefreshToken = subject, name, "refresh of "+name
	b := newBrowser()
	b.signIn(t, a, s)
	return b
}

// TestEndOne: one session ends, for every copy of its cookies, and none of somebody
// else's does.
func TestEndOne(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		phone, laptop := signedIn(t, a, "phone", "00uann"), signedIn(t, a, "laptop", "00uann")
		part, err := sessions.List(t.Context(), "00uann", "", 10)
		listed := part.Sessions
		if err != nil || len(listed) != 2 {
			t.Fatal(listed, err)
		}
		id := listed[slices.IndexFunc(listed, func(s session.Session) bool { return s.Browser == "phone" })].ID
		for _, junk := range []string{"", "x", "../../etc", id + "A", "AAAA"} {
			if ended, err := sessions.EndOne(t.Context(), "00uann", junk); err != nil || len(ended) > 0 {
				t.Errorf("%q: %v, %v", junk, ended, err)
			}
		}
		if _, err := sessions.EndOne(t.Context(), "00ubob", id); err != nil {
			t.Error(err)
		}
		phone.wantSignedIn(t, a)
		copied := phone.copied()
		if _, err := sessions.EndOne(t.Context(), "00uann", id); err != nil {
			t.Fatal(err)
		}
		phone.wantSignedOut(t, a)
		copied.wantSignedOut(t, a)
		laptop.wantSignedIn(t, a)
		wantBrowsers(t, sessions, "00uann", "laptop")
	})
}

// TestEndOthers: every session of the person ends but the one that asks, which ends no
// later than it would have.
func TestEndOthers(t *testing.T) {
	t.Parallel()
	onListingStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		a := newApp(sessions)
		phone, tablet, laptop := signedIn(t, a, "phone", "00uann"), signedIn(t, a, "tablet", "00uann"), signedIn(t, a, "laptop", "00uann")
		bob := signedIn(t, a, "bob's", "00ubob")
		clock.Add(time.Minute)
		ends := func() (at time.Time) {
			laptop.visit(a, func(c *gin.Context) {
				if s, err := current(c); err == nil {
					at = sessions.Ends(s)
				}
			})
			return at
		}
		before := ends()
		laptop.visit(a, func(c *gin.Context) {
			if _, err := sessions.EndOthers(c.Writer, c.Request); err != nil {
				t.Error(err)
			}
		})
		phone.wantSignedOut(t, a)
		tablet.wantSignedOut(t, a)
		laptop.wantSignedIn(t, a)
		bob.wantSignedIn(t, a)
		if got := ends(); !got.Equal(before) || before.IsZero() {
			t.Errorf("it ends at %v, want %v", got, before)
		}
		wantBrowsers(t, sessions, "00uann", "laptop")
		phone.visit(a, func(c *gin.Context) {
			if _, err := sessions.EndOthers(c.Writer, c.Request); !errors.Is(err, session.ErrNone) {
				t.Errorf("of nobody: %v", err)
			}
		})
	})
}

// TestListUnsupported: where only the browsers know, that is said, and others end all
// the same.
func TestListUnsupported(t *testing.T) {
	t.Parallel()
	sessions := newCookies(t, options(newClock()))
	a := newApp(sessions)
	phone, laptop := signedIn(t, a, "phone", "00uann"), signedIn(t, a, "laptop", "00uann")
	if _, err := sessions.List(t.Context(), "00uann", "", 10); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("List: %v", err)
	}
	laptop.visit(a, func(c *gin.Context) { sessions.EndOthers(c.Writer, c.Request) })
	phone.wantSignedOut(t, a)
	laptop.wantSignedIn(t, a)
}

// TestListedOutliveARestart: what is listed is in the file.
func TestListedOutliveARestart(t *testing.T) {
	t.Parallel()
	clock, path := newClock(), filepath.Join(t.TempDir(), "state")
	open := func() (*marks.File, *session.Sessions) {
		file, err := marks.Open(path, 1000, clock.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		o := options(clock)
		o.Ended, o.Index = file, file
		return file, newCookies(t, o)
	}
	file, sessions := open()
	signedIn(t, newApp(sessions), "phone", "00uann")
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sessions.List(t.Context(), "00uann", "", 10); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("of a closed file: %v", err)
	}
	file, sessions = open()
	defer file.Close()
	wantBrowsers(t, sessions, "00uann", "phone")
}
