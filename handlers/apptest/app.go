// Package apptest serves this app to tests, over TCP and with an Okta org of its own.
// Only tests import it.
package apptest

import (
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// App is this app, served over TCP, with an Okta org of its own.
type App struct {
	T     testing.TB
	URL   string
	Cfg   config.Config
	Org   *mockokta.Org
	Clock *testkit.Clock
	Logs  *testkit.Logs

	*handlers.App // the one that was built last
	setup         Setup
	transport     http.RoundTripper // of the browsers
	serving       atomic.Pointer[http.Handler]
}

// Setup is what a test changes of an app before it starts.
type Setup struct {
	Env    map[string]string                // settings, over those that fit the org
	Late   func(env map[string]string)      // changes the settings once the org is there
	Client func(*mockokta.Client)           // the app integration
	Org    func(*mockokta.Options)          // the org
	Front  func(*handlers.App) http.Handler // what is served in place of the app
}

// Start serves an app until the test ends.
func Start(t testing.TB, s Setup) *App {
	t.Helper()
	listener, port := testkit.Listen(t)
	a := newApp(t, port, s)
	env := a.settings(s)
	env["PORT"] = port
	if s.Late != nil {
		s.Late(env)
	}
	a.Cfg = testkit.Load(t, env)
	a.Restart()
	testkit.Serve(t, listener, a, a.Log())
	return a
}

// newApp is an app of which nothing but the org serves.
func newApp(t testing.TB, port string, s Setup) *App {
	t.Helper()
	a := &App{T: t, URL: "http://localhost:" + port, Clock: &testkit.Clock{}, Logs: &testkit.Logs{}, setup: s, transport: testkit.Transport(t)}
	a.Org = testkit.StartOrg(t, a.URL, a.Clock, s.Client, s.Org)
	return a
}

// settings fit the org, with those of s over them.
func (a *App) settings(s Setup) map[string]string {
	env := map[string]string{"COOKIE_NAME": "okta_session"}
	maps.Copy(env, s.Env)
	return testkit.Settings(a.Org, a.URL, env)
}

// Log writes to Logs what LOG_LEVEL lets through.
func (a *App) Log() *slog.Logger {
	return slog.New(slog.NewJSONHandler(a.Logs, &slog.HandlerOptions{Level: a.Cfg.LogLevel}))
}

// Build builds an app of cfg by this app's clock and log, which is closed with the test.
func (a *App) Build(cfg config.Config) *handlers.App {
	a.T.Helper()
	app, err := handlers.New(cfg, a.Log(), a.Clock.Now)
	if err != nil {
		a.T.Fatal(err)
	}
	a.T.Cleanup(func() { _ = app.Close() })
	return app
}

// Restart puts a new app with the same settings, knowing nothing of what was, in place of
// the one that serves.
func (a *App) Restart() {
	a.T.Helper()
	a.RestartWith(a.Cfg)
}

// RestartWith is Restart with settings of its own.
func (a *App) RestartWith(cfg config.Config) {
	a.T.Helper()
	if a.App != nil {
		if err := a.App.Close(); err != nil {
			a.T.Fatal(err)
		}
	}
	a.App = a.Build(cfg)
	if a.setup.Front == nil {
		a.Serve(a.App)
	} else {
		a.Serve(a.setup.Front(a.App))
	}
}

// Serve has handler answer from here on.
func (a *App) Serve(handler http.Handler) { a.serving.Store(&handler) }

// ServeHTTP answers as what serves at the moment.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*a.serving.Load()).ServeHTTP(w, r) }

// Renewals is how often access tokens have been renewed.
func (a *App) Renewals() int { return a.Org.Count("token") - a.SignIns() }

// SignIns is how many people have signed in.
func (a *App) SignIns() int { return a.Events("signed_in") }

// Events counts the log lines of one kind of security event.
func (a *App) Events(name string) int {
	return strings.Count(a.Logs.String(), `"event":"`+name+`"`)
}
