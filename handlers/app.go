package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
)

// App is this app, ready to serve.
type App struct {
	http.Handler

	okta      *auth.Auth
	cfg       config.Config
	log       *slog.Logger
	now       func() time.Time
	directory *directory.Directory // nil when look-ups are off
	claims    claimsMemory
	zones     zonesMemory
	memory    pagesMemory
	sender    sender
	assets    *static.Assets
	pages     *templates.Pages
	site      templates.Site
	metrics   http.Handler
	findings  findings
	flush     func()           // sends the last spans
	leaving   atomic.Bool      // told to stop: /readyz says so
	open      atomic.Int64     // connections
	shown     []templates.Page // empty ones of those that the routes name
	faults    []error          // of those
}

// Close closes STATE_FILE, where there is one, and sends the last spans, when the last
// request has been answered.
func (a *App) Close() error {
	defer a.flush()
	return a.okta.Close()
}

// Warm fetches what the first sign-in needs, and reports whether people can sign in.
func (a *App) Warm(ctx context.Context) error { return a.okta.Warm(ctx) }

// notFound is the answer where nothing is.
func (a *App) notFound(c *gin.Context) error {
	a.okta.Caller(c) // for the page's header alone, which names who is signed in
	return auth.NotFound()
}
