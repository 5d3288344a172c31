package accessible_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/language"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
)

// host is an app in this process, with an org of its own and a clock that tests move.
type host struct {
	URL   string
	Org   *mockokta.Org
	later atomic.Int64 // how far its clock is ahead, as a time.Duration
}

func (h *host) now() time.Time { return time.Now().Add(time.Duration(h.later.Load())) }

// begin starts the org of an app, and gives its settings to serve, which makes the app.
func begin(t *testing.T, env map[string]string, serve func(h *host, cfg config.Config) http.Handler) *host {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	h := &host{URL: "http://localhost:" + port}
	h.Org, err = mockokta.Start(mockokta.Options{Addr: "127.0.0.1:" + drive.FreePort(t), Clients: []mockokta.Client{mockokta.WebClient(h.URL)}, TrustedOrigins: []string{h.URL}, Now: h.now})
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

// startApp starts this app.
func startApp(t *testing.T, env map[string]string) *host {
	t.Helper()
	return begin(t, env, func(h *host, cfg config.Config) http.Handler {
		app, err := handlers.New(cfg, slog.New(slog.DiscardHandler), h.now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { app.Close() })
		return app
	})
}

// startPlain starts an app that leaves all pages to the default look.
func startPlain(t *testing.T, env map[string]string) *host {
	t.Helper()
	return begin(t, env, func(h *host, cfg config.Config) http.Handler {
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

// stand shows pages as they are filled in, without the app around them. What leads on from them
// answers 204, so that a page that goes on by itself holds still.
type stand struct {
	URL   string
	texts *language.Texts
	look  *pages.Look
	app   *templates.Pages
	shown map[string]func(http.ResponseWriter) error // by path
}

const onward = "/onward"

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{shown: make(map[string]func(http.ResponseWriter) error)}
	var err error
	if s.texts, err = language.New(); err != nil {
		t.Fatal(err)
	}
	if s.look, err = pages.New("/look/", s.texts); err != nil {
		t.Fatal(err)
	}
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	if s.app, err = templates.Parse(templates.URLs{
		Asset: assets.URL, Path: func(path string) string { return path }, SignIn: onward, SignOut: onward,
	}, s.texts); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", assets)
	mux.HandleFunc(onward, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/look/{name}", func(w http.ResponseWriter, r *http.Request) {
		asset, _ := s.look.Asset(r.PathValue("name"))
		w.Header().Set("Content-Type", asset.ContentType)
		w.Write(asset.Content)
	})
	mux.HandleFunc("/shown/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := s.shown[r.URL.Path](w); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return s
}

// defaultLook and appLook have page ready under an address, which they return.
func (s *stand) defaultLook(page pages.Page) string {
	return s.add(func(w http.ResponseWriter) error {
		body, err := s.look.Render(page)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
}

func (s *stand) appLook(page templates.Page) string {
	return s.add(func(w http.ResponseWriter) error {
		var body bytes.Buffer
		if err := s.app.Render(&body, page); err != nil {
			return err
		}
		_, err := body.WriteTo(w)
		return err
	})
}

func (s *stand) add(show func(http.ResponseWriter) error) string {
	path := fmt.Sprintf("/shown/%d", len(s.shown))
	s.shown[path] = show
	return s.URL + path
}
