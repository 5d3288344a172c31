package auth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// login serves GET PREFIX/login-redirect and its short name: it starts a sign-in at
// Okta's hosted page. Parameters: return_to, login_hint, prompt, display and origin
// for a pop-up, and iss and target_link_uri when Okta's dashboard or another third
// party starts it (OpenID Connect Core section 4). Others are ignored.
//
// Who is signed in already goes to return_to, unless Okta's dashboard or a prompt that
// a person answers asks for more: a link on another site starts no session. A browser that only
// looks ahead gets 204, scripts are told to send a person, and a request under
// another name goes to the app's own first, once.
func (s *signIns) login(c *gin.Context) error {
	return s.start(c, s.links.loginPath(), func(c *gin.Context, w wish) error {
		w.widget = false
		return s.begin(c, w)
	})
}

// short serves GET of the short name: what startPath serves.
func (s *signIns) short(c *gin.Context) error {
	if !s.links.widget {
		return s.login(c)
	}
	c.Header("Cache-Control", "no-store")
	web.Redirect(c, http.StatusSeeOther, s.links.site.URL(s.links.customPath())+query(c.Request))
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
func (s *signIns) start(c *gin.Context, path string, begin func(*gin.Context, wish) error) error {
	c.Header("Cache-Control", "no-store")
	switch {
	case web.IsScript(c.Request):
		return s.links.notSignedIn(cookieChallenge)
	case web.IsSpeculative(c.Request) || c.Request.Method == http.MethodHead:
		c.Status(http.StatusNoContent)
		return nil
	}
	w, err := s.wishes.read(c.Request)
	if err != nil {
		return err
	}
	if kept, err := s.sessions.Attempts().Peek(c.Request, w.state); err == nil || errors.Is(err, session.ErrAttemptExpired) {
		asked := w
		_, w = unsealed(kept, s.links.landing())
		w.state, w.moved = asked.state, asked.moved
	}
	if w.popupOrigin != "" {
		keepOpener(c)
	}
	if !w.moved && !s.links.site.Here(c.Request) {
		moved := c.Request.URL.Query()
		moved.Set(movedParam, "1")
		web.Redirect(c, http.StatusSeeOther, s.links.site.Absolute(path)+"?"+moved.Encode())
		return nil
	}
	if !w.wantsMore() {
		person, err := s.people.bySession(c)
		if errors.Is(err, session.ErrUnavailable) {
			return err
		}
		if person != nil && !s.people.aboutToEnd(person) {
			return s.arrive(c, w)
		}
	}
	return begin(c, w)
}

// initiate serves POST of the same paths: a third party's form that starts a sign-in
// (OpenID Connect Core section 4). The form came without our SameSite=Lax cookies, so
// the browser is sent on to login, where they tell who is signed in.
func (s *signIns) initiate(c *gin.Context) error {
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
	web.Redirect(c, http.StatusSeeOther, s.links.site.URL(s.links.loginPath())+"?"+onward.Encode())
	return nil
}

// begin seals what the callback will need into a cookie and sends the browser to
// Okta, or to our own page.
func (s *signIns) begin(c *gin.Context, w wish) error {
	attempt := newAttempt(w)
	target, err := s.target(c, attempt, w)
	if err != nil {
		return s.refuse(c, w, err)
	}
	if err := s.keep(c, attempt, w); err != nil {
		return err
	}
	return s.display.leave(c, target, http.StatusFound, http.StatusUnauthorized)
}

func newAttempt(w wish) okta.Attempt {
	attempt := okta.NewAttempt()
	attempt.MaxAge, attempt.ACR = w.maxAge, w.acr
	return attempt
}

func (s *signIns) keep(c *gin.Context, attempt okta.Attempt, w wish) error {
	if _, err := s.sessions.Attempts().Save(c.Writer, c.Request, sealed(attempt, w)); err != nil {
		return fmt.Errorf("keep the sign-in attempt: %w", err)
	}
	return nil
}

// target is where the person signs in.
func (s *signIns) target(c *gin.Context, attempt okta.Attempt, w wish) (string, error) {
	if w.widget {
		return s.links.to(s.links.customPath(), w.query(s.links.landing(), attempt.State)), nil
	}
	hints := okta.Hints{LoginHint: w.loginHint, Prompt: w.prompt, Extra: s.params}
	if w.stepsUp() && hints.Prompt == "" && s.prompt == "none" { // which would leave the person no way to do it
		hints.Prompt = promptLogin
	}
	return s.okta.AuthorizeURL(c.Request.Context(), attempt, hints)
}

// restart begins the same sign-in anew. The count of restarts is the brake: a
// browser is sent round at most once without a person asking for it.
func (s *signIns) restart(c *gin.Context, w wish) error {
	w.restarts++
	return s.begin(c, w)
}
