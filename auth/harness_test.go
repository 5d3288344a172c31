package auth_test

import (
	"bytes"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
)

const (
	loginPath     = "/authorization-code/login-redirect"
	callbackPath  = "/authorization-code/callback"
	logoutPath    = "/authorization-code/logout"
	signedOutPath = "/authorization-code/signed-out"

	ada   = "ada@acme.test" // of the groups Everyone, Admins and Engineers
	grace = "grace@acme.test"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	os.Exit(m.Run())
}

// clock runs as time does, from a start that tests move.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// logs is everything that was written, such as JSON lines of the log.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// host is an ordinary Gin app with Okta sign-in, served over TCP, with an org of its
// own.
type host struct {
	t      testing.TB
	URL    string // BASE_URL
	org    *mockokta.Org
	auth   *auth.Auth
	engine *gin.Engine
	clock  *clock
	logs   *logs
}

// setup is what a test changes of a host.
type setup struct {
	env     map[string]string
	options func(*auth.Options)
	client  func(*mockokta.Client)
	// app adds the host's routes. It mounts sign-in itself where it wants to see the
	// engine before; it may return a handler to be served in place of the engine.
	app func(okta *auth.Auth, engine *gin.Engine) http.Handler
	// base is the path of BASE_URL; front makes what answers at BASE_URL of the URL at
	// which the app listens. nil: the app itself.
	base  string
	front func(app *url.URL) http.Handler
}

// start serves a host until the test ends.
func start(t testing.TB, s setup) *host {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h := &host{t: t, URL: "http://localhost:" + port + s.base, clock: &clock{}, logs: &logs{}}
	h.org = startOrg(t, h.URL, h.clock, s.client)
	h.auth = newAuth(t, h, s)
	handler := h.build(s)
	if s.front != nil {
		app := httptest.NewServer(handler)
		t.Cleanup(app.Close)
		inner, err := url.Parse(app.URL)
		if err != nil {
			t.Fatal(err)
		}
		handler = s.front(inner)
	}
	server := &http.Server{Handler: handler, ErrorLog: slog.NewLogLogger(slog.NewTextHandler(h.logs, nil), slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return h
}

func startOrg(t testing.TB, baseURL string, clock *clock, change func(*mockokta.Client)) *mockokta.Org {
	t.Helper()
	client := mockokta.WebClient(baseURL)
	if change != nil {
		change(&client)
	}
	org, err := mockokta.Start(mockokta.Options{Clients: []mockokta.Client{client, mockokta.MachineClient()}, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	return org
}

func newAuth(t testing.TB, h *host, s setup) *auth.Auth {
	t.Helper()
	options := auth.Options{Log: slog.New(slog.NewJSONHandler(h.logs, nil)), Now: h.clock.Now}
	if s.options != nil {
		s.options(&options)
	}
	a, err := auth.New(settings(t, h.org, h.URL, s.env), options)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// settings fit org and baseURL; env is over them.
func settings(t testing.TB, org *mockokta.Org, baseURL string, env map[string]string) config.Config {
	t.Helper()
	all := map[string]string{
		"BASE_URL":                  baseURL,
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	}
	maps.Copy(all, env)
	cfg, err := config.Load(all)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func (h *host) build(s setup) http.Handler {
	h.t.Helper()
	h.engine = gin.New()
	if s.app == nil {
		mount(h.t, h.auth, h.engine)
		return h.engine
	}
	if handler := s.app(h.auth, h.engine); handler != nil {
		return handler
	}
	return h.engine
}

func mount(t testing.TB, okta *auth.Auth, engine *gin.Engine) {
	t.Helper()
	if err := okta.Mount(engine); err != nil {
		t.Fatal(err)
	}
}

// say returns a handler that answers with text and the person's name, if there is one.
func say(okta *auth.Auth, text string) gin.HandlerFunc {
	return func(c *gin.Context) {
		if person := okta.Caller(c); person != nil {
			text := text + " for " + person.Name()
			c.String(http.StatusOK, text)
			return
		}
		c.String(http.StatusOK, text)
	}
}
