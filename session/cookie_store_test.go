package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

func TestNewCookieStoreRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*session.Options)
	}{
		{"no realm", func(o *session.Options) { o.Realm = "" }},
		{"no secret", func(o *session.Options) { o.Secrets = nil }},
		{"short secret", func(o *session.Options) { o.Secrets = [][]byte{make([]byte, 31)} }},
		{"short second secret", func(o *session.Options) { o.Secrets = [][]byte{secretA, make([]byte, 31)} }},
		{"no idle timeout", func(o *session.Options) { o.IdleTimeout = 0 }},
		{"no max age", func(o *session.Options) { o.MaxAge = 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(newClock())
			tt.edit(&o)
			if _, err := session.NewCookies(o); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestCookieAttributes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		secure bool
		idle   time.Duration
		maxAge time.Duration
		want   string
	}{
		{"http", false, idle, maxAge, "okta_session=; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"},
		{"https", true, idle, maxAge, "__Host-okta_session=; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"},
		{"absolute limit first", true, idle, 90 * time.Second, "__Host-okta_session=; Path=/; Max-Age=90; HttpOnly; Secure; SameSite=Lax"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := options(newClock())
			o.Secure, o.IdleTimeout, o.MaxAge = tt.secure, tt.idle, tt.maxAge
			a, b := newApp(newCookies(t, o)), newBrowser()

			cookies := b.signIn(t, a, ann())
			if len(cookies) != 1 {
				t.Fatalf("%d cookies, want 1", len(cookies))
			}
			if got := strings.Replace(cookies[0].Raw, cookies[0].Value, "", 1); got != tt.want {
				t.Errorf("set: got %s, want %s", got, tt.want)
			}

			name, _, _ := strings.Cut(tt.want, "=")
			_, attributes, _ := strings.Cut(tt.want, "HttpOnly")
			want := name + "=; Path=/; Max-Age=0; HttpOnly" + attributes
			if got := b.signOut(t, a); len(got) != 1 || got[0].Raw != want {
				t.Errorf("delete: got %v, want %s", got, want)
			}
		})
	}
}

func TestEndAll(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := newCookies(t, options(clock))
	a, phone, laptop, bob := newApp(store), newBrowser(), newBrowser(), newBrowser()
	phone.signIn(t, a, ann())
	laptop.signIn(t, a, ann())
	other := ann()
	other.Subject = "00ubob"
	bob.signIn(t, a, other)

	if sessions, err := store.EndAll(context.Background(), "00uann"); err != nil || sessions != nil {
		t.Fatalf("EndAll: %v, %v", sessions, err)
	}
	phone.wantSignedOut(t, a)
	laptop.wantSignedOut(t, a)
	bob.wantSignedIn(t, a)

	phone.signIn(t, a, ann()) // at the same instant
	phone.wantSignedIn(t, a)
	laptop.wantSignedOut(t, a)
}

func TestTamperedCookie(t *testing.T) {
	t.Parallel()
	a, b := newApp(newCookies(t, options(newClock()))), newBrowser()
	b.signIn(t, a, ann())
	value := b.cookies["okta_session"]
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := 2; i < len(value); i++ { // version, nonce, ciphertext and tag
		other := alphabet[(strings.IndexByte(alphabet, value[i])+1)%len(alphabet)]
		b.cookies["okta_session"] = value[:i] + string(other) + value[i+1:]
		b.wantSignedOut(t, a)
		b.cookies["okta_session"] = value[:i]
		b.wantSignedOut(t, a)
	}
	b.cookies["okta_session"] = value + "A"
	b.wantSignedOut(t, a)
	b.cookies["okta_session"] = value
	b.wantSignedIn(t, a)
}

func TestCookieOfAnotherName(t *testing.T) {
	t.Parallel()
	clock := newClock()
	secure := options(clock)
	secure.Secure = true
	overHTTP, overHTTPS := newApp(newCookies(t, options(clock))), newApp(newCookies(t, secure))
	b := newBrowser()
	b.signIn(t, overHTTP, ann())
	b.cookies["__Host-okta_session"] = b.cookies["okta_session"]
	b.wantSignedOut(t, overHTTPS)
}

func TestNothingIsReadByItself(t *testing.T) {
	t.Parallel()
	clock := newClock()
	o := options(clock)
	o.Ended = failingEnded{}
	a, b := newApp(newCookies(t, o)), newBrowser()
	signIn := newApp(newCookies(t, options(clock)))
	b.signIn(t, signIn, ann())
	clock.Add(idle / 2) // due for a slide
	if cookies := b.visit(a, func(*gin.Context) {}); len(cookies) != 0 {
		t.Errorf("cookies %v", cookies)
	}
}

// failingEnded is an Ended that can't be asked.
type failingEnded struct{ session.Ended }

func (failingEnded) Has(context.Context, ...string) ([]time.Time, error) {
	return nil, session.ErrUnavailable
}

func (failingEnded) End(context.Context, ...session.Mark) error { return session.ErrUnavailable }

func (failingEnded) Claim(context.Context, string, time.Time) (bool, error) {
	return false, session.ErrUnavailable
}

func TestEndedUnavailable(t *testing.T) {
	t.Parallel()
	clock := newClock()
	o := options(clock)
	o.Ended = failingEnded{}
	down := newCookies(t, o)
	a, b := newApp(down), newBrowser()
	up := newApp(newCookies(t, options(clock)))
	b.signIn(t, up, ann())

	var s session.Session
	cookies := b.visit(a, func(c *gin.Context) {
		for name, err := range map[string]error{
			"Get":   getErr(c),
			"Start": start(c, ann()),
			"Save":  keep(c, &s),
		} {
			if !errors.Is(err, session.ErrUnavailable) {
				t.Errorf("%s: %v, want ErrUnavailable", name, err)
			}
		}
	})
	if len(cookies) != 0 {
		t.Errorf("cookies %v", cookies)
	}
	if _, err := down.EndAll(context.Background(), "00uann"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("EndAll: %v", err)
	}
	b.wantSignedIn(t, up)

	b.visit(a, func(c *gin.Context) {
		if err := end(c); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("End: %v, want ErrUnavailable", err)
		}
	})
	if len(b.cookies) != 0 {
		t.Errorf("End left cookies: %v", b.cookies)
	}

	newBrowser().wantSignedOut(t, a)
}

func getErr(c *gin.Context) error {
	_, err := current(c)
	return err
}

func FuzzCookieStoreRead(f *testing.F) {
	store := newCookies(f, options(newClock()))
	a := newApp(store)
	for _, s := range []session.Session{ann(), annWithGroups(8 << 10), annWithRandom(12 << 10)} {
		b := newBrowser()
		b.signIn(f, a, s)
		header := b.request(context.Background()).Header.Get("Cookie")
		f.Add(header)
		f.Add(header[:len(header)-1])
		f.Add(header + "; okta_session=1.")
	}
	f.Add("okta_session=5.AAAAAAAA; okta_session_1=AAAAAAAA.; okta_session_2=AAAAAAAA.; okta_session_9=; okta_session_")
	f.Add("okta_session=0.; okta_session=.; okta_session==;;=")
	f.Fuzz(func(t *testing.T, header string) {
		ctx := context.WithValue(context.Background(), handlerKey{}, gin.HandlerFunc(func(c *gin.Context) {
			s, err := current(c)
			if err == nil && s.Subject != "00uann" {
				t.Errorf("signed in as %q", s.Subject)
			}
			if err != nil && !errors.Is(err, session.ErrNone) {
				t.Errorf("Get: %v", err)
			}
			if err := end(c); err != nil {
				t.Errorf("End: %v", err)
			}
		}))
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		r.Header.Set("Cookie", header)
		a.engine.ServeHTTP(httptest.NewRecorder(), r)
	})
}
