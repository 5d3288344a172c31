package session_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"github.com/gin-gonic/gin"
)

const (
	realm  = "https://acme.okta.com/oauth2/default client"
	idle   = time.Hour
	maxAge = 12 * time.Hour
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
	return session.Options{Realm: realm, Secrets: [][]byte{secretA}, IdleTimeout: idle, MaxAge: maxAge, Now: c.Now}
}

func newCookies(t testing.TB, o session.Options) *session.Sessions {
	t.Helper()
	store, err := session.NewCookies(o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// ann is a person who signs in.
func ann() session.Session {
	return session.Session{
		Subject: "00uann",
		Claims:  json.RawMessage(`{"sub":"00uann","name":"Ann"}`),
		IDToken: "header.payload.signature",
	}
}

// annWithRandom has an ID token of n random bytes, in base64, that can't be
// compressed further.
func annWithRandom(n int) session.Session {
	s := ann()
	random := rand.NewChaCha8([32]byte{})
	token := make([]byte, n)
	_, _ = random.Read(token)
	s.IDToken = base64.RawURLEncoding.EncodeToString(token)
	return s
}

// annWithGroups has about n bytes of claims and ID token, which repeat the same
// groups as Okta does, and a signature.
func annWithGroups(n int) session.Session {
	s := ann()
	random := rand.New(rand.NewChaCha8([32]byte{}))
	departments := []string{"Entwicklung", "Marketing", "Einkauf", "研究開発", "Vertrieb", "Personal", "Buchhaltung"}
	for i := 1; ; i++ {
		groups := make([]string, i)
		for g := range groups {
			groups[g] = fmt.Sprintf("APP-%s-%s-%04d", departments[random.IntN(7)], departments[random.IntN(7)], random.IntN(10_000))
		}
		claims, err := json.Marshal(map[string]any{"sub": s.Subject, "name": "Ann", "groups": groups})
		if err != nil {
			panic(err)
		}
		s.Claims = claims
		s.IDToken = "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString(claims) + "." + annWithRandom(256).IDToken
		if len(s.Claims)+len(s.IDToken) >= n {
			return s
		}
	}
}

// app serves requests whose handler each test brings along.
type app struct {
	engine *gin.Engine
}

type handlerKey struct{}

func newApp(sessions *session.Sessions, more ...gin.HandlerFunc) *app {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(func(c *gin.Context) { c.Set(sessionsKey{}, sessions) })
	engine.Use(more...)
	engine.GET("/", func(c *gin.Context) {
		c.Request.Context().Value(handlerKey{}).(gin.HandlerFunc)(c)
	})
	return &app{engine}
}

type sessionsKey struct{}

// sessionsOf returns the sessions of the app that serves c.
func sessionsOf(c *gin.Context) *session.Sessions {
	return c.MustGet(sessionsKey{}).(*session.Sessions)
}

func current(c *gin.Context) (*session.Session, error) {
	return sessionsOf(c).Current(c.Writer, c.Request)
}

func start(c *gin.Context, s session.Session) error {
	_, err := sessionsOf(c).Start(c.Writer, c.Request, s)
	return err
}

func keep(c *gin.Context, s *session.Session) error {
	return sessionsOf(c).Save(c.Writer, c.Request, s)
}

func reload(c *gin.Context) (*session.Session, error) {
	return sessionsOf(c).Reload(c.Writer, c.Request)
}

func end(c *gin.Context) error { return sessionsOf(c).End(c.Writer, c.Request) }

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

// visit runs handler on the app as this browser's request, and keeps the
// cookies it sets.
func (b *browser) visit(a *app, handler gin.HandlerFunc) []*http.Cookie {
	w := httptest.NewRecorder()
	ctx := context.WithValue(context.Background(), handlerKey{}, handler)
	a.engine.ServeHTTP(w, b.request(ctx))
	cookies := w.Result().Cookies()
	b.keep(cookies)
	return cookies
}

func (b *browser) signIn(t testing.TB, a *app, s session.Session) []*http.Cookie {
	t.Helper()
	var err error
	cookies := b.visit(a, func(c *gin.Context) { err = start(c, s) })
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	return cookies
}

func (b *browser) signOut(t testing.TB, a *app) []*http.Cookie {
	t.Helper()
	var err error
	cookies := b.visit(a, func(c *gin.Context) { err = end(c) })
	if err != nil {
		t.Fatalf("End: %v", err)
	}
	return cookies
}

func (b *browser) get(a *app) (s *session.Session, cookies []*http.Cookie, err error) {
	cookies = b.visit(a, func(c *gin.Context) { s, err = current(c) })
	return s, cookies, err
}

func (b *browser) wantSignedIn(t testing.TB, a *app) *session.Session {
	t.Helper()
	s, _, err := b.get(a)
	if err != nil {
		t.Fatalf("Get: %v, want a session", err)
	}
	return s
}

func (b *browser) wantSignedOut(t testing.TB, a *app) {
	t.Helper()
	if s, _, err := b.get(a); !errors.Is(err, session.ErrNone) {
		t.Fatalf("Get: session %v, error %v, want ErrNone", s != nil, err)
	}
}

func cookieNames(cookies []*http.Cookie) string {
	var names []string
	for _, c := range cookies {
		name := c.Name
		if c.MaxAge < 0 {
			name = "-" + name
		}
		names = append(names, name)
	}
	return fmt.Sprint(names)
}

// headerBytes are the bytes of the lines that set cookies.
func headerBytes(cookies []*http.Cookie) (n int) {
	for _, c := range cookies {
		n += len("Set-Cookie: ") + len(c.Raw) + len("\r\n")
	}
	return n
}
