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
	case auth.KeptFormPage:
		shown := templates.KeptForm{
			Base: base, Sent: sent(p.Fields, p.Files, p.Text), Action: p.Action, MarkerName: p.Marker.Name, MarkerValue: p.Marker.Value,
			SiteOrigin: p.Site, Back: p.Back, Minutes: p.Minutes,
		}
		if p.Elsewhere() {
			shown.From = p.From
		}
		return l.app.render(c, status, shown)
	case auth.GivenBackPage:
		return l.app.render(c, status, templates.GivenBack{
			Base: base, Sent: sent(p.Fields, p.Files, p.Text), Why: p.Why, Cut: p.Cut, SignIn: p.SignIn,
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

// sent is what a form said, as this app's pages show it.
func sent(fields []auth.FormField, files []auth.FormFile, text string) templates.Sent {
	shown := templates.Sent{Text: text}
	for _, field := range fields {
		shown.Fields = append(shown.Fields, templates.SentField(field))
	}
	for _, file := range files {
		shown.Files = append(shown.Files, templates.SentFile(file))
	}
	return shown
}
