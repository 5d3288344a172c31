package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// Headers are the security headers of a response. An empty one is not sent.
type Headers struct {
	ContentSecurityPolicy string
	FrameOptions          string // X-Frame-Options
	ReferrerPolicy        string
	PermissionsPolicy     string
	OpenerPolicy          string // Cross-Origin-Opener-Policy
	ResourcePolicy        string // Cross-Origin-Resource-Policy
	NoSniff               bool   // X-Content-Type-Options: nosniff

	// HSTS is how long browsers are to ask for https alone (RFC 6797). Zero says
	// nothing of it. With HSTSSubdomains, that covers every subdomain of the host.
	HSTS           time.Duration
	HSTSSubdomains bool
}

// ContentSecurityPolicy allows a page its own origin's files and nothing inline.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// StrictHeaders allow a page its own origin's files and nothing inline, no frame
// around it, no opener, and no device. On https they ask for it for two years.
func StrictHeaders(secure bool) Headers {
	h := Headers{
		ContentSecurityPolicy: ContentSecurityPolicy,
		FrameOptions:          "DENY",
		ReferrerPolicy:        "same-origin",
		PermissionsPolicy:     "camera=(), geolocation=(), microphone=(), payment=()",
		OpenerPolicy:          "same-origin",
		ResourcePolicy:        "same-origin",
		NoSniff:               true,
	}
	if secure {
		h.HSTS, h.HSTSSubdomains = 2*365*24*time.Hour, true
	}
	return h
}

// Middleware sets the headers before the handler runs, which may change them.
func (h Headers) Middleware() gin.HandlerFunc {
	type line struct {
		name   string // in its canonical form
		values []string
	}
	var lines []line
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, line{name, []string{value}})
		}
	}
	add("Content-Security-Policy", h.ContentSecurityPolicy)
	add("X-Frame-Options", h.FrameOptions)
	add("Referrer-Policy", h.ReferrerPolicy)
	add("Permissions-Policy", h.PermissionsPolicy)
	add("Cross-Origin-Opener-Policy", h.OpenerPolicy)
	add("Cross-Origin-Resource-Policy", h.ResourcePolicy)
	if h.NoSniff {
		add("X-Content-Type-Options", "nosniff")
	}
	add("Strict-Transport-Security", h.strictTransport())
	return func(c *gin.Context) {
		header := c.Writer.Header()
		for _, l := range lines {
			header[l.name] = l.values // all answers share it: who adds one more makes a slice of their own
		}
	}
}

func (h Headers) strictTransport() string {
	if h.HSTS <= 0 {
		return ""
	}
	value := []string{"max-age=" + strconv.Itoa(int(h.HSTS.Seconds()))}
	if h.HSTSSubdomains {
		value = append(value, "includeSubDomains")
	}
	return strings.Join(value, "; ")
}
