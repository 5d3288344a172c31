package keptform

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/web"
)

// Keep keeps what a person's browser has sent in c's request, for the person with that
// subject or, where it is empty, for whoever signed in last in this browser. It returns
// the URL of the page that shows it, empty for a request that is no form, or a step of sign-in's own. It returns
// ErrAnswered where it could not be kept, and a problem for what came from another site.
func (k *Keeper) Keep(c *gin.Context, subject string) (page string, err error) {
	r := c.Request
	if k == nil || r.Method != http.MethodPost || k.Links.Site.IsProgram(r) || k.Links.OwnRoute(k.Links.Site.Asked(r)) {
		return "", nil
	}
	if err := k.CrossOrigin.Check(r); err != nil {
		return "", err
	}
	if name, ok := confirmed(r); ok { // it waits already
		display.NoteKept(c)
		return k.page(name), nil
	}
	person := k.Forms.Person(subject)
	if person == kept.Nobody {
		person = k.Forms.Remembered(r)
	}
	name, err := k.keep(c, person)
	var no *refusal
	if errors.As(err, &no) {
		return "", k.giveBack(c, no)
	}
	if err != nil {
		return "", err
	}
	display.NoteKept(c)
	return k.page(name), nil
}

func (k *Keeper) keep(c *gin.Context, person kept.Person) (name string, err error) {
	r := c.Request
	maxFiles := 0
	if person != kept.Nobody {
		maxFiles = k.MaxFiles
	}
	body, err := readForm(r, maxFiles)
	if err != nil {
		return "", err
	}
	target, ok := k.Links.Site.Local(k.Links.Site.Asked(r))
	if !ok || !k.Links.Site.Here(r) {
		return "", &refusal{status: http.StatusUnauthorized, reason: "form_address", body: body}
	}
	if !k.budget.spend(person, k.Links.Site.Network(r), len(body)) {
		return "", &refusal{status: http.StatusUnauthorized, reason: "form_quota", body: body}
	}
	form := kept.Form{Target: target, ContentType: r.Header.Get("Content-Type"), Origin: originOf(r), Body: body}
	if back, ok := k.Links.Back(r); ok {
		form.Back = back
	}
	name, err = k.Forms.Keep(c.Writer, r, form, person)
	switch {
	case errors.Is(err, kept.ErrFull):
		return "", &refusal{status: http.StatusUnauthorized, reason: "form_full", body: body, cause: err}
	case errors.Is(err, session.ErrUnavailable):
		return "", &refusal{status: http.StatusUnauthorized, reason: "form_store_unavailable", body: body, cause: err}
	case err != nil:
		return "", fmt.Errorf("keep what was sent: %w", err)
	}
	k.Log.InfoContext(r.Context(), "form kept until its person has signed in again",
		"request_id", web.RequestID(c), "route", c.FullPath(), "bytes", len(body), "person_known", person != kept.Nobody)
	return name, nil
}

// originOf is where the page is that the form was on, as far as the browser says.
func originOf(r *http.Request) string {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "null" {
		return origin
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
