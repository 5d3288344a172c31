// Package keptform lets a form survive a new sign-in. A form that comes to a closed page
// without a session, or with one that is not good enough, is kept; after the sign-in the
// person sees what would be sent where, with one button; nothing is sent by itself. What
// can't be kept is given back, to be copied, before anybody leaves for Okta.
//
// The button posts to the page that the form was for, like any form of the app's own. So
// everything that stands before that page checks again; the rule that lets the person pass
// puts what was kept in the place of what the button sent.
package keptform

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// ErrAnswered says that the person has been answered with a page that gives back what
// they sent.
var ErrAnswered = errors.New("keptform: answered")

// Options are what a Keeper is made of.
type Options struct {
	Links       links.Links
	Forms       *kept.Forms
	Size        watch.Size // of the store, in bytes; nil where it is Redis
	CrossOrigin web.CrossOrigin
	MaxFiles    int // bytes of a form with files; those without may have MaxForm in any case
	Display     *display.Display
	Log         *slog.Logger
	Now         func() time.Time
}

// Keeper keeps forms. A nil Keeper keeps none and gives none back. It is safe for
// concurrent use.
type Keeper struct {
	Options
	budget *budget
}

// New returns a Keeper.
func New(o Options) (*Keeper, error) {
	b, err := newBudget(o.Now)
	if err != nil {
		return nil, err
	}
	return &Keeper{o, b}, nil
}

// Bounds says of how many it is known how much they have sent, and where that is known how
// many bytes are kept.
func (k *Keeper) Bounds() map[string]watch.Size {
	if k == nil {
		return nil
	}
	sizes := map[string]watch.Size{"form_senders": func() (used, most int) { return k.budget.own.Len(), remembered }}
	if k.Size != nil {
		sizes["form_bytes"] = k.Size
	}
	return sizes
}

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
	body, err := k.read(r, person != kept.Nobody)
	if err != nil {
		return "", err
	}
	target, ok := k.Links.Site.Local(k.Links.Site.Asked(r))
	if !ok || !k.Links.Site.Here(r) {
		return "", &refusal{status: http.StatusUnauthorized, reason: "form_address", body: body}
	}
	if !k.budget.spend(person, k.Links.Site.Client(r), len(body)) {
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

// param names, in the address of the page, which of a browser's forms it shows. It is no
// secret.
const param = "form"

func (k *Keeper) page(name string) string {
	return k.Links.To(k.Links.FormPath(), url.Values{param: {name}})
}

// Remember has the browser know who has signed in, and gives the person the form that
// their sign-in began with, if it did: returnTo is where the sign-in leads. Call it at the
// end of a sign-in alone.
func (k *Keeper) Remember(w http.ResponseWriter, r *http.Request, subject, returnTo string) {
	if k == nil {
		return
	}
	person := k.Forms.Person(subject)
	k.Forms.Remember(w, person)
	u, err := url.Parse(returnTo)
	if err == nil && u.Path == k.Links.Site.URL(k.Links.FormPath()) {
		k.Forms.Bind(w, r, u.Query().Get(param), person)
	}
}
