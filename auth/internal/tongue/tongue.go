// Package tongue finds the language of whoever sends a request, and remembers the one
// that they have chosen.
package tongue

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/web"
)

// remembered is how long a browser keeps a choice that it makes no use of.
const remembered = 365 * 24 * time.Hour

// Options are what a Tongue goes by.
type Options struct {
	Links       links.Links
	Texts       *language.Texts
	CookieName  string // of the session's cookie, without any prefix
	CrossOrigin web.CrossOrigin
}

// Tongue tells languages. It is safe for concurrent use.
type Tongue struct {
	Options
	cookie string
}

// New returns a Tongue.
func New(o Options) *Tongue {
	t := &Tongue{o, o.CookieName + "_language"}
	if o.Links.Site.Secure() {
		t.cookie = "__Host-" + t.cookie
	}
	return t
}

// Of returns the language for r: the one that its browser has chosen, else what it
// accepts, else locale, the person's claim of that name. It returns nil where none of
// these is a language of the app.
func (t *Tongue) Of(r *http.Request, locale string) *language.Words {
	chosen := ""
	for _, cookie := range r.CookiesNamed(t.cookie) {
		chosen = cookie.Value
	}
	return t.Texts.Choose(chosen, r.Header.Get("Accept-Language"), locale)
}

// Switch is what a menu of languages on the answer to r posts to Choose. It leads back
// to the page that is being shown, unless that is a step of a sign-in or a sign-out.
func (t *Tongue) Switch(r *http.Request) pages.Switch {
	here := t.Links.BackOrLanding(r)
	if t.Links.OwnRoute(here) && !t.Links.Stays(here) {
		here = t.Links.Home()
	}
	return pages.Switch{Action: t.Links.Site.URL(t.Links.LanguagePath()), ReturnTo: here}
}

// Choose serves POST PREFIX/language: it has the browser remember language, a tag, and
// leads back to return_to, a path of the app.
func (t *Tongue) Choose(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := t.CrossOrigin.Check(c.Request); err != nil {
		return err
	}
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	chosen := t.Texts.Tagged(p.Get("language"))
	if chosen == nil {
		return web.BadRequest("That is no language of this app.")
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: t.cookie, Value: chosen.Tag(), Path: "/", MaxAge: int(remembered.Seconds()),
		Secure: t.Links.Site.Secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	target, ok := t.Links.Site.Local(p.Get("return_to"))
	if !ok {
		target = t.Links.Home()
	}
	web.Redirect(c, http.StatusSeeOther, target)
	return nil
}
