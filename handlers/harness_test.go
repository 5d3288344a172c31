package handlers_test

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

const (
	loginPath     = "/authorization-code/login-redirect"
	callbackPath  = "/authorization-code/callback"
	profilePath   = "/authorization-code/profile"
	logoutPath    = "/authorization-code/logout"
	signedOutPath = "/authorization-code/signed-out"

	ada   = "ada@acme.test"   // administrator
	grace = "grace@acme.test" // employee
	eve   = "eve@acme.test"   // not assigned to the app
	many  = "many@acme.test"  // 120 groups
)

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

// logs is everything the app has logged, as JSON lines.
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

// app is this app, served over TCP, with an Okta org of its own.
type app struct {
	t     testing.TB
	URL   string
	cfg   config.Config
	org   *mockokta.Org
	clock *clock
	logs  *logs
	auth  *auth.Auth
	close func() error

	router  http.Handler
	listed  []gin.RouteInfo // every route that router serves
	setup   setup
	serving atomic.Value // a serving
}

// serving is what answers at the moment.
type serving struct{ http.Handler }

// further takes routes that the app itself has not, with its rules.
type further struct {
	*auth.Auth
	engine *gin.Engine
	open   auth.Open
}

// Handle registers a route with its rule.
func (f further) Handle(method, path string, access gin.HandlerFunc, handlers ...gin.HandlerFunc) {
	f.open[path] = access
	f.engine.Handle(method, path, handlers...)
}

// setup is what a test changes of an app before it starts.
type setup struct {
	env    map[string]string        // settings, over those that fit the org
	late   func(map[string]string)  // changes the settings once the org is there
	client func(*mockokta.Client)   // the app integration
	org    func(*mockokta.Options)  // the org
	routes func(auth further)       // further routes
	engine func(engine *gin.Engine) // further routes that no rule is given for
}

// start serves an app until the test ends.
func start(t testing.TB, s setup) *app {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, URL: "http://localhost:" + port, clock: &clock{}, logs: &logs{}, setup: s}
	a.startOrg(s)
	env := map[string]string{
		"PORT":                      port,
		"OKTA_OAUTH2_ISSUER":        a.org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"COOKIE_NAME":               "okta_session",
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	}
	maps.Copy(env, s.env)
	if env["OKTA_OAUTH2_ISSUER"] == "org" {
		env["OKTA_OAUTH2_ISSUER"] = a.org.OrgIssuer()
	}
	if s.late != nil {
		s.late(env)
	}
	if a.cfg, err = config.Load(env); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(a.logs, &slog.HandlerOptions{Level: a.cfg.LogLevel}))
	a.build(log)
	a.serving.Store(serving{a.router})
	handler := func(w http.ResponseWriter, r *http.Request) { a.serving.Load().(serving).ServeHTTP(w, r) }
	server := &http.Server{Handler: http.HandlerFunc(handler), ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return a
}

func (a *app) build(log *slog.Logger) {
	a.t.Helper()
	app, err := handlers.New(a.cfg, log, a.clock.Now)
	if err != nil {
		a.t.Fatal(err)
	}
	a.close = app.Close
	a.t.Cleanup(func() { _ = app.Close() })
	a.auth, a.router, a.listed = app.Okta(), app, nil
	for _, line := range app.Routes() {
		a.listed = append(a.listed, gin.RouteInfo{Method: line[0], Path: line[1]})
	}
	if a.setup.routes == nil && a.setup.engine == nil {
		return
	}
	more := further{a.auth, gin.New(), auth.Open{auth.NoRoute: auth.Public}}
	more.engine.Use(a.auth.LogRequests(), a.auth.Recover(), auth.SecurityHeaders(a.auth.StrictHeaders()), a.auth.AllowFrontEnds(), a.auth.Limit())
	if a.setup.routes != nil {
		a.setup.routes(more)
	}
	if a.setup.engine != nil {
		a.setup.engine(more.engine)
	}
	closed, err := a.auth.CloseAll(more.engine, more.open)
	if err != nil {
		a.t.Fatal(err)
	}
	a.listed = append(a.listed, more.engine.Routes()...)
	var paths []string
	for _, route := range more.engine.Routes() {
		fixed, _, _ := strings.Cut(route.Path, ":")
		fixed, _, _ = strings.Cut(fixed, "*")
		paths = append(paths, fixed)
	}
	a.router = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(paths, func(p string) bool { return r.URL.Path == p || p[len(p)-1] == '/' && strings.HasPrefix(r.URL.Path, p) }) {
			closed.ServeHTTP(w, r)
		} else {
			app.ServeHTTP(w, r)
		}
	})
}

// restart puts a new app with the same settings, knowing nothing of what was, in
// place of the one that serves.
func (a *app) restart() {
	a.t.Helper()
	if err := a.auth.Close(); err != nil {
		a.t.Fatal(err)
	}
	a.build(slog.New(slog.NewJSONHandler(a.logs, &slog.HandlerOptions{Level: a.cfg.LogLevel})))
	a.serving.Store(serving{a.router})
}

func (a *app) startOrg(s setup) {
	a.t.Helper()
	client := mockokta.WebClient(a.URL)
	if s.client != nil {
		s.client(&client)
	}
	org, err := startAtFreePort(a.t, func(addr string) mockokta.Options {
		options := mockokta.Options{Addr: addr, Clients: []mockokta.Client{client, mockokta.MachineClient()}, Now: a.clock.Now}
		if s.org != nil {
			s.org(&options)
		}
		return options
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { org.Close() })
	a.org = org
}

// startAtFreePort starts an org, elsewhere where another process took the port first.
func startAtFreePort(t testing.TB, options func(addr string) mockokta.Options) (*mockokta.Org, error) {
	for {
		org, err := mockokta.Start(options("127.0.0.1:" + redistest.FreePort(t)))
		if !errors.Is(err, syscall.EADDRINUSE) {
			return org, err
		}
	}
}

// everybody may use a route.
func everybody(*gin.Context) {}
