package auth

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/tongue"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/web"
)

// Texts are the words of all languages, those of Options.Texts included.
func (a *Auth) Texts() *language.Texts { return a.tongue.Texts }

// Words are in the language of whoever sent c's request: the one that they have chosen,
// else what their browser accepts, else the `locale` claim of the person whom a rule or
// Caller has found, else English.
func (a *Auth) Words(c *gin.Context) *language.Words { return a.display.Words(c) }

// Switch is for a menu of languages on a page of the app.
type Switch = pages.Switch

// LanguageSwitch is what a menu of languages on the answer to c's request posts, to come
// back to the same page.
func (a *Auth) LanguageSwitch(c *gin.Context) Switch { return a.tongue.Switch(c.Request) }

func newTongue(l links.Links, o Options, crossOrigin web.CrossOrigin) (*tongue.Tongue, error) {
	texts, err := language.New(o.Texts...)
	if err != nil {
		return nil, fmt.Errorf("auth: Options.Texts: %w", err)
	}
	return tongue.New(tongue.Options{Links: l, Texts: texts, CookieName: o.CookieName, CrossOrigin: crossOrigin}), nil
}
