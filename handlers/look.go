package handlers

import (
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

// look shows sign-in's pages in this app's layout. The small windows between two
// places keep the default look.
type look struct{ app *App }

// Show implements auth.Look.
func (l look) Show(c *gin.Context, status int, page auth.Page) error {
	base := l.app.base(c)
	switch p := page.(type) {
	case auth.ErrorPage:
		return l.app.render(c, status, templates.Error{
			Base: base, Status: p.Status, Heading: p.Heading, Message: p.Message, OktaSays: p.Quote, RequestID: p.RequestID,
			TryAgain: templates.Way(p.TryAgain), Otherwise: templates.Way(p.Otherwise), NeedGroups: p.Needs,
		})
	case auth.ConfirmSignOutPage:
		return l.app.render(c, status, templates.ConfirmSignOut{Base: base, ReturnTo: p.ReturnTo})
	case auth.SignedOutPage:
		return l.app.render(c, status, templates.SignedOut{
			Base: base, Ended: p.Ended, Everywhere: p.Everywhere, AtOkta: p.AtOkta, HereOnly: p.HereOnly, Unsure: p.Unsure,
		})
	case auth.WidgetPage:
		base.Nonce = p.Nonce
		return l.app.render(c, status, templates.SignIn{Base: base, Head: p.Head, Body: p.Body})
	case auth.SessionsPage:
		shown := templates.Sessions{Base: base, Action: p.Action, More: p.More, OthersUnknown: p.OthersUnknown, Ended: p.Ended}
		for _, device := range p.Devices {
			shown.Devices = append(shown.Devices, templates.Device(device))
		}
		return l.app.render(c, status, shown)
	default:
		return auth.ErrDefaultLook
	}
}
