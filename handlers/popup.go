package handlers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/templates"
)

// popupDone ends a sign-in that ran in a pop-up: a page tells the window that
// opened it, at the one origin that was checked when the sign-in began, whether
// it worked, and closes. Without a problem it did. The page hands out no token
// and no claim.
func (a *Auth) popupDone(c *gin.Context, w wish, p *problem) error {
	if p == nil {
		return a.render(c, http.StatusOK, templates.PopupDone{Origin: w.popupOrigin, Result: "success"})
	}
	noteProblem(c, p)
	return a.render(c, p.status, templates.PopupDone{
		Origin: w.popupOrigin, Result: "error", Reason: p.reason, Message: p.heading,
	})
}
