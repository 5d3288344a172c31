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
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/links"
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
