package signin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

// Login serves GET PREFIX/login-redirect and its short name: it starts a sign-in at
// Okta's hosted page. Parameters: return_to, login_hint, prompt, display and origin
// for a pop-up, and iss and target_link_uri when Okta's dashboard or another third
// party starts it (OpenID Connect Core section 4). Others are ignored.
//
// Who is signed in already goes to return_to, unless Okta's dashboard or a prompt that
// a person answers asks for more: a link on another site starts no session. A browser that only
// looks ahead gets 204, scripts are told to send a person, and a request under
// another name goes to the app's own first, once.
func (s *SignIns) Login(c *gin.Context) error {
	return s.start(c, s.Links.LoginPath(), func(c *gin.Context, w wish.Wish) error {
		w.Widget = false
		return s.Begin(c, w)
	})
}

// Short serves GET of the short name: what startPath serves.
func (s *SignIns) Short(c *gin.Context) error {
	if !s.Links.Widget {
		return s.Login(c)
	}
	c.Header("Cache-Control", "no-store")
	web.Redirect(c, http.StatusSeeOther, s.Links.Site.URL(s.Links.CustomPath())+query(c.Request))
	return nil
}

// query is that of r, with its question mark; empty where there is none.
func query(r *http.Request) string {
	if r.URL.RawQuery == "" {
		return ""
	}
	return "?" + r.URL.RawQuery
}

// start has a sign-in begun that path asks for, if there is anything to begin.
func (s *SignIns) start(c *gin.Context, path string, begin func(*gin.Context, wish.Wish) error) error {
	c.Header("Cache-Control", "no-store")
	switch {
	case web.IsScript(c.Request):
		return s.Links.NotSignedIn(links.CookieChallenge)
	case web.OnlyLooks(c.Request):
		c.Status(http.StatusNoContent)
		return nil
	}
	w, err := s.Wishes.Read(c.Request)
	if err != nil {
		return err
	}
	if kept, err := s.Sessions.Attempts().Peek(c.Request, w.State); err == nil || errors.Is(err, underway.ErrExpired) {
		asked := w
		_, w = wish.Unsealed(kept, s.Links.Landing())
		w.State, w.Moved = asked.State, asked.Moved
	}
	if w.PopupOrigin != "" {
		display.KeepOpener(c)
	}
	if !w.Moved && !s.Links.Site.Here(c.Request) {
		moved := c.Request.URL.Query()
		moved.Set(links.MovedParam, "1")
		web.Redirect(c, http.StatusSeeOther, s.Links.Site.Absolute(path)+"?"+moved.Encode())
		return nil
	}
	if !w.WantsMore() {
		person, err := s.People.BySession(c)
		if errors.Is(err, session.ErrUnavailable) {
			return err
		}
		if person != nil && !s.People.AboutToEnd(person) {
			return s.arrive(c, w)
		}
	}
	return begin(c, w)
}

// Initiate serves POST of the same paths: a third party's form that starts a sign-in
// (OpenID Connect Core section 4). The form came without our SameSite=Lax cookies, so
// the browser is sent on to login, where they tell who is signed in.
func (s *SignIns) Initiate(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	if !p.Has("iss") {
		return web.BadRequest("A form that starts a sign-in must name the issuer as iss.")
	}
	onward := url.Values{}
	for _, name := range []string{"iss", "login_hint", "target_link_uri"} {
		if p.Has(name) {
			onward.Set(name, p.Get(name))
		}
	}
	web.Redirect(c, http.StatusSeeOther, s.Links.Site.URL(s.Links.LoginPath())+"?"+onward.Encode())
	return nil
}

// Begin seals what the callback will need into a cookie and sends the browser to
// Okta, or to our own page. Who could not come back signed in is told so first.
func (s *SignIns) Begin(c *gin.Context, w wish.Wish) error {
	if err := s.canFinish(c.Request.Context()); err != nil {
		return s.refuse(c, w, err)
	}
	attempt, err := s.newAttempt(w)
	if err != nil {
		return err
	}
	target, err := s.target(c, attempt, w)
	if err != nil {
		return s.refuse(c, w, err)
	}
	if err := s.keep(c, attempt, w); err != nil {
		return err
	}
	return s.Display.Leave(c, target, http.StatusFound, http.StatusUnauthorized)
}

// tokens is how package okta names the endpoint that takes codes.
const tokens = "token"

// canFinish says why a sign-in that began could not end well: the session could not be
// kept, or Okta is not asked for tokens at the moment. Nobody is sent off for that.
func (s *SignIns) canFinish(ctx context.Context) error {
	if err := s.Sessions.Ping(ctx); err != nil {
		return err
	}
	return s.Guard.Check(tokens)
}

func (s *SignIns) newAttempt(w wish.Wish) (okta.Attempt, error) {
	attempt, err := s.Okta.NewAttempt()
	attempt.MaxAge, attempt.ACR = w.MaxAge, w.ACR
	return attempt, err
}

func (s *SignIns) keep(c *gin.Context, attempt okta.Attempt, w wish.Wish) error {
	if _, err := s.Sessions.Attempts().Save(c.Writer, c.Request, wish.Sealed(attempt, w)); err != nil {
		return fmt.Errorf("keep the sign-in attempt: %w", err)
	}
	return nil
}

// target is where the person signs in.
func (s *SignIns) target(c *gin.Context, attempt okta.Attempt, w wish.Wish) (string, error) {
	if w.Widget {
		return s.Links.To(s.Links.CustomPath(), w.Query(s.Links.Landing(), attempt.State)), nil
	}
	hints := okta.Hints{LoginHint: w.LoginHint, Prompt: w.Prompt, Extra: s.params(c)}
	if w.StepsUp() && hints.Prompt == "" && s.Prompt == "none" { // which would leave the person no way to do it
		hints.Prompt = links.PromptLogin
	}
	return s.Okta.AuthorizeURL(c.Request.Context(), attempt, hints)
}

// params are further ones for the authorize endpoint: the app's and, where they say
// nothing of it, the person's language. In one that only Okta speaks it finds the person
// itself, by what the browser accepts.
func (s *SignIns) params(c *gin.Context) url.Values {
	words := s.Display.Preferred(c)
	if words == nil || s.Params.Has("ui_locales") {
		return s.Params
	}
	params := url.Values{"ui_locales": {uiLocales(words.Tag())}}
	maps.Copy(params, s.Params)
	return params
}

// uiLocales is what Okta's pages take for a language: they have one of two Portugueses.
func uiLocales(tag string) string {
	if tag == "pt" {
		return "pt-BR pt"
	}
	return tag
}

// restart begins the same sign-in anew. The count of restarts is the brake: a
// browser is sent round at most once without a person asking for it.
func (s *SignIns) restart(c *gin.Context, w wish.Wish) error {
	w.Restarts++
	return s.Begin(c, w)
}
