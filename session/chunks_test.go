package session_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
)

func TestChunks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		bytes  int
		chunks int
	}{
		{100, 1}, {1 << 10, 1}, {2_700, 1}, {3_000, 2}, {5_500, 2}, {8 << 10, 3}, {11_500, 4}, {12 << 10, 5}, {14_000, 5},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.bytes), func(t *testing.T) {
			t.Parallel()
			o := options(newClock())
			o.Secure = true
			a, b := newApp(newCookies(t, o)), newBrowser()
			cookies := b.signIn(t, a, annWithRandom(tt.bytes))
			if len(cookies) != tt.chunks {
				t.Errorf("%d chunks, want %d", len(cookies), tt.chunks)
			}
			for _, c := range cookies {
				if len(c.Raw) > 4096 {
					t.Errorf("%s has %d bytes", c.Name, len(c.Raw))
				}
			}
			if got := b.wantSignedIn(t, a); got.IDToken != annWithRandom(tt.bytes).IDToken {
				t.Error("the ID token changed")
			}

			// A shorter session takes the surplus chunks away, whether the browser has
			// them or they were set in this very response.
			b.signIn(t, a, ann())
			if len(b.cookies) != 1 {
				t.Errorf("chunks left: %d", len(b.cookies))
			}
			b.visit(a, func(c *gin.Context) {
				if err := errors.Join(start(c, annWithRandom(tt.bytes)), start(c, ann())); err != nil {
					t.Fatal(err)
				}
			})
			if len(b.cookies) != 1 {
				t.Errorf("chunks left in one response: %d", len(b.cookies))
			}
			b.wantSignedIn(t, a)
		})
	}
}

func TestManyGroupsStaySmall(t *testing.T) {
	t.Parallel()
	a, b := newApp(newCookies(t, options(newClock()))), newBrowser()
	want := annWithGroups(12 << 10)
	size := 0
	for _, c := range b.signIn(t, a, want) {
		size += len(c.Name) + len(c.Value)
	}
	if size > 6<<10 {
		t.Errorf("12 KB of groups are %d bytes of cookies", size)
	}
	if got := b.wantSignedIn(t, a); got.IDToken != want.IDToken || string(got.Claims) != string(want.Claims) {
		t.Error("the session changed")
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	a, b := newApp(newCookies(t, options(newClock()))), newBrowser()
	b.visit(a, func(c *gin.Context) {
		if err := start(c, annWithRandom(15_000)); !errors.Is(err, session.ErrTooLargeForCookies) || !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("Start: %v, want ErrTooLargeForCookies", err)
		}
	})
	if len(b.cookies) != 0 {
		t.Errorf("cookies: %d", len(b.cookies))
	}

	b.signIn(t, a, ann())
	b.visit(a, func(c *gin.Context) {
		s, err := current(c)
		if err != nil {
			t.Fatal(err)
		}
		large := *s
		large.IDToken = annWithRandom(15_000).IDToken
		if err := keep(c, &large); !errors.Is(err, session.ErrTooLargeForCookies) {
			t.Errorf("Save: %v, want ErrTooLargeForCookies", err)
		}
	})
	b.wantSignedIn(t, a)
}

// TestTooLargeForAnyStore: however well it compresses, and whichever store it is; who
// hears that need not try the other.
func TestTooLargeForAnyStore(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		a, b := newApp(open(options(newClock()))), newBrowser()
		s := ann()
		s.IDToken = strings.Repeat("t", 80_000)
		b.signIn(t, a, s)
		s.IDToken = strings.Repeat("t", 90_000)
		b.visit(a, func(c *gin.Context) {
			if err := start(c, s); !errors.Is(err, session.ErrTooLarge) || errors.Is(err, session.ErrTooLargeForCookies) {
				t.Errorf("Start: %v, want ErrTooLarge for any store", err)
			}
		})
	})
}

func TestMissingAndMixedChunks(t *testing.T) {
	t.Parallel()
	a := newApp(newCookies(t, options(newClock())))
	tests := []struct {
		name string
		edit func(cookies, others map[string]string)
	}{
		{"first missing", func(c, _ map[string]string) { delete(c, "okta_session") }},
		{"second missing", func(c, _ map[string]string) { delete(c, "okta_session_1") }},
		{"last missing", func(c, _ map[string]string) { delete(c, "okta_session_4") }},
		{"first of another", func(c, o map[string]string) { c["okta_session"] = o["okta_session"] }},
		{"second of another", func(c, o map[string]string) { c["okta_session_1"] = o["okta_session_1"] }},
		{"two swapped", func(c, _ map[string]string) {
			c["okta_session_1"], c["okta_session_2"] = c["okta_session_2"], c["okta_session_1"]
		}},
		{"count lowered", func(c, _ map[string]string) { c["okta_session"] = "4" + c["okta_session"][1:] }},
		{"count of nine", func(c, _ map[string]string) { c["okta_session"] = "9" + c["okta_session"][1:] }},
		{"count of none", func(c, _ map[string]string) { c["okta_session"] = "0" + c["okta_session"][1:] }},
		{"count missing", func(c, _ map[string]string) { c["okta_session"] = c["okta_session"][1:] }},
		{"nothing after the count", func(c, _ map[string]string) { c["okta_session"] = "1." }},
		{"empty", func(c, _ map[string]string) { c["okta_session"] = "" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, other := newBrowser(), newBrowser()
			b.signIn(t, a, annWithRandom(12<<10))
			other.signIn(t, a, annWithRandom(12<<10))
			b.wantSignedIn(t, a)
			tt.edit(b.cookies, other.cookies)
			b.wantSignedOut(t, a)
		})
	}
}

// maxHeader is what Go's server lets through unless told otherwise.
const maxHeader = 1 << 20

// TestPlantedCookies: however many cookies of our names a neighbour host has planted,
// before ours or after, ours is found.
func TestPlantedCookies(t *testing.T) {
	t.Parallel()
	filled := func(one string) string {
		var b strings.Builder
		for i := 0; b.Len()+len(one) < maxHeader/2; i++ {
			b.WriteString(strings.ReplaceAll(one, "#", fmt.Sprintf("%06x", i)))
		}
		return b.String()
	}
	// with returns b's request with planted cookies before and after its own.
	with := func(b *browser, planted string) *http.Request {
		r := b.request(t.Context())
		r.Header.Set("Cookie", planted+r.Header.Get("Cookie")+"; "+planted)
		return r
	}
	sealed := strings.Repeat("A", 60)
	full := strings.Repeat("A", 3900)

	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		sessions := open(options(newClock()))
		a, b := newApp(sessions), newBrowser()
		b.signIn(t, a, annWithRandom(12<<10))
		for name, planted := range map[string]string{
			"short":         filled("okta_session=1.AQ#" + sealed + "; "),
			"like a token":  filled("okta_session=AQ#" + strings.Repeat("A", 90) + "; "),
			"first of five": filled("okta_session=5.AQ#AA; okta_session_1=AQ#AA.x; "),
			"short first ones": "okta_session_1=AQAAAAAA." + full[9:] + "; okta_session_2=AQAAAAAA." + full[9:] + "; okta_session_3=AQAAAAAA." + full[9:] +
				"; okta_session_4=AQAAAAAA." + full[9:] + "; " + filled("okta_session=5.AQAAAAAA; "),
			"full first ones": filled("okta_session=5.AQ" + full[10:] + "#; "),
			"all five": "okta_session_1=AAAAAAAA." + full[9:] + "; okta_session_2=AAAAAAAA." + full[9:] + "; okta_session_3=AAAAAAAA." + full[9:] +
				"; okta_session_4=AAAAAAAA." + full[9:] + "; " + filled("okta_session=5."+full[8:]+"#; "),
		} {
			r := with(b, planted)
			took := worked(func() {
				if _, err := sessions.Current(httptest.NewRecorder(), r); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			if took > 500*time.Millisecond {
				t.Errorf("%s: took %v", name, took)
			}
		}
	})

	t.Run("attempts and sign-outs", func(t *testing.T) {
		t.Parallel()
		sessions, b := newCookies(t, options(newClock())), newBrowser()
		b.mustBegin(t, sessions.Attempts(), "state")
		attempt := slices.Collect(maps.Keys(b.cookies))[0]
		w := httptest.NewRecorder()
		state, _ := sessions.SignOuts().Begin(w, underway.SignOut{})
		b.keep(w.Result().Cookies())

		if _, ok := sessions.SignOuts().Finish(w, with(b, filled("okta_session_signout=AQ#"+sealed+"; ")), state); !ok {
			t.Error("the sign-out is hidden")
		}
		if _, err := sessions.Attempts().Take(w, with(b, filled(attempt+"=AQ#"+sealed+"; ")), "state"); err != nil {
			t.Errorf("the attempt is hidden: %v", err)
		}
	})
}

// TestTokensOfOthers: sessions of a neighbour's own, planted before ours, don't hide
// it either when they have ended.
func TestTokensOfOthers(t *testing.T) {
	t.Parallel()
	a, b := newApp(newRedis(t, startRedis(t).client(), options(newClock()))), newBrowser()
	b.signIn(t, a, ann())
	var planted []string
	for range 15 {
		mallory := newBrowser()
		mallory.signIn(t, a, ann())
		planted = append(planted, "okta_session="+mallory.cookies["okta_session"])
		mallory.signOut(t, a)
	}
	r := b.request(context.WithValue(t.Context(), handlerKey{}, gin.HandlerFunc(func(c *gin.Context) {
		if err := getErr(c); err != nil {
			t.Error(err)
		}
	})))
	r.Header.Set("Cookie", strings.Join(planted, "; ")+"; "+r.Header.Get("Cookie"))
	a.engine.ServeHTTP(httptest.NewRecorder(), r)
}
