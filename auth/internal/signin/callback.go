package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/auth/internal/display"
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

	// FormPost is the response mode in which the answer comes as a form.
	FormPost = "form_post"
)

// Callback serves GET and POST of the callback path: it finishes a sign-in. The
// order matters: the attempt is read and deleted by its state first, so that a
// Callback works once, and nothing in it is believed, not even an error, before it
// is known to answer a sign-in of this browser. Who only looks gets 204, and uses
// nothing up.
func (s *SignIns) Callback(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if web.OnlyLooks(c.Request) {
		c.Status(http.StatusNoContent)
		return nil
	}
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
	sealed, err := s.Sessions.Attempts().Take(c.Writer, c.Request, p.Get("state"))
	attempt, w := wish.Unsealed(sealed, s.Links.Landing())
	if w.PopupOrigin != "" {
		display.KeepOpener(c)
	}
	if err != nil {
		return s.attemptGone(c, w, err)
	}
	if err := s.checkIssuer(c, p, w); err != nil {
		return s.failed(c, w, "callback", refusals.OtherIssuer(w, s.Links, err))
	}
	code, interaction := p.Get("code"), p.Get("interaction_code")
	mode := s.ResponseMode
	if interaction != "" { // the widget brings it
		mode = "query"
	}
	switch {
	case p.Has("error"):
		return s.failed(c, w, "callback", s.Okta.Declined(p.Get("error"), p.Get("error_description")))
	case code == "" && interaction == "":
		return s.failed(c, w, "callback", web.BadRequest("The answer from Okta has no authorization code."))
	case (mode == FormPost) != (c.Request.Method == http.MethodPost), code != "" && interaction != "", interaction != "" && !w.Widget:
		return s.failed(c, w, "callback", web.BadRequest("The answer from Okta did not come in the way that was asked for."))
	case interaction != "":
		return s.redeem(c, w, interaction, attempt, s.Okta.SignInByInteraction)
	default:
		return s.redeem(c, w, code, attempt, s.Okta.SignIn)
	}
}

// checkIssuer holds the iss of an answer against RFC 9207. What the widget itself
// sends has none.
func (s *SignIns) checkIssuer(c *gin.Context, p web.Params, w wish.Wish) error {
	if w.Widget && !p.Has("iss") && !p.Has("code") {
		return nil
	}
	return s.Okta.CheckResponseIssuer(c.Request.Context(), p.Get("iss"), p.Has("iss"))
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
func (s *SignIns) mustResubmit(c *gin.Context, p web.Params) bool {
	return c.Request.Method == http.MethodPost && !p.Has(resubmitted) &&
		p.Get("state") != "" && !s.Sessions.Attempts().Has(c.Request, p.Get("state"))
}

// resubmit answers with a page that posts the same fields once more, from our
// own origin, so that the cookies come along and can stay SameSite=Lax.
func (s *SignIns) resubmit(c *gin.Context, p web.Params) error {
	fields := []pages.Field{{Name: resubmitted, Value: "1"}}
	for _, name := range []string{"code", "state", "iss", "error", "error_description"} {
		if p.Has(name) {
			fields = append(fields, pages.Field{Name: name, Value: p.Get(name)})
		}
	}
	display.KeepOpener(c) // a pop-up's, perhaps: the attempt is not at hand
	return s.Display.Page(c, http.StatusOK, pages.Resubmit{
		Frame: s.Display.Frame(c), Action: s.Links.Site.URL(s.Links.Paths.Callback), Fields: fields,
	})
}

// exchange trades a code of one kind for who signed in.
type exchange func(context.Context, string, okta.Attempt) (okta.Identity, error)

// redeem trades the code for a session. Tokens that come to none are given back.
func (s *SignIns) redeem(c *gin.Context, w wish.Wish, code string, attempt okta.Attempt, trade exchange) error {
	client := s.Links.Site.Network(c.Request)
	if wait := s.limiter.Wait(client); wait > 0 {
		s.Journal.Limited()
		return s.failed(c, w, "callback", refusals.TooMany(wait))
	}
	outer := c.Request
	ctx, cancel := context.WithTimeout(context.WithoutCancel(outer.Context()), exchangeTimeout)
	defer cancel()
	c.Request = outer.WithContext(ctx)
	defer func() { c.Request = outer }()
	identity, err := trade(ctx, code, attempt)
	kept := false
	defer func() {
		if !kept {
			s.Revoker.GiveBackLater(ctx, identity.RefreshToken, identity.AccessToken)
		}
	}()
	if err != nil {
		var refusal *okta.Refusal
		if errors.As(err, &refusal) {
			s.limiter.Failed(client)
		}
		return s.failed(c, w, "redeem", err)
	}
	since, err := s.checkFresh(ctx, w, identity)
	switch {
	case err != nil:
		return s.failed(c, w, "session", err)
	case !since.IsZero():
		return s.askAnew(c, w, since)
	}
	err = s.StartSession(c.Writer, c.Request, identity)
	s.People.Forget(c)
	if err != nil {
		return s.failed(c, w, "session", err)
	}
	kept = true
	s.Forms.Remember(c.Writer, c.Request, identity.Subject(), w.ReturnTo)
	s.Journal.Event(c.Request, journal.SignedIn, identity.Subject(), "")
	if identity.UserinfoError != nil {
		s.Journal.Warn(c.Request.Context(), "userinfo failed; signed in with the ID token's claims alone", identity.UserinfoError)
	}
	return s.arrive(c, w)
}

// StartSession asks the app, and keeps what it needs of identity.
func (s *SignIns) StartSession(w http.ResponseWriter, r *http.Request, identity okta.Identity) error {
	data, err := s.SignedIn(r.Context(), identity.Claims)
	if err != nil {
		return err
	}
	sid, _ := identity.Claims["sid"].(string)
	next := session.Session{Subject: identity.Subject(), OktaSession: sid, Browser: browsers.Describe(r.UserAgent()), Data: data}
	if err := next.SetClaims(s.Keeper.Kept(identity.Claims)); err != nil {
		return err
	}
	if s.ShowAddress {
		next.Address = s.Links.Site.Client(r)
	}
	renewal.KeepTokens(&next, identity)
	former, err := s.Sessions.Start(w, r, next)
	if former != nil {
		s.Revoker.Later(r.Context(), former.RefreshToken)
		s.Ended(r.Context(), former.Subject, "replaced")
	}
	return err
}

// attemptGone answers a callback whose attempt is unknown, used or too old. Somebody
// already signed in, who reloaded the page or came back to it, goes where they
// wanted. A sign-in that merely took too long, or whose answer was lost on the way
// back, starts again by itself, once.
func (s *SignIns) attemptGone(c *gin.Context, w wish.Wish, err error) error {
	if errors.Is(err, session.ErrUnavailable) {
		return err
	}
	if errors.Is(err, underway.ErrNone) {
		w.Lost = false // nothing is known of what was asked for
	}
	if person, _ := s.People.BySession(c); person != nil {
		return s.arrive(c, w)
	}
	if !errors.Is(err, underway.ErrNone) && w.MayRestart() {
		return s.restart(c, w)
	}
	if errors.Is(err, underway.ErrNone) && len(c.Request.Header["Cookie"]) == 0 {
		return s.failed(c, w, "callback", refusals.NoCookies(w, s.Links, err))
	}
	return s.failed(c, w, "callback", refusals.Expired(w, s.Links, err))
}

// failed answers a sign-in that came to nothing, unless another way leads on: the
// person is signed in already, or the sign-in can begin anew, once.
func (s *SignIns) failed(c *gin.Context, w wish.Wish, step string, err error) error {
	var refusal *okta.Refusal
	if errors.As(err, &refusal) && refusal.Code == "invalid_request_uri" && step == "callback" { // a pushed request that has died
		if w.Restarts == 0 {
			return s.restart(c, w)
		}
		err = refusals.Expired(w, s.Links, err)
	}
	if errors.As(err, &refusal) && refusal.Code == "invalid_grant" && step == "redeem" {
		if person, _ := s.People.BySession(c); person != nil && !w.StepsUp() {
			return s.arrive(c, w)
		}
		if w.MayRestart() {
			return s.restart(c, w)
		}
		err = refusals.Expired(w, s.Links, err)
	}
	return s.refuse(c, w, err)
}
