package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

func TestChunks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		bytes  int
		chunks int
	}{
		{100, 1}, {1 << 10, 1}, {2_000, 1}, {2_300, 2}, {4 << 10, 2}, {8 << 10, 3}, {12 << 10, 5}, {14_000, 5},
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
		if err := start(c, annWithRandom(15_000)); !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("Start: %v, want ErrTooLarge", err)
		}
	})
	b.visit(a, func(c *gin.Context) { // however well it compresses
		s := ann()
		s.IDToken = strings.Repeat("t", 65_536)
		if err := start(c, s); !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("Start: %v, want ErrTooLarge", err)
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
		if err := keep(c, &large); !errors.Is(err, session.ErrTooLarge) {
			t.Errorf("Save: %v, want ErrTooLarge", err)
		}
	})
	b.wantSignedIn(t, a)
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

func TestCookiesOfOneName(t *testing.T) {
	t.Parallel()
	a, b := newApp(newCookies(t, options(newClock()))), newBrowser()
	b.signIn(t, a, annWithRandom(12<<10))

	get := func(before, after int) error {
		var err error
		ctx := context.WithValue(context.Background(), handlerKey{}, gin.HandlerFunc(func(c *gin.Context) {
			_, err = current(c)
		}))
		r := b.request(ctx)
		tossed := "okta_session=5.garbage-garbage; okta_session_1=garbage-.x; "
		r.Header.Set("Cookie", strings.Repeat(tossed, before)+r.Header.Get("Cookie")+"; "+strings.Repeat(tossed, after))
		a.engine.ServeHTTP(httptest.NewRecorder(), r)
		return err
	}
	if err := get(3, 3); err != nil {
		t.Errorf("among foreign cookies of the same names: %v", err)
	}
	if err := get(10_000, 0); !errors.Is(err, session.ErrNone) {
		t.Errorf("behind 10,000 of them: %v, want ErrNone", err)
	}
}
