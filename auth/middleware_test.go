package auth_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// TestMiddlewareForHosts holds that a host has this package's headers, log, limits and
// recovery on its own pages by asking for them.
func TestMiddlewareForHosts(t *testing.T) {
	t.Parallel()
	h := start(t, setup{
		env: map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"},
		app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			headers := okta.StrictHeaders()
			headers.FrameOptions, headers.HSTS = "", 0
			r.Use(okta.LogRequests(), okta.Recover(), auth.SecurityHeaders(headers), okta.AllowFrontEnds(), okta.Limit())
			mount(t, okta, r)
			r.GET("/", func(c *gin.Context) { c.String(http.StatusOK, auth.RequestID(c)) })
			r.GET("/noted", func(c *gin.Context) {
				auth.NoteProblem(c, okta.Explain(errors.New("odd")))
				c.Status(http.StatusAccepted)
			})
			r.GET("/panic", func(*gin.Context) { panic("secret words") })
			r.GET("/api/x", open)
			r.NoRoute(okta.Handle(func(*gin.Context) error { return auth.NotFound() }))
			return nil
		},
	})
	b := h.browser()
	r := b.Get("/?code=secret-code")
	if r.Body == "" || r.Header.Get("X-Request-Id") != r.Body || r.Header.Get("X-Frame-Options") != "" || r.Header.Get("Content-Security-Policy") == "" || r.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("%v %q", r.Header, r.Body)
	}
	if r := b.Get("/panic"); r.StatusCode != http.StatusInternalServerError || !strings.Contains(r.Body, "Something went wrong here") || strings.Contains(r.Body, "secret words") {
		t.Errorf("panic: %d %s", r.StatusCode, r.Body)
	}
	if r := b.Get("/nowhere"); r.StatusCode != http.StatusNotFound || !strings.Contains(r.Body, "There is no such page") {
		t.Errorf("no route: %d", r.StatusCode)
	}
	if r := b.Get("/?" + strings.Repeat("a", 9000)); r.StatusCode != http.StatusRequestURITooLong {
		t.Errorf("limit: %d", r.StatusCode)
	}
	if r := b.Get("/api/x", "Origin", "https://spa.example"); r.Header.Get("Access-Control-Allow-Origin") != "https://spa.example" {
		t.Errorf("front end: %v", r.Header)
	}
	b.Get("/noted")
	b.Get(testkit.CallbackPath + "?state=secret-state&code=secret-code")
	log := h.logs.String()
	for _, secret := range []string{"secret-code", "secret-state"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	for _, want := range []string{`"route":"/noted"`, `"error":"Something went wrong here: odd"`, `"panic":"secret words"`, `"route":"` + testkit.CallbackPath + `"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if strings.Contains(log, "request refused") {
		t.Error("a problem was logged beside the request's own line")
	}
}
