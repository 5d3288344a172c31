package auth_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// host is an ordinary Gin app with Okta sign-in, served over TCP, with an org of its
// own.
type host struct {
	t      testing.TB
	URL    string // BASE_URL
	org    *mockokta.Org
	auth   *auth.Auth
	engine *gin.Engine
	clock  *testkit.Clock
	logs   *testkit.Logs
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
	listener, port := testkit.Listen(t)
	h := &host{t: t, URL: "http://localhost:" + port + s.base, clock: &testkit.Clock{}, logs: &testkit.Logs{}}
	h.org = testkit.StartOrg(t, h.URL, h.clock, s.client, nil)
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
	testkit.Serve(t, listener, handler, slog.New(slog.NewTextHandler(h.logs, nil)))
	return h
}

// browser returns one without any cookie.
func (h *host) browser() *testkit.Browser { return testkit.NewBrowser(h.t, h.URL) }

func newAuth(t testing.TB, h *host, s setup) *auth.Auth {
	t.Helper()
	options := auth.Options{Log: slog.New(slog.NewJSONHandler(h.logs, nil)), Now: h.clock.Now}
	if s.options != nil {
		s.options(&options)
	}
	a, err := auth.New(testkit.Load(t, testkit.Settings(h.org, h.URL, s.env)), options)
	if err != nil {
		t.Fatal(err)
	}
	return a
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

// cookieNames are the names of the cookies that b has for its host.
func cookieNames(b *testkit.Browser) []string {
	b.T.Helper()
	var names []string
	for _, c := range b.Cookies() {
		names = append(names, c.Name)
	}
	return names
}
