package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

const (
	// resubmitted marks a form that our own page has posted again.
	resubmitted = "resubmitted"
	// exchangeTimeout bounds the exchange with Okta, which is finished although the
	// browser may have gone: the code is spent.
	exchangeTimeout = 12 * time.Second

	formPost = "form_post"
)

// callback serves GET and POST of the callback path: it finishes a sign-in. The
// order matters: the attempt is read and deleted by its state first, so that a
// callback works once, and nothing in it is believed, not even an error, before it
// is known to answer a sign-in of this browser.
func (s *signIns) callback(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	p, err := callbackParams(c)
	if err != nil {
		return err
	}
	if s.mustResubmit(c, p) {
		return s.resubmit(c, p)
	}
	if p.Has("otp") || p.Get("error") == "interaction_required" {
		if answered, err := s.backToWidget(c, p); answered {
			return err
		}
	}
	sealed, err := s.sessions.Attempts().Take(c.Writer, c.Request, p.Get("state"))
	attempt, w := wish.Unsealed(sealed, s.links.Landing())
	if w.PopupOrigin != "" {
		keepOpener(c)
	}
	if err != nil {
		return s.attemptGone(c, w, err)
	}
	if err := s.checkIssuer(c, p, w); err != nil {
		return s.failed(c, w, "callback", refusals.OtherIssuer(w, s.links, err))
	}
	code, interaction := p.Get("code"), p.Get("interaction_code")
	mode := s.responseMode
	if interaction != "" { // the widget brings it
		mode = "query"
	}
	switch {
	case p.Has("error"):
		return s.failed(c, w, "callback", okta.NewRefusal(p.Get("error"), p.Get("error_description")))
	case code == "" && interaction == "":
		return s.failed(c, w, "callback", web.BadRequest("The answer from Okta has no authorization code."))
	case (mode == formPost) != (c.Request.Method == http.MethodPost), code != "" && interaction != "", interaction != "" && !w.Widget:
		return s.failed(c, w, "callback", web.BadRequest("The answer from Okta did not come in the way that was asked for."))
	case interaction != "":
		return s.redeem(c, w, interaction, attempt, s.okta.SignInByInteraction)
	default:
		return s.redeem(c, w, code, attempt, s.okta.SignIn)
	}
}

// checkIssuer holds the iss of an answer against RFC 9207. What the widget itself
// sends has none.
func (s *signIns) checkIssuer(c *gin.Context, p web.Params, w wish.Wish) error {
	if w.Widget && !p.Has("iss") && !p.Has("code") {
		return nil
	}
	return s.okta.CheckResponseIssuer(c.Request.Context(), p.Get("iss"), p.Has("iss"))
}

func callbackParams(c *gin.Context) (web.Params, error) {
	const text = "error_description" // Okta's words, with line breaks if it likes
	if c.Request.Method == http.MethodPost {
		return web.FormParams(c.Writer, c.Request, text)
	}
	return web.QueryParams(c.Request, text)
}

// mustResubmit recognises a form_post answer: Okta's page posted it across
// sites, so it came without our SameSite=Lax cookies.
func (s *signIns) mustResubmit(c *gin.Context, p web.Params) bool {
	return c.Request.Method == http.MethodPost && !p.Has(resubmitted) &&
		p.Get("state") != "" && !s.sessions.Attempts().Has(c.Request, p.Get("state"))
}

// resubmit answers with a page that posts the same fields once more, from our
// own origin, so that the cookies come along and can stay SameSite=Lax.
func (s *signIns) resubmit(c *gin.Context, p web.Params) error {
	fields := []pages.Field{{Name: resubmitted, Value: "1"}}
	for _, name := range []string{"code", "state", "iss", "error", "error_description"} {
		if p.Has(name) {
			fields = append(fields, pages.Field{Name: name, Value: p.Get(name)})
		}
	}
	keepOpener(c) // a pop-up's, perhaps: the attempt is not at hand
	return s.display.page(c, http.StatusOK, ResubmitPage{
		Frame: s.display.frame(c), Action: s.links.Site.URL(s.links.Paths.Callback), Fields: fields,
	})
}

// exchange trades a code of one kind for who signed in.
type exchange func(context.Context, string, okta.Attempt) (okta.Identity, error)

// redeem trades the code for a session.
func (s *signIns) redeem(c *gin.Context, w wish.Wish, code string, attempt okta.Attempt, trade exchange) error {
	client := s.links.Site.Client(c.Request)
	if wait := s.limiter.Wait(client); wait > 0 {
		s.journal.Limited()
		return s.failed(c, w, "callback", refusals.TooMany(wait))
	}
	outer := c.Request
	ctx, cancel := context.WithTimeout(context.WithoutCancel(outer.Context()), exchangeTimeout)
	defer cancel()
	c.Request = outer.WithContext(ctx)
	defer func() { c.Request = outer }()
	identity, err := trade(ctx, code, attempt)
	if err != nil {
		var refusal *okta.Refusal
		if errors.As(err, &refusal) {
			s.limiter.Failed(client)
		}
		return s.failed(c, w, "redeem", err)
	}
	since, err := s.checkFresh(ctx, w, identity)
	if err != nil || !since.IsZero() {
		s.revoker.Later(ctx, identity.RefreshToken)
	}
	switch {
	case err != nil:
		return s.failed(c, w, "session", err)
	case !since.IsZero():
		return s.askAnew(c, w, since)
	}
	err = s.startSession(c.Writer, c.Request, identity)
	s.people.forget(c)
	if err != nil {
		return s.failed(c, w, "session", err)
	}
	s.journal.Event(c.Request, journal.SignedIn, identity.Subject(), "")
	if identity.UserinfoError != nil {
		s.journal.Warn(c.Request.Context(), "userinfo failed; signed in with the ID token's claims alone", identity.UserinfoError)
	}
	return s.arrive(c, w)
}

// startSession asks the app, and keeps what it needs of identity.
func (s *signIns) startSession(w http.ResponseWriter, r *http.Request, identity okta.Identity) error {
	in := signInOf(identity.Claims, s.issuer, s.groupsClaim)
	if s.hooks.SignedIn != nil {
		if err := s.hooks.SignedIn(r.Context(), &in); err != nil {
			return err
		}
		if size := sizeOf(in.Data); size > session.MaxData {
			return fmt.Errorf("Hooks.SignedIn has put %d bytes into Data, may be %d", size, session.MaxData)
		}
	}
	claims, err := s.keeper.json(identity.Claims)
	if err != nil {
		return err
	}
	sid, _ := identity.Claims["sid"].(string)
	next := session.Session{Subject: identity.Subject(), Claims: claims, OktaSession: sid, Browser: browsers.Describe(r.UserAgent()), Data: in.Data}
	if s.showAddress {
		next.Address = s.links.Site.Client(r)
	}
	renewal.KeepTokens(&next, identity)
	former, err := s.sessions.Start(w, r, next)
	if former != nil {
		s.revoker.Later(r.Context(), former.RefreshToken)
		s.hooks.ended(r.Context(), former.Subject, "replaced")
	}
	return err
}

// attemptGone answers a callback whose attempt is unknown, used or too old. Somebody
// already signed in, who reloaded the page or came back to it, goes where they
// wanted. A sign-in that merely took too long, or whose answer was lost on the way
// back, starts again by itself, once.
func (s *signIns) attemptGone(c *gin.Context, w wish.Wish, err error) error {
	if errors.Is(err, session.ErrUnavailable) {
		return err
	}
	if errors.Is(err, underway.ErrNone) {
		w.Lost = false // nothing is known of what was asked for
	}
	if person, _ := s.people.bySession(c); person != nil {
		return s.arrive(c, w)
	}
	if !errors.Is(err, underway.ErrNone) && w.MayRestart() {
		return s.restart(c, w)
	}
	if errors.Is(err, underway.ErrNone) && len(c.Request.Header["Cookie"]) == 0 {
		return s.failed(c, w, "callback", refusals.NoCookies(w, s.links, err))
	}
	return s.failed(c, w, "callback", refusals.Expired(w, s.links, err))
}

// failed answers a sign-in that came to nothing, unless another way leads on: the
// person is signed in already, or the sign-in can begin anew, once.
func (s *signIns) failed(c *gin.Context, w wish.Wish, step string, err error) error {
	var refusal *okta.Refusal
	if errors.As(err, &refusal) && refusal.Code == "invalid_request_uri" && step == "callback" { // a pushed request that has died
		if w.Restarts == 0 {
			return s.restart(c, w)
		}
		err = refusals.Expired(w, s.links, err)
	}
	if errors.As(err, &refusal) && refusal.Code == "invalid_grant" && step == "redeem" {
		if person, _ := s.people.bySession(c); person != nil && !w.StepsUp() {
			return s.arrive(c, w)
		}
		if w.MayRestart() {
			return s.restart(c, w)
		}
		err = refusals.Expired(w, s.links, err)
	}
	return s.refuse(c, w, err)
}
