package handlers

import (
	"errors"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

// home serves GET /: the public front page. It greets whoever is signed in.
func (a *App) home(c *gin.Context) (templates.Home, error) {
	caller, err := a.okta.Identify(c)
	notice := ""
	if caller == nil && !errors.Is(err, auth.ErrNobody) {
		notice = a.okta.Explain(err).Detail
	}
	return templates.Home{Base: a.base(c), Notice: notice}, nil
}
