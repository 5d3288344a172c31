package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/config"
)

const (
	maxQuery   = 8 << 10  // bytes; Okta's answers are under 1 KB
	maxCookies = 32 << 10 // bytes of all Cookie headers together
	maxCookie  = 8 << 10  // bytes; browsers send none above 4 KB
	maxForm    = 64 << 10 // bytes of a posted form
)

// contentSecurityPolicy allows this origin's own files and nothing inline.
// Forms may also lead to Okta, because browsers apply form-action to the
// redirect that follows the sign-out form.
func contentSecurityPolicy(cfg config.Config) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src 'self'",
		"form-action 'self' " + cfg.OrgURL(),
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}

// secure sets the headers that every response carries.
func (a *Auth) secure(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", a.csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if !partOfPopup(c.Request.URL.Path) {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	if a.cfg.Secure() {
		h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
	}
}

// partOfPopup names the steps of a sign-in in a pop-up. They keep their opener,
// which waits to be told how it went.
func partOfPopup(path string) bool {
	return path == loginPath || path == shortLoginPath || path == callbackPath
}

// limit refuses input that no browser sends, before anything reads it.
func (a *Auth) limit(c *gin.Context) {
	if err := checkRequest(c.Request); err != nil {
		a.fail(c, err)
	}
}

func checkRequest(r *http.Request) error {
	if len(r.URL.RawQuery) > maxQuery {
		return &problem{
			status: http.StatusRequestURITooLong, heading: "That address is too long",
			detail: "Please go to the front page and start from there.", reason: "query_too_long",
		}
	}
	total := 0
	for _, header := range r.Header["Cookie"] {
		total += len(header)
		for pair := range strings.SplitSeq(header, ";") {
			if len(pair) > maxCookie {
				return cookiesTooLarge()
			}
		}
	}
	if total > maxCookies {
		return cookiesTooLarge()
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badRequest("The address is not encoded as addresses are.")
	}
	for name, values := range query {
		if hasControl(name) || hasControl(values...) {
			return badRequest("The address holds control characters.")
		}
	}
	if hasControl(r.URL.Path) {
		return badRequest("The address holds control characters.")
	}
	return nil
}

func cookiesTooLarge() *problem {
	return &problem{
		status: http.StatusRequestHeaderFieldsTooLarge, heading: "Your browser sent too many cookies",
		detail: "Please delete this site's cookies in your browser and try again.", reason: "cookies_too_large",
	}
}

func hasControl(values ...string) bool {
	for _, value := range values {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return true
		}
	}
	return false
}

// refuseCrossOrigin stops requests that another site makes people's browsers
// send, where they would change something. Okta's form_post answer is such a
// request by design; its state protects it.
func (a *Auth) refuseCrossOrigin(c *gin.Context) {
	if c.Request.URL.Path == callbackPath {
		return
	}
	if err := a.crossOrigin.Check(c.Request); err != nil {
		a.fail(c, &problem{
			status: http.StatusForbidden, heading: "That came from another site",
			detail: "This app accepts changes only from its own pages. Please try again from here.",
			cause:  err, reason: "cross_origin",
		})
	}
}
