package handlers

import (
	"errors"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/language"
	"example.com/okta-gin/templates"
)

// home serves GET /: the public front page. It greets whoever is signed in.
func (a *App) home(c *gin.Context) (templates.Home, error) {
	caller, err := a.okta.Identify(c)
	notice, words := "", a.okta.Words(c)
	if caller == nil && !errors.Is(err, auth.ErrNobody) {
		problem := a.okta.Explain(err)
		notice = words.Problem(problem.Detail, problem.Args)
	}
	return templates.Home{Base: a.base(c), Notice: notice, OtherWay: a.otherWay(words)}, nil
}

// otherWay is the way to sign in that SIGN_IN does not choose, to be tried where the
// stand-in for Okta is on this machine.
func (a *App) otherWay(words *language.Words) templates.Way {
	switch {
	case !a.cfg.OktaIsHere():
		return templates.Way{}
	case a.cfg.SignIn == "widget":
		return templates.Way{URL: a.okta.URL("/authorization-code/login-redirect"), Label: words.Text("home.other_hosted")}
	default:
		return templates.Way{URL: a.okta.URL("/authorization-code/login-custom"), Label: words.Text("home.other_widget")}
	}
}
