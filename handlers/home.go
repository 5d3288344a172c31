package handlers

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

// home serves GET /: the public front page, and the page that Okta sends people
// back to after signing out there too.
func (a *Auth) home(c *gin.Context) error {
	if everywhere, ok := a.returnedFromSignOut(c); ok {
		return a.render(c, http.StatusOK, templates.SignedOut{Base: a.base(c), Everywhere: everywhere})
	}
	notice := ""
	switch _, err := a.caller(c); {
	case err == nil || errors.Is(err, session.ErrNone):
	case known(c): // signed in, but in none of the required groups
	default:
		notice = problemOf(err).detail
	}
	return a.render(c, http.StatusOK, templates.Home{Base: a.base(c), Notice: notice})
}

// base is the frame around a page.
func (a *Auth) base(c *gin.Context) templates.Base {
	return templates.Base{Person: knownPerson(c), Path: c.Request.URL.Path}
}
