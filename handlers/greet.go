package handlers

import (
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/templates"
)

// greet serves GET /greet, the sample closed page: a greeting for the time of
// day where the person is, by the zoneinfo claim.
func (a *App) greet(c *gin.Context) (templates.Greet, error) {
	caller := a.okta.Caller(c)
	part := partOfDay(a.now().In(a.zones.of(caller.Text("zoneinfo"))).Hour())
	return templates.Greet{Base: a.base(c), Name: caller.Name(), TimeOfDay: part}, nil
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
