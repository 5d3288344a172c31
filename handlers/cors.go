package handlers

import (
	"net/http"
	"slices"

	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
)

// allowFrontEnds lets pages of the origins in CORS_ALLOWED_ORIGINS read the
// API's answers, with the session cookie. To every other origin, and outside the
// API, it is as if there were no CORS: browsers keep the answers from them, and
// refuseCrossOrigin stops what would change something.
func (a *Auth) allowFrontEnds() gin.HandlerFunc {
	allow := cors.New(cors.Config{
		AllowOrigins:     a.cfg.CORSAllowedOrigins,
		AllowMethods:     []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders:     []string{"Authorization", "Content-Type"},
		ExposeHeaders:    []string{"WWW-Authenticate", "X-Request-Id"},
		AllowCredentials: true,
	})
	return func(c *gin.Context) {
		if !isAPI(c.Request) {
			return
		}
		c.Header("Vary", "Origin")
		switch origin := c.GetHeader("Origin"); {
		case slices.Contains(a.cfg.CORSAllowedOrigins, origin):
			allow(c)
		case c.Request.Method == http.MethodOptions && origin != "":
			a.fail(c, &problem{
				status: http.StatusForbidden, heading: "This front end is not known here",
				detail: "The API serves front ends on the origins that its configuration names.", reason: "cross_origin",
			})
		}
	}
}
