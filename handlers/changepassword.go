package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

// changePassword serves GET /.well-known/change-password, the address that password
// managers know (W3C, A Well-Known URL for Changing Passwords): they keep what is typed
// into the widget as a password of this site. It leads to the person's settings at Okta.
func (a *App) changePassword(c *gin.Context) error {
	web.Redirect(c, http.StatusSeeOther, a.cfg.OrgURL()+"/enduser/settings")
	return nil
}
