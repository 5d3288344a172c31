package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

const spa = "https://spa.example"

func corsApp(t *testing.T, origins ...string) *app {
	t.Helper()
	a := newApp(t, nil)
	a.Use(func(c *gin.Context) { c.Header("Vary", "Accept-Encoding") }, a.answers.AllowFrontEnds(origins))
	a.GET("/api/me", func(c *gin.Context) { c.String(http.StatusOK, "me") })
	a.GET("/page", func(c *gin.Context) { c.String(http.StatusOK, "page") })
	return a
}

func corsHeaders(h http.Header) (names []string) {
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	return names
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	a := corsApp(t, spa, "http://localhost:3000")
	for _, header := range []string{"authorization", "content-type", "traceparent", "tracestate", "baggage", "x-requested-with", "sentry-trace"} {
		w := a.ask("OPTIONS", "/api/me", "Origin", spa, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", header)
		h := w.Header()
		if w.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != spa || h.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s: %d %v", header, w.Code, h)
		}
		if !strings.Contains(strings.ToLower(h.Get("Access-Control-Allow-Headers")), header) || !strings.Contains(h.Get("Access-Control-Allow-Methods"), "PUT") {
			t.Errorf("%s is not allowed: %v", header, h)
		}
		if h.Get("Access-Control-Max-Age") != "7200" {
			t.Errorf("the answer lives for %q", h.Get("Access-Control-Max-Age"))
		}
	}
	for _, origin := range []string{"https://evil.example", "null", "https://spa.example.evil.example", "http://spa.example", spa + "/", strings.ToUpper(spa), "*"} {
		w := a.ask("OPTIONS", "/api/me", "Origin", origin, "Access-Control-Request-Method", "PUT")
		if w.Code != http.StatusForbidden || len(corsHeaders(w.Header())) != 0 || !strings.Contains(w.Body.String(), "cross_origin") {
			t.Errorf("%s: %d %v %s", origin, w.Code, w.Header(), w.Body)
		}
	}
}

func TestCORSAnswers(t *testing.T) {
	t.Parallel()
	a := corsApp(t, spa)
	for _, tt := range []struct {
		name, target, origin string
		allowed              bool
	}{
		{"the front end", "/api/me", spa, true},
		{"another", "/api/me", "https://evil.example", false},
		{"none", "/api/me", "", false},
		{"a page of the app", "/page", spa, false},
	} {
		w := a.ask("GET", tt.target, "Origin", tt.origin)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", tt.name, w.Code)
		}
		if got := w.Header().Get("Access-Control-Allow-Origin") == spa; got != tt.allowed || (len(corsHeaders(w.Header())) > 0) != tt.allowed {
			t.Errorf("%s: %v", tt.name, w.Header())
		}
		vary := w.Header().Values("Vary")
		if !slices.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s: the host's own Vary is gone: %q", tt.name, vary)
		}
		if got := slices.Contains(vary, "Origin"); got != strings.HasPrefix(tt.target, "/api/") {
			t.Errorf("%s: Vary is %q", tt.name, vary)
		}
	}
	if w := corsApp(t).ask("GET", "/api/me", "Origin", spa); len(corsHeaders(w.Header())) != 0 || slices.Contains(w.Header().Values("Vary"), "Origin") {
		t.Errorf("without front ends: %v", w.Header())
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	if _, err := web.NewCrossOrigin("app.example"); err == nil || !strings.Contains(err.Error(), "app.example") {
		t.Errorf("an origin without a scheme: %v", err)
	}
	x, err := web.NewCrossOrigin("https://app.example", spa)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, method string
		headers      []string
		refused      bool
	}{
		{"a page's own form", "POST", []string{"Origin", "https://app.example", "Sec-Fetch-Site", "same-origin"}, false},
		{"a front end", "POST", []string{"Origin", spa, "Sec-Fetch-Site", "cross-site"}, false},
		{"another site", "POST", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, true},
		{"another site, old browser", "POST", []string{"Origin", "https://evil.example"}, true},
		{"a sibling", "POST", []string{"Origin", "https://x.app.example", "Sec-Fetch-Site", "same-site"}, true},
		{"a hidden origin", "POST", []string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, true},
		{"a program", "POST", nil, false},
		{"a link", "GET", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, false},
	} {
		err := x.Check(asked(tt.method, "https://app.example/", tt.headers...))
		if (err != nil) != tt.refused {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil && (problem(t, err).Status != http.StatusForbidden || problem(t, err).Reason != "cross_origin") {
			t.Errorf("%s: %+v", tt.name, err)
		}
	}
}
