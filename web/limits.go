package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

const (
	maxQuery   = 8 << 10  // bytes; deep links are under 6 KB
	longQuery  = 24 << 10 // bytes, where others' words come in it: 4 KB of them, each letter escaped
	maxCookies = 32 << 10 // bytes of all Cookie headers together
	maxCookie  = 8 << 10  // bytes; browsers send none above 4 KB
)

// Limit refuses input that no browser sends, before anything reads it: a query over
// 8 KB, a cookie over 8 KB, 32 KB of cookies, control characters in the path, NUL in the query.
func (a *Answers) Limit(c *gin.Context) {
	if p := checkRequest(c.Request, a.site.Path(c.Request) == a.wordy); p != nil {
		a.Fail(c, p)
	}
}

// checkRequest leaves a wordy query to its reader, up to another length.
func checkRequest(r *http.Request, wordy bool) *Problem {
	if n := len(r.URL.RawQuery); n > longQuery || n > maxQuery && !wordy {
		return &Problem{
			Status: http.StatusRequestURITooLong, Heading: "That address is too long",
			Detail: "Please go to the front page and start from there.", Reason: "query_too_long",
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
	if HasControl(r.URL.Path) || !wordy && strings.Contains(r.URL.RawQuery, "%00") {
		return BadRequest("The address holds control characters.")
	}
	return nil
}

func cookiesTooLarge() *Problem {
	return &Problem{
		Status: http.StatusRequestHeaderFieldsTooLarge, Heading: "Your browser sent too many cookies",
		Detail: "Please delete this site's cookies in your browser and try again.", Reason: "cookies_too_large",
	}
}
