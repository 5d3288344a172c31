package session_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/session"
	ginsessions "github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// BenchmarkRead is a request through Gin that asks who is signed in: not at all
// (bare), with the two stores, and with gin-contrib's encrypted cookie store.
// Sizes are those of claims and ID token; cookie-B is what the browser sends.
func BenchmarkRead(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	b.Run("bare", func(b *testing.B) {
		engine := gin.New()
		engine.GET("/", func(c *gin.Context) { c.Status(http.StatusNoContent) })
		serve(b, engine, httptest.NewRequest(http.MethodGet, "/", nil))
	})
	for _, kb := range []int{1, 4, 12} {
		b.Run(fmt.Sprintf("cookie-store/%dKB", kb), func(b *testing.B) {
			readStore(b, newCookies(b, options(newClock())), kb<<10)
		})
		b.Run(fmt.Sprintf("redis-store/%dKB", kb), func(b *testing.B) {
			readStore(b, newRedis(b, startRedis(b).client(), options(newClock())), kb<<10)
		})
		b.Run(fmt.Sprintf("gin-contrib/%dKB", kb), func(b *testing.B) { readGinContrib(b, kb<<10) })
	}
}

func readStore(b *testing.B, store *session.Sessions, size int) {
	s, browser, a := annWithGroups(size), newBrowser(), newApp(store)
	browser.signIn(b, a, s)
	serve(b, a.engine, browser.request(context.WithValue(context.Background(), handlerKey{}, gin.HandlerFunc(func(c *gin.Context) {
		if got, err := current(c); err != nil || got.IDToken != s.IDToken {
			b.Fatal(err)
		}
		c.Status(http.StatusNoContent)
	}))))
}

// ginContribStore is what gin-contrib's cookie.NewStore makes, without the limit
// of 4096 bytes that keeps it from holding more.
type ginContribStore struct{ *sessions.CookieStore }

func (ginContribStore) Options(ginsessions.Options) {}

func readGinContrib(b *testing.B, size int) {
	store := sessions.NewCookieStore(bytes.Repeat([]byte("h"), 64), bytes.Repeat([]byte("e"), 32))
	for _, codec := range store.Codecs {
		codec.(*securecookie.SecureCookie).MaxLength(0)
	}
	engine := gin.New()
	engine.Use(ginsessions.Sessions("session", ginContribStore{store}))
	s := annWithGroups(size)
	engine.GET("/in", func(c *gin.Context) {
		values := ginsessions.Default(c)
		values.Set("subject", "00uann")
		values.Set("claims", string(s.Claims))
		values.Set("id_token", s.IDToken)
		if err := values.Save(); err != nil {
			b.Fatal(err)
		}
	})
	engine.GET("/", func(c *gin.Context) {
		if ginsessions.Default(c).Get("id_token") != s.IDToken {
			b.Fatal("no session")
		}
		c.Status(http.StatusNoContent)
	})
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/in", nil))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	serve(b, engine, r)
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func serve(b *testing.B, engine *gin.Engine, r *http.Request) {
	b.ReportAllocs()
	for b.Loop() {
		request := *r // stores put themselves into its context
		engine.ServeHTTP(discard{http.Header{}}, &request)
	}
	b.ReportMetric(float64(len(r.Header.Get("Cookie"))), "cookie-B")
}
