package web_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

// TestHeadersSeparately holds that a host may have each part without the others.
func TestHeadersSeparately(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		headers     web.Headers
		name, value string
	}{
		{web.Headers{ContentSecurityPolicy: "default-src 'self'"}, "Content-Security-Policy", "default-src 'self'"},
		{web.Headers{FrameOptions: "SAMEORIGIN"}, "X-Frame-Options", "SAMEORIGIN"},
		{web.Headers{ReferrerPolicy: "no-referrer"}, "Referrer-Policy", "no-referrer"},
		{web.Headers{PermissionsPolicy: "camera=()"}, "Permissions-Policy", "camera=()"},
		{web.Headers{OpenerPolicy: "same-origin"}, "Cross-Origin-Opener-Policy", "same-origin"},
		{web.Headers{ResourcePolicy: "same-site"}, "Cross-Origin-Resource-Policy", "same-site"},
		{web.Headers{NoSniff: true}, "X-Content-Type-Options", "nosniff"},
		{web.Headers{HSTS: time.Hour}, "Strict-Transport-Security", "max-age=3600"},
		{web.Headers{HSTS: 24 * time.Hour, HSTSSubdomains: true}, "Strict-Transport-Security", "max-age=86400; includeSubDomains"},
		{web.Headers{HSTSSubdomains: true}, "", ""},
		{web.Headers{HSTS: -time.Hour}, "", ""},
		{web.Headers{}, "", ""},
	} {
		a := newApp(t, nil)
		a.Use(tt.headers.Middleware())
		a.GET("/", func(c *gin.Context) { c.Status(http.StatusOK) })
		want := map[string][]string{}
		if tt.name != "" {
			want[tt.name] = []string{tt.value}
		}
		if got := a.ask("GET", "/").Header(); !maps.EqualFunc(got, want, func(a, b []string) bool { return strings.Join(a, "|") == strings.Join(b, "|") }) {
			t.Errorf("%+v: %v", tt.headers, got)
		}
	}
}

func TestStrictHeaders(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		a := newApp(t, nil)
		a.Use(web.StrictHeaders(secure).Middleware())
		a.GET("/", func(c *gin.Context) { c.Header("Referrer-Policy", "origin") })
		for _, target := range []string{"/", "/nowhere"} {
			h := a.ask("GET", target).Header()
			if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s: policy %q", target, csp)
			}
			if got := h.Get("Strict-Transport-Security"); (got == "max-age=63072000; includeSubDomains") != secure || (got == "") == secure {
				t.Errorf("%s: secure %v, HSTS %q", target, secure, got)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
				t.Errorf("%s: %v", target, h)
			}
		}
		if got := a.ask("GET", "/").Header().Get("Referrer-Policy"); got != "origin" {
			t.Errorf("the handler has not the last word: %q", got)
		}
	}
}
