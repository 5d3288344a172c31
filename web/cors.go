package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
)

// preflightLife is for how long a browser need not ask again: Chromium's longest.
const preflightLife = 2 * time.Hour

// AllowFrontEnds lets pages of origins read the answers below /api/, with cookies.
// To every other origin, and elsewhere, it is as if there were no CORS: browsers
// keep the answers from them, and CrossOrigin stops what would change something.
func (a *Answers) AllowFrontEnds(origins []string) gin.HandlerFunc {
	if len(origins) == 0 {
		return func(*gin.Context) {}
	}
	allow := cors.New(cors.Config{
		AllowOrigins: origins,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{
			"Authorization", "DPoP", "Content-Type", "Accept", "X-Requested-With",
			"Traceparent", "Tracestate", "Baggage", "Sentry-Trace",
		},
		ExposeHeaders:    []string{"WWW-Authenticate", "X-Request-Id", "Retry-After"},
		AllowCredentials: true,
		MaxAge:           preflightLife,
	})
	return func(c *gin.Context) {
		if !a.site.IsAPI(c.Request) {
			return
		}
		header := c.Writer.Header()
		header.Add("Vary", "Origin")
		switch origin := c.GetHeader("Origin"); {
		case slices.Contains(origins, origin):
			vary := header["Vary"]
			allow(c)
			header["Vary"] = vary // the host's own too
		case c.Request.Method == http.MethodOptions && origin != "":
			a.Fail(c, &Problem{
				Status: http.StatusForbidden, Heading: "This front end is not known here",
				Detail: "The API serves front ends on the origins that its configuration names.", Reason: "cross_origin",
			})
		}
	}
}
