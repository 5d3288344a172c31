package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/templates"
)

// greet serves GET /greet, the sample closed page: a greeting for the time of
// day where the person is, by the zoneinfo claim.
func (a *Auth) greet(c *gin.Context) error {
	caller, _ := CallerFrom(c)
	part := partOfDay(a.now().In(zoneOf(caller)).Hour())
	return a.render(c, http.StatusOK, templates.Greet{
		Base: a.base(c), Greeting: "Good " + part + ", " + caller.name(), TimeOfDay: part,
	})
}

func zoneOf(caller *Caller) *time.Location {
	name, _ := caller.Claims["zoneinfo"].(string)
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}

func partOfDay(hour int) string {
	switch {
	case hour < 5 || hour >= 22:
		return "night"
	case hour < 12:
		return "morning"
	case hour < 18:
		return "afternoon"
	default:
		return "evening"
	}
}
