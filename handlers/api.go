package handlers

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

type message struct {
	Date time.Time `json:"date"`
	Text string    `json:"text"`
}

// messages serves GET /api/messages, the sample API.
func (a *App) messages(c *gin.Context) error {
	now := a.now().UTC().Truncate(time.Second)
	c.JSON(http.StatusOK, gin.H{"messages": []message{
		{now.Add(-time.Hour), "I am a robot."},
		{now, "Hello, world!"},
	}})
	return nil
}

// me serves GET /api/me: the caller's verified claims.
func (a *App) me(c *gin.Context) error {
	claims, err := a.okta.Known(c).JSON()
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", claims)
	return nil
}
