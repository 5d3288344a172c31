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
	return templates.Home{Base: a.base(c), Notice: notice, OtherWay: a.otherWay()}, nil
}

// otherWay is the way to sign in that SIGN_IN does not choose, to be tried where the
// stand-in for Okta is on this machine.
func (a *App) otherWay() templates.Way {
	switch {
	case !a.cfg.OktaIsHere():
		return templates.Way{}
	case a.cfg.SignIn == "widget":
		return templates.Way{URL: a.okta.URL("/authorization-code/login-redirect"), Label: "Sign in at Okta"}
	default:
		return templates.Way{URL: a.okta.URL("/authorization-code/login-custom"), Label: "Sign in on this page"}
	}
}
