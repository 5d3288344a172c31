package handlers

import (
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/templates"
)

// popupDone ends a sign-in that ran in a pop-up: a page tells the window that
// opened it, at the one origin that was checked when the sign-in began, whether
// it worked, and closes. It hands out no token and no claim.
func (a *Auth) popupDone(c *gin.Context, status int, w wish, reason string) error {
	result := "success"
	if reason != "" {
		result = "error"
	}
	return a.render(c, status, templates.PopupDone{Origin: w.popupOrigin, Result: result, Reason: reason})
}
