package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

// resubmitted marks a form that our own page has posted again.
const resubmitted = "resubmitted"

// callback serves GET and POST /authorization-code/callback: it finishes a
// sign-in. The order matters: the attempt is read and deleted by its state
// first, so that a callback works once, and nothing in it is believed, not even
// an error, before it is known to answer a sign-in of this browser.
func (a *Auth) callback(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	p, err := a.callbackParams(c)
	if err != nil {
		return err
	}
	if a.mustResubmit(c, p) {
		return a.resubmit(c, p)
	}
	sealed, err := a.store.Attempts().Take(c.Writer, c.Request, p.get("state"))
	attempt, w := unsealed(sealed)
	if err != nil {
		return a.attemptGone(c, w, err)
	}
	if p.has("iss") && p.get("iss") != a.cfg.Issuer { // RFC 9207; Okta sends none
		return a.signInFailed(c, w, "callback", &problem{
			status: http.StatusBadRequest, heading: "That answer came from someone else",
			detail: "Another provider answered the sign-in. Nobody has been signed in.", reason: "wrong_issuer",
			tryAgain: loginURL(w.returnTo, ""), tryLabel: "Sign in again",
		})
	}
	if p.has("error") {
		return a.signInFailed(c, w, "callback", okta.NewRefusal(p.get("error"), p.get("error_description")))
	}
	if p.get("code") == "" {
		return a.signInFailed(c, w, "callback", badRequest("The answer from Okta has no authorization code."))
	}
	identity, err := a.okta.SignIn(c.Request.Context(), p.get("code"), attempt)
	if err != nil {
		return a.signInFailed(c, w, "redeem", err)
	}
	if err := a.startSession(c, identity); err != nil {
		return a.signInFailed(c, w, "session", err)
	}
	return a.signedIn(c, w, identity)
}

func (a *Auth) callbackParams(c *gin.Context) (params, error) {
	if c.Request.Method == http.MethodPost {
		return formParams(c.Writer, c.Request)
	}
	return queryParams(c.Request)
}

// mustResubmit recognises a form_post answer: Okta's page posted it across
// sites, so it came without our SameSite=Lax cookies.
func (a *Auth) mustResubmit(c *gin.Context, p params) bool {
	return c.Request.Method == http.MethodPost && !p.has(resubmitted) &&
		p.get("state") != "" && !a.store.Attempts().Has(c.Request, p.get("state"))
}

// resubmit answers with a page that posts the same fields once more, from our
// own origin, so that the cookies come along and can stay SameSite=Lax.
func (a *Auth) resubmit(c *gin.Context, p params) error {
	fields := []templates.Field{{Name: resubmitted, Value: "1"}}
	for _, name := range []string{"code", "state", "iss", "error", "error_description"} {
		if p.has(name) {
			fields = append(fields, templates.Field{Name: name, Value: p.get(name)})
		}
	}
	return a.render(c, http.StatusOK, templates.Resubmit{Action: callbackPath, Fields: fields})
}

// startSession keeps what the app needs of identity.
func (a *Auth) startSession(c *gin.Context, identity okta.Identity) error {
	claims, err := json.Marshal(identity.Claims)
	if err != nil {
		return fmt.Errorf("encode claims: %w", err)
	}
	s := session.Session{Subject: identity.Subject(), Claims: claims}
	keepTokens(&s, identity)
	_, err = a.store.Start(c.Writer, c.Request, s)
	return err
}

func (a *Auth) signedIn(c *gin.Context, w wish, identity okta.Identity) error {
	a.event(c, eventSignedIn, identity.Subject(), "")
	if identity.UserinfoError != nil {
		a.log.WarnContext(c.Request.Context(), "userinfo failed; signed in with the ID token's claims alone",
			"request_id", requestID(c), "error", identity.UserinfoError)
	}
	if a.directory != nil {
		a.directory.Prefetch(c.Request.Context(), identity.Subject())
	}
	return a.arrive(c, w, w.returnTo)
}

// arrive ends a sign-in whose person is signed in: a pop-up says so, any other
// window goes to path.
func (a *Auth) arrive(c *gin.Context, w wish, path string) error {
	if w.popupOrigin != "" {
		return a.popupDone(c, w, nil)
	}
	c.Redirect(http.StatusSeeOther, path)
	return nil
}

// attemptGone answers a callback whose attempt is unknown, used or too old.
// Somebody already signed in, who reloaded the page or came back to it, goes
// home. A sign-in that merely took too long starts again by itself, once.
func (a *Auth) attemptGone(c *gin.Context, w wish, err error) error {
	if errors.Is(err, session.ErrUnavailable) {
		return err
	}
	if _, none := a.store.Current(c.Writer, c.Request); none == nil {
		return a.arrive(c, w, "/")
	}
	if errors.Is(err, session.ErrAttemptExpired) && w.restarts == 0 {
		return a.restart(c, w)
	}
	return a.signInFailed(c, w, "callback", expired(w, err))
}

// restart begins the same sign-in anew. The count of restarts is the brake: a
// browser is sent round at most once without a person asking for it.
func (a *Auth) restart(c *gin.Context, w wish) error {
	w.restarts++
	return a.beginSignIn(c, w)
}

func expired(w wish, cause error) *problem {
	return &problem{
		status:  http.StatusBadRequest,
		heading: "This sign-in has expired or was started elsewhere",
		detail: "It took too long, was finished already, or began in another browser. " +
			"Nobody has been signed in. Please start again.",
		cause: cause, reason: "expired",
		tryAgain: loginURL(w.returnTo, ""), tryLabel: "Sign in again",
	}
}

// signInFailed answers, counts and logs a sign-in that came to nothing.
func (a *Auth) signInFailed(c *gin.Context, w wish, step string, err error) error {
	var refusal *okta.Refusal
	if errors.As(err, &refusal) && refusal.Code == "invalid_grant" && step == "redeem" {
		if _, none := a.store.Current(c.Writer, c.Request); none == nil && !w.stepsUp() {
			return a.arrive(c, w, w.returnTo)
		}
		if w.restarts == 0 {
			return a.restart(c, w)
		}
		err = expired(w, err)
	}
	p := signInProblem(w, err)
	a.event(c, eventRefused, "", p.reason)
	if w.popupOrigin != "" {
		return a.popupDone(c, w, p)
	}
	return p
}

// signInProblem explains why a sign-in failed.
func signInProblem(w wish, err error) *problem {
	var refusal *okta.Refusal
	var p *problem
	switch {
	case errors.As(err, &p):
	case errors.As(err, &refusal):
		p = refused(w, refusal, err)
	case errors.Is(err, okta.ErrUnmet):
		p = unmet(err)
	case errors.Is(err, session.ErrTooLarge):
		p = &problem{
			status: http.StatusInternalServerError, heading: "Your profile is too large for this app's session",
			detail: "Okta sends more about you than fits into cookies. The people who run this app can keep sessions in Redis, " +
				"or have Okta send fewer groups.",
			cause: err, reason: "session_too_large",
		}
	default:
		p = problemOf(err)
	}
	if p.tryAgain == "" {
		p.tryAgain, p.tryLabel = loginURL(w.returnTo, ""), "Try to sign in again"
	}
	return p
}

// needsPerson are the errors with which Okta answers prompt=none.
var needsPerson = []string{"login_required", "consent_required", "interaction_required", "account_selection_required"}

// refused explains an OAuth error from the authorize or the token endpoint.
func refused(w wish, refusal *okta.Refusal, cause error) *problem {
	p := &problem{cause: cause, oktaSays: refusal.Description, reason: oauthCode(refusal.Code)}
	switch {
	case refusal.Code == "access_denied":
		p.status, p.heading = http.StatusForbidden, "Okta did not let you in"
		p.detail = "Your account may not be assigned to this app, or a policy of your organization forbids it. " +
			"Ask your Okta administrator, or sign in with another account."
		p.otherAccount = loginURL(w.returnTo, switchAccount)
	case slices.Contains(needsPerson, refusal.Code):
		p.status, p.heading = http.StatusUnauthorized, "Okta needs to ask you something"
		p.detail = "You could not be signed in without being asked. Please sign in at Okta."
		p.tryAgain, p.tryLabel = loginURL(w.returnTo, switchAccount), "Sign in at Okta"
		p.challenge = cookieChallenge
	case refusal.Code == "unmet_authentication_requirements":
		says := p.oktaSays
		p = unmet(cause)
		p.oktaSays = says
	case refusal.Code == "temporarily_unavailable" || refusal.Code == "server_error":
		p.status, p.heading = http.StatusServiceUnavailable, "Okta has a problem"
		p.detail = "Okta could not finish the sign-in. Please try again in a minute."
		p.retryAfter = true
	default:
		p.status, p.heading = http.StatusBadGateway, "Okta refused the sign-in"
		p.detail = "This app and its settings in Okta do not fit together. Tell the people who run this app what Okta says below."
	}
	return p
}

// unmet explains a step-up that did not succeed.
func unmet(cause error) *problem {
	return &problem{
		status: http.StatusForbidden, heading: "A stronger or more recent sign-in is needed",
		detail: "The page asks you to prove again who you are, perhaps with another factor, and that did not happen. Please try again.",
		cause:  cause, reason: "unmet_authentication_requirements",
	}
}

// oauthCode returns an error code fit for logs and counters: what the RFCs
// define, and one word for anything else that came.
func oauthCode(code string) string {
	known := append([]string{
		"access_denied", "invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client",
		"unsupported_response_type", "unsupported_response_mode", "server_error", "temporarily_unavailable",
		"unmet_authentication_requirements",
	}, needsPerson...)
	if slices.Contains(known, code) {
		return code
	}
	return "oauth_error"
}
