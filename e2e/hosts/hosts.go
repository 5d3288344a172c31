// Package hosts starts apps in the process of a test, each with an Okta org of its own and a clock that the test moves.
package hosts

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

// Host is an app and its org.
type Host struct {
	URL   string
	Org   *mockokta.Org
	later atomic.Int64 // how far its clock is ahead, as a time.Duration
}

// Now is the time by the clock of both.
func (h *Host) Now() time.Time { return time.Now().Add(time.Duration(h.later.Load())) }

// Ahead puts the clock ahead of the true time.
func (h *Host) Ahead(by time.Duration) { h.later.Store(int64(by)) }

// Visitor is a browser without a window, that has no cookie yet.
func (h *Host) Visitor(t testing.TB) *drive.Visitor {
	t.Helper()
	return drive.NewVisitor(t, &drive.App{T: t, URL: h.URL, Org: h.Org})
}

// Start starts the org of an app, and gives its settings, those of env among them, to serve, which makes the app.
func Start(t testing.TB, env map[string]string, serve func(h *Host, cfg config.Config) http.Handler) *Host {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	h := &Host{URL: "http://localhost:" + port}
	h.Org, err = mockokta.Start(mockokta.Options{Addr: "127.0.0.1:" + drive.FreePort(t), Clients: []mockokta.Client{mockokta.WebClient(h.URL)}, TrustedOrigins: []string{h.URL}, Now: h.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Org.Close() })
	settings := map[string]string{
		"PORT": port, "BASE_URL": h.URL, "OKTA_OAUTH2_ISSUER": h.Org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret, "OKTA_API_TOKEN": mockokta.DefaultAPIToken,
		"SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
		"STATE_FILE":     filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins", "SESSION_SHOW_ADDRESS": "true",
		"SESSION_IDLE_TIMEOUT": "40m", "SESSION_MAX_AGE": "2h",
	}
	for name, value := range env {
		settings[name] = value
	}
	cfg, err := config.Load(settings)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: serve(h, cfg)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return h
}

// App starts this app.
func App(t testing.TB, env map[string]string) *Host {
	t.Helper()
	return Start(t, env, func(h *Host, cfg config.Config) http.Handler {
		app, err := handlers.New(cfg, slog.New(slog.DiscardHandler), h.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { app.Close() })
		return app
	})
}

// Plain starts an app that leaves all pages to the default look.
func Plain(t testing.TB, env map[string]string) *Host {
	t.Helper()
	return Start(t, env, func(h *Host, cfg config.Config) http.Handler {
		okta, err := auth.New(cfg, auth.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { okta.Close() })
		gin.SetMode(gin.ReleaseMode)
		engine := gin.New()
		if err := okta.Mount(engine); err != nil {
			t.Fatal(err)
		}
		engine.GET("/", okta.RequireLogin(), func(c *gin.Context) {
			c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><main><h1>Host</h1></main>`))
		})
		return engine
	})
}
