package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// healthz serves GET /healthz: 200 while the process can answer at all.
func (a *Auth) healthz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"status": "alive"})
	return nil
}

// readyz serves GET /readyz: 200 when people can sign in, else 503 and what is
// missing. It is also what brings the app back after Okta was away at its start.
func (a *Auth) readyz(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	checks, status := gin.H{"okta": "ok", "sessions": "ok"}, http.StatusOK
	if err := a.okta.Ready(c.Request.Context()); err != nil {
		checks["okta"], status = problemOf(err).reason, http.StatusServiceUnavailable
		noteProblem(c, problemOf(err))
	}
	if err := a.store.Ping(c.Request.Context()); err != nil {
		checks["sessions"], status = problemOf(err).reason, http.StatusServiceUnavailable
		noteProblem(c, problemOf(err))
	}
	c.JSON(status, checks)
	return nil
}
