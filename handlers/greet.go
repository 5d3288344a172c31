package handlers

import (
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

// greet serves GET /greet, the sample closed page: a greeting for the time of
// day where the person is, by the zoneinfo claim.
func (a *App) greet(c *gin.Context) (templates.Greet, error) {
	caller := a.okta.Caller(c)
	part := partOfDay(a.now().In(zoneOf(caller)).Hour())
	return templates.Greet{Base: a.base(c), Name: caller.Name(), TimeOfDay: part}, nil
}

func zoneOf(caller *auth.Caller) *time.Location {
	zone, err := time.LoadLocation(caller.Text("zoneinfo"))
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
