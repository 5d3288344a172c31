package session_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/gin-contrib/sessions/cookie"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
)

// TestTwoAppsInOneBrowser: apps with cookie names of their own, also where one name
// begins like the other, serve the same requests and never touch each other's cookies.
func TestTwoAppsInOneBrowser(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		named := func(name string) *session.Sessions {
			o := options(newClock())
			o.CookieName = name
			return open(o)
		}
		one, two := named("shop"), named("shop_admin")
		b := newBrowser()
		visit := func(f func(w http.ResponseWriter, r *http.Request)) {
			w := httptest.NewRecorder()
			f(w, b.request(t.Context()))
			b.keep(w.Result().Cookies())
		}
		bob := ann()
		bob.Subject = "00ubob"
		visit(func(w http.ResponseWriter, r *http.Request) {
			_, err := one.Start(w, r, ann())
			_, err2 := two.Start(w, r, bob)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				if _, err := two.Attempts().Save(w, r, attempt("two's")); err != nil {
					t.Fatal(err)
				}
			}
		})
		visit(func(w http.ResponseWriter, r *http.Request) {
			_, _ = one.Attempts().Save(w, r, attempt("one's"))
			one.SignOuts().Begin(w, underway.SignOut{})
			s, err := one.Current(w, r)
			s2, err2 := two.Current(w, r)
			if err := errors.Join(err, err2); err != nil || s.Subject != "00uann" || s2.Subject != "00ubob" {
				t.Errorf("%v, %v, %v", s, s2, err)
			}
			if err := one.End(w, r); err != nil {
				t.Fatal(err)
			}
		})
		visit(func(w http.ResponseWriter, r *http.Request) {
			if _, err := one.Current(w, r); !errors.Is(err, session.ErrNone) {
				t.Errorf("one: %v", err)
			}
			if s, err := two.Current(w, r); err != nil || s.Subject != "00ubob" {
				t.Errorf("two: %v, %v", s, err)
			}
			if !one.Attempts().Has(r, "one's") || two.Attempts().Has(r, "one's") || !two.Attempts().Has(r, "two's") {
				t.Error("the attempts are mixed up")
			}
		})
	})
}

// TestHostsOwnSessions: what the host keeps in gin-contrib sessions stays its own.
func TestHostsOwnSessions(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		hosts := sessions.Sessions("session", cookie.NewStore([]byte(strings.Repeat("h", 32))))
		a, b := newApp(open(options(newClock())), hosts), newBrowser()
		b.visit(a, func(c *gin.Context) {
			values := sessions.Default(c)
			values.Set("cart", 3)
			if err := errors.Join(start(c, ann()), values.Save()); err != nil {
				t.Fatal(err)
			}
		})
		b.visit(a, func(c *gin.Context) {
			s, err := current(c)
			if err != nil || s.Subject != "00uann" || sessions.Default(c).Get("cart") != 3 {
				t.Errorf("session %v, %v, cart %v", s, err, sessions.Default(c).Get("cart"))
			}
			values := sessions.Default(c)
			values.Clear()
			if err := values.Save(); err != nil {
				t.Fatal(err)
			}
		})
		b.wantSignedIn(t, a)
	})
}

// TestNameOfAnotherStore: a host that keeps something else under our name is told.
func TestNameOfAnotherStore(t *testing.T) {
	t.Parallel()
	hosts := sessions.Sessions("okta_session", cookie.NewStore([]byte("key")))
	a, b := newApp(newCookies(t, options(newClock())), hosts), newBrowser()
	b.visit(a, func(c *gin.Context) {
		_ = sessions.Default(c).Get("cart")
		if _, err := current(c); err == nil || errors.Is(err, session.ErrNone) || !strings.Contains(err.Error(), "okta_session") {
			t.Errorf("Current: %v, want an error of its own", err)
		}
	})
}

// TestOneNameTwice: apps that share a cookie name by mistake don't share who is signed
// in.
func TestOneNameTwice(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		o := options(newClock())
		one := open(o)
		o.Realm += " other"
		two := open(o)
		a, b := newApp(one), newBrowser()
		b.signIn(t, a, ann())
		b.visit(a, func(c *gin.Context) {
			if err := getErr(c); err != nil {
				t.Fatal(err)
			}
			if s, err := two.Current(c.Writer, c.Request); err == nil || errors.Is(err, session.ErrNone) {
				t.Errorf("Current of the other app: %v, %v, want an error of its own", s, err)
			}
			if err := two.End(c.Writer, c.Request); err == nil {
				t.Error("End by the other app: no error")
			}
		})
		b.wantSignedIn(t, a)
	})
}

func TestStartReturnsTheFormer(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		for i, want := range []string{"", "token 0", "token 1"} {
			b.visit(a, func(c *gin.Context) {
				s := ann()
				s.RefreshToken = "token " + string(rune('0'+i))
				former, err := sessionsOf(c).Start(c.Writer, c.Request, s)
				if err != nil {
					t.Fatal(err)
				}
				if (former != nil) != (want != "") || former != nil && former.RefreshToken != want {
					t.Errorf("former %v, want %q", former, want)
				}
			})
		}
	})
}

func TestCookieNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"okta_session": true, "a": true, "app-1": true, "x.y": true, "okta_session_admin": true, strings.Repeat("n", 64): true,
		"a b": false, "ä": false, "a=b": false, "a;": false, strings.Repeat("n", 65): false,
		"__Host-a": false, "__Secure-a": false, "__HOST-a": false,
		"okta_1": false, "okta_signout": false, "okta_attempt": false, "okta_attempt_x": false,
	} {
		o := options(newClock())
		o.CookieName = name
		if _, err := session.NewCookies(o); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		s := ann()
		s.OktaSession = "102sid"
		s.Data = map[string]string{"tenant": "acme", "note": strings.Repeat("x", session.MaxData-18)}
		b.signIn(t, a, s)
		if got := b.wantSignedIn(t, a); got.OktaSession != s.OktaSession || len(got.Data) != 2 || got.Data["tenant"] != "acme" {
			t.Errorf("got %+v", got)
		}
		many := ann()
		many.Data = map[string]string{}
		for i := range session.MaxData / 5 {
			many.Data[fmt.Sprintf("%03d", i)] = ""
		}
		other := newBrowser()
		other.signIn(t, a, many)
		if got := other.wantSignedIn(t, a); !maps.Equal(got.Data, many.Data) {
			t.Errorf("%d pairs came back, want %d", len(got.Data), len(many.Data))
		}
		s.Data["note"] += "x"
		b.visit(a, func(c *gin.Context) {
			if err := start(c, s); !errors.Is(err, session.ErrTooLarge) || errors.Is(err, session.ErrTooLargeForCookies) {
				t.Errorf("Start with a byte more: %v", err)
			}
		})
		if got := b.wantSignedIn(t, a); got.OktaSession != s.OktaSession {
			t.Error("the refused session replaced the other")
		}
	})
}

func TestClaim(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		s := open(options(clock))
		for _, want := range []bool{true, false} {
			if got, err := s.Claim(t.Context(), "jti", clock.Now().Add(time.Minute)); err != nil || got != want {
				t.Errorf("Claim: %v, %v, want %v", got, err, want)
			}
		}
	})
}
