package handlers

import (
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/templates"
)

func newApp(t *testing.T) *App {
	t.Helper()
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oaApp", "OKTA_OAUTH2_CLIENT_SECRET": "secret-of-the-app",
	})
	if err != nil {
		t.Fatal(err)
	}
	app, err := New(cfg, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// Whoever forgets a part of a page or of a route is told so when the app starts.
func TestForgettingIsNoticedAtStart(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	if _, err := app.router(); err == nil || !strings.Contains(err.Error(), "Mount was called twice") {
		t.Errorf("a second router: error %v", err)
	}
	handler := func(*gin.Context) {}
	signIn := app.okta.Routes()
	for name, test := range map[string]struct {
		routes []route
		want   string
	}{
		"no rule":            {[]route{{get, "/about", nil, handler}}, "the route GET /about says nothing of who may use it"},
		"no handler":         {[]route{{get, "/about", auth.Public, nil}}, "the route GET /about has no handler"},
		"sign-in not listed": {nil, "the table lacks the route GET /authorization-code/callback"},
	} {
		if err := errors.Join(checkMounted(test.routes, signIn)...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", name, err, test.want)
		}
	}
	plain(app, "about.html")
	page(app, func(*gin.Context) (templates.Plain, error) { return templates.Plain{File: "team.html"}, nil })
	err := errors.Join(app.faults...)
	if err == nil || !strings.Contains(err.Error(), "there is no page templates/about.html") {
		t.Errorf("a page without a template: error %v", err)
	}
}

// Every template is used by a route or by sign-in, and fits what is filled in.
func TestEveryTemplateHasARoute(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var shown []string
	for _, page := range app.shown {
		shown = append(shown, page.Template())
		if err := app.pages.Render(io.Discard, page); err != nil {
			t.Error(err)
		}
	}
	for _, name := range app.pages.Names() {
		if !slices.Contains(shown, name) {
			t.Errorf("templates/%s is shown by no route of router.go", name)
		}
	}
}
