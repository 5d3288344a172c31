package underway_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

var (
	secretA = bytes.Repeat([]byte("A"), 32)
	secretB = bytes.Repeat([]byte("B"), 32)
)

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func options(c *clock) session.Options {
	return session.Options{
		Realm: "https://acme.okta.com/oauth2/default client", Secrets: [][]byte{secretA}, IdleTimeout: time.Hour, MaxAge: 12 * time.Hour, Now: c.Now,
	}
}

func newCookies(t testing.TB, o session.Options) *session.Sessions {
	t.Helper()
	sessions, err := session.NewCookies(o)
	if err != nil {
		t.Fatal(err)
	}
	return sessions
}

// failingEnded can't be asked.
type failingEnded struct{ session.Ended }

func (failingEnded) Claim(context.Context, string, time.Time) (bool, error) {
	return false, session.ErrUnavailable
}

// browser keeps cookies as a browser does.
type browser struct {
	cookies map[string]string
}

func newBrowser() *browser {
	return &browser{cookies: map[string]string{}}
}

// copied returns what someone holds who copied this browser's cookies.
func (b *browser) copied() *browser {
	return &browser{cookies: maps.Clone(b.cookies)}
}

func (b *browser) request(ctx context.Context) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: b.cookies[name]})
	}
	return r
}

func (b *browser) keep(cookies []*http.Cookie) {
	for _, c := range cookies {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
}
