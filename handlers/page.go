package handlers

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

// page makes a handler of h, which fills in a page. That the page's template is
// there is checked when the app starts; that it fits, by a test.
func page[T templates.Page](a *App, h func(*gin.Context) (T, error)) gin.HandlerFunc {
	var empty T
	a.check(empty)
	return a.okta.Handle(func(c *gin.Context) error {
		filled, err := h(c)
		if err != nil {
			return err
		}
		return a.render(c, http.StatusOK, filled)
	})
}

// plain makes a handler of a template that needs nothing but the frame around it,
// such as plain(a, "about.html").
func plain(a *App, file string) gin.HandlerFunc {
	a.check(templates.Plain{File: file})
	return a.okta.Handle(func(c *gin.Context) error {
		return a.render(c, http.StatusOK, templates.Plain{Base: a.base(c), File: file})
	})
}

// check notes that a page is shown, and whether it lacks its template.
func (a *App) check(page templates.Page) {
	a.shown = append(a.shown, page)
	if err := a.pages.Check(page); err != nil {
		a.faults = append(a.faults, err)
	}
}

// render answers with a page: the whole of it, or nothing and an error. Every
// page may hold personal data, so none is stored.
func (a *App) render(c *gin.Context, status int, page templates.Page) error {
	c.Header("Cache-Control", "no-store")
	body, err := a.memory.render(page)
	if err != nil {
		return err
	}
	return a.sender.send(c, status, body)
}

// base is the frame around a page. It names who is known already to be signed in.
func (a *App) base(c *gin.Context) templates.Base {
	return templates.Base{
		Site: a.site, Person: person(a.okta.Known(c)), Path: a.okta.Path(c),
		Words: a.okta.Words(c), Switch: templates.Switch(a.okta.LanguageSwitch(c)), Script: templates.Script(a.okta.SessionScript(c)),
	}
}

func person(caller *auth.Caller) *templates.Person {
	if caller == nil || !caller.SignedIn() {
		return nil
	}
	name := caller.Name()
	return &templates.Person{Name: name, Email: caller.Email(), Initials: initials(name)}
}

// initials are the first letters of the first and the last word of name, and where it has
// no letters its first sign. Arabic ones stand apart.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		if i := strings.IndexFunc(name, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }); i >= 0 {
			return firstLetter(name[i:])
		}
		return "?"
	}
	letters := firstLetter(words[0])
	if len(words) > 1 {
		if r, _ := utf8.DecodeRuneInString(letters); unicode.Is(unicode.Arabic, r) {
			letters += "\u200c" // zero width non-joiner
		}
		letters += firstLetter(words[len(words)-1])
	}
	return letters
}

func firstLetter(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}
