package keptform

import (
	"errors"
	"math"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/web"
)

// Show serves GET PREFIX/form?form=NAME to the person with that subject: what was kept,
// where it would go, and the button that sends it. It changes nothing.
func (k *Keeper) Show(c *gin.Context, subject string) error {
	if k == nil {
		return web.NotFound()
	}
	name := c.Query(param)
	form, err := k.Forms.Find(c.Request, name, k.Forms.Person(subject))
	if err != nil {
		return k.explain(name, err)
	}
	content := parse(form.ContentType, form.Body)
	return k.Display.Page(c, http.StatusOK, pages.KeptForm{
		Frame: k.Display.Frame(c), Action: form.Target, Marker: pages.Field{Name: marker, Value: name}, Site: k.Links.Site.Origin(), From: form.Origin, Back: form.Back,
		Minutes: max(1, int(math.Ceil(form.Until.Sub(k.Now()).Minutes()))),
		Fields:  content.fields, Files: content.files, Text: content.plain,
	})
}

// explain finds the problem in why a form can't be had.
func (k *Keeper) explain(name string, err error) error {
	switch {
	case errors.Is(err, kept.ErrGone):
		return &web.Problem{
			Status: http.StatusGone, Heading: "There is nothing left to send",
			Detail: "What you sent has been sent on already, or is older than a quarter of an hour. Nothing has been sent by this step.",
			Reason: "form_gone", Cause: err,
		}
	case errors.Is(err, kept.ErrNotYours):
		return &web.Problem{
			Status: http.StatusForbidden, Heading: "That is another person's form",
			Detail: "It was filled in by somebody else in this browser, who alone may see and send it.",
			Reason: "form_of_another", Cause: err, Otherwise: k.Links.OtherAccount(k.page(name)),
		}
	case errors.Is(err, kept.ErrNobodys):
		return &web.Problem{
			Status: http.StatusUnauthorized, Heading: "Please sign in once more",
			Detail: "What was sent from this browser is kept, but not yet known to be yours.",
			Reason: "form_of_nobody", Cause: err, Challenge: links.CookieChallenge,
			TryAgain: web.Way{URL: k.Links.Login(k.page(name), links.PromptLogin), Label: "Sign in again"},
		}
	default:
		return err
	}
}

// giveBack answers with what was sent and could not be kept, to be copied.
func (k *Keeper) giveBack(c *gin.Context, no *refusal) error {
	if no.status == http.StatusUnauthorized {
		c.Writer.Header().Add("WWW-Authenticate", links.CookieChallenge)
	}
	web.NoteProblem(c, &web.Problem{Status: no.status, Heading: "Not signed in", Reason: no.reason, Cause: no.cause})
	content := parse(c.Request.Header.Get("Content-Type"), no.body)
	frame := k.Display.Frame(c)
	frame.SignIn = k.Links.OnSite(c.Request, k.Links.LoginFor(c.Request))
	err := k.Display.Page(c, no.status, pages.GivenBack{
		Frame: frame, Why: k.Display.Words(c).Text("given.why_" + no.reason), Fields: content.fields, Files: content.files, Text: content.plain, Cut: content.cut,
	})
	if err != nil {
		return err
	}
	return ErrAnswered
}
