package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

const (
	loginPath      = "/authorization-code/login-redirect"
	shortLoginPath = "/login"
	maxLoginHint   = 256
	displayPopup   = "popup"
	switchAccount  = "login" // the prompt that asks for a password again
)

// login serves GET /authorization-code/login-redirect and /login: it starts a
// sign-in at Okta's hosted page. Parameters: return_to, login_hint, prompt,
// display and origin for a pop-up, and iss when Okta's dashboard starts it.
// Programs are told to send a person.
func (a *Auth) login(c *gin.Context) error {
	if isProgram(c.Request) {
		return notSignedIn(cookieChallenge)
	}
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	wish, err := a.readWish(p)
	if err != nil {
		return err
	}
	return a.beginSignIn(c, wish)
}

// wish is what one sign-in is for.
type wish struct {
	returnTo    string
	hints       okta.Hints
	maxAge      *time.Duration
	acr         string
	popupOrigin string
	restarts    int
}

// stepsUp reports whether the session at hand is not good enough for the page.
func (w wish) stepsUp() bool { return w.maxAge != nil || w.acr != "" }

func (a *Auth) readWish(p params) (wish, error) {
	w := wish{returnTo: "/", hints: okta.Hints{LoginHint: p.get("login_hint"), Prompt: p.get("prompt")}}
	if p.has("return_to") {
		w.returnTo = p.get("return_to")
	}
	switch {
	case !localPath(w.returnTo):
		return w, badRequest("return_to must be a path of this app, such as /profile.")
	case len(w.hints.LoginHint) > maxLoginHint:
		return w, badRequest("login_hint is too long.")
	case !slices.Contains([]string{"", "none", "login", "consent", "login consent", "consent login"}, w.hints.Prompt):
		return w, badRequest("prompt must be none, login, consent or \"login consent\".")
	case p.has("iss") && p.get("iss") != a.cfg.Issuer && p.get("iss") != a.cfg.OrgURL():
		return w, badRequest("This sign-in was started for another Okta organization.")
	}
	var err error
	w.popupOrigin, err = a.readPopup(p)
	return w, err
}

// readPopup returns the origin to tell how the sign-in went; only origins that
// the configuration names are ever told anything.
func (a *Auth) readPopup(p params) (string, error) {
	switch {
	case !p.has("display"):
		return "", nil
	case p.get("display") != displayPopup:
		return "", badRequest("display must be popup.")
	case !slices.Contains(a.cfg.CORSAllowedOrigins, p.get("origin")):
		return "", badRequest("origin is not one of the front ends that this app serves.")
	default:
		return p.get("origin"), nil
	}
}

// beginSignIn seals what the callback will need into a cookie and sends the
// browser to Okta.
func (a *Auth) beginSignIn(c *gin.Context, w wish) error {
	attempt := okta.NewAttempt()
	attempt.MaxAge, attempt.ACR = w.maxAge, w.acr
	target, err := a.okta.AuthorizeURL(c.Request.Context(), attempt, w.hints)
	if err != nil {
		return a.signInFailed(c, w, "begin", err)
	}
	if _, err := a.store.Attempts().Save(c.Writer, c.Request, sealed(attempt, w)); err != nil {
		if errors.Is(err, session.ErrTooLarge) {
			return badRequest("return_to is too long.")
		}
		return fmt.Errorf("keep the sign-in attempt: %w", err)
	}
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusFound, target)
	return nil
}

// sealed is the attempt as its cookie keeps it.
func sealed(attempt okta.Attempt, w wish) session.Attempt {
	maxAge := time.Duration(-1)
	if attempt.MaxAge != nil {
		maxAge = *attempt.MaxAge
	}
	return session.Attempt{
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: maxAge, ACR: attempt.ACR,
		ReturnTo: w.returnTo, PopupOrigin: w.popupOrigin, Restarts: w.restarts,
	}
}

// unsealed is the reverse of sealed.
func unsealed(s session.Attempt) (okta.Attempt, wish) {
	attempt := okta.Attempt{State: s.State, Nonce: s.Nonce, Verifier: s.Verifier, ACR: s.ACR}
	if s.MaxAge >= 0 {
		attempt.MaxAge = &s.MaxAge
	}
	return attempt, wish{
		returnTo: s.ReturnTo, popupOrigin: s.PopupOrigin, restarts: s.Restarts,
		maxAge: attempt.MaxAge, acr: s.ACR,
	}
}

// loginURL is the path that starts a sign-in which comes back to returnTo.
func loginURL(returnTo, prompt string) string {
	query := url.Values{}
	if localPath(returnTo) && returnTo != "/" {
		query.Set("return_to", returnTo)
	}
	if prompt != "" {
		query.Set("prompt", prompt)
	}
	if len(query) == 0 {
		return loginPath
	}
	return loginPath + "?" + query.Encode()
}
