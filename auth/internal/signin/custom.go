package signin

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

const (
	// widgetStale is the age at which an attempt is not shown again: little would be left
	// of its time. The page's script reloads a page that nobody has touched by then.
	widgetStale = 8 * time.Minute
	maxOTP      = 64 // bytes
)

// newReports bounds what pages report, which anybody could make up.
func newReports() *rate.Limiter { return rate.NewLimiter(rate.Every(10*time.Second), 10) }

// Custom serves GET PREFIX/login-custom: login with the Okta Sign-In Widget on a
// page of our own. It takes login's parameters, and recovery_token and
// activation_token, which links in Okta's mails carry. With the state of a sign-in of
// this browser it shows that again, where the person stood.
//
// What the widget can't do is left to the hosted page: to ask nothing, to ask for
// consent and, with the Classic Engine, to ask anew. That takes whoever has a session at
// Okta for the person, whatever the widget was told.
func (s *SignIns) Custom(c *gin.Context) error {
	return s.start(c, s.Links.CustomPath(), func(c *gin.Context, w wish.Wish) error {
		classic := s.isClassic(c)
		w.Widget = (w.Prompt == "" || w.Prompt == links.PromptLogin) && !(classic && (w.Prompt != "" || w.StepsUp()))
		if !w.Widget {
			return s.Begin(c, w)
		}
		if kept, err := s.Sessions.Attempts().Peek(c.Request, w.State); err == nil {
			if attempt, former := wish.Unsealed(kept, s.Links.Landing()); former.Widget && s.freshFor(kept) > 0 {
				return s.showWidget(c, classic, attempt, former, "", s.freshFor(kept))
			}
		}
		if err := s.canFinish(c.Request.Context()); err != nil {
			return s.refuse(c, w, err)
		}
		attempt, err := s.newAttempt(w)
		if err != nil {
			return err
		}
		if err := s.keep(c, attempt, w); err != nil {
			return err
		}
		return s.showWidget(c, classic, attempt, w, "", widgetStale)
	})
}

func (s *SignIns) isClassic(c *gin.Context) bool {
	classic, err := s.Okta.IsClassic(c.Request.Context())
	if err != nil {
		s.Journal.Warn(c.Request.Context(), "Okta does not say which engine it runs; the Sign-In Widget is set for Identity Engine", err)
	}
	return classic
}

// freshFor is how long a kept attempt may still be shown again.
func (s *SignIns) freshFor(kept underway.Attempt) time.Duration {
	return widgetStale - s.Now().Sub(kept.StartedAt)
}

// showWidget answers with the page on which an attempt takes place that is fresh for
// so long. otp is the code of
// a link in a mail. The PKCE verifier stays in the sealed cookie.
func (s *SignIns) showWidget(c *gin.Context, classic bool, attempt okta.Attempt, w wish.Wish, otp string, fresh time.Duration) error {
	again, nonce := w.Query(s.Links.Landing(), attempt.State), rand.Text()
	in := widget.SignIn{
		Classic: classic, State: attempt.State, Nonce: attempt.Nonce, Challenge: attempt.Challenge(), ACR: attempt.ACR,
		LoginHint: w.LoginHint, OTP: otp, RecoveryToken: w.RecoveryToken, ActivationToken: w.ActivationToken,
		Stale: max(fresh, time.Minute), Words: s.Display.Words(c), CSPNonce: nonce,
		Resume: s.Links.To(s.Links.CustomPath(), again), Hosted: s.Links.To(s.Links.LoginPath(), again),
	}
	if attempt.MaxAge != nil {
		in.MaxAge = strconv.Itoa(int(attempt.MaxAge.Seconds()))
	}
	parts, err := s.Widget.Show(in)
	if err != nil {
		return err
	}
	return s.Display.Page(c, http.StatusOK, pages.Widget{
		Frame: s.Display.Frame(c), Head: parts.Head, Body: parts.Body, Nonce: nonce, Policy: parts.Policy, Popup: w.PopupOrigin != "",
	})
}

// backToWidget answers a callback that is no end of a sign-in on our own page but a
// step of it: Okta needs the person once more, or a link in a mail was followed. It
// leaves the attempt as it is. answered is false where there is no such sign-in for
// Okta to need anybody.
func (s *SignIns) backToWidget(c *gin.Context, p web.Params) (answered bool, err error) {
	kept, err := s.Sessions.Attempts().Peek(c.Request, p.Get("state"))
	attempt, w := wish.Unsealed(kept, s.Links.Landing())
	found := err == nil && w.Widget
	switch {
	case !p.Has("otp"):
		if !found {
			return false, nil
		}
	case len(p.Get("otp")) > maxOTP || p.Has("code") || p.Has("interaction_code"):
		return true, s.refuse(c, w, web.BadRequest("The link is not as Okta's mails have it."))
	case !found:
		return true, s.refuse(c, w, refusals.StrayLink(w, s.Links, errors.Join(err, fmt.Errorf("a link from a mail, without its sign-in"))))
	}
	if err := s.checkIssuer(c, p, w); err != nil {
		return true, s.refuse(c, w, refusals.OtherIssuer(w, s.Links, err))
	}
	if w.PopupOrigin != "" {
		c.Writer.Header().Del("Cross-Origin-Opener-Policy")
	}
	return true, s.showWidget(c, s.isClassic(c), attempt, w, p.Get("otp"), s.freshFor(kept))
}

// WidgetProblem serves POST PREFIX/login-custom/problem: what kept a page of this
// browser from showing the widget, for the operator. The person has been shown the way
// to the hosted page.
func (s *SignIns) WidgetProblem(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := s.CrossOrigin.Check(c.Request); err != nil {
		return err
	}
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	problem, known := widget.FindProblem(p.Get("reason"), s.Links.Site.Origin())
	if !known {
		return web.BadRequest("That is no reason that this address knows.")
	}
	if s.Sessions.Attempts().Has(c.Request, p.Get("state")) && s.reports.AllowN(s.Now(), 1) {
		s.Journal.Event(c.Request, journal.Refused, "", problem.Reason)
		s.Journal.Warn(c.Request.Context(), problem.Message, fmt.Errorf("reported by the sign-in page: %s", problem.Reason))
	}
	c.Status(http.StatusNoContent)
	return nil
}

// WidgetFile serves GET PREFIX/widget/: what the page loads.
func (s *SignIns) WidgetFile(c *gin.Context) error {
	if !s.Widget.Serve(c.Writer, c.Request, c.Param("file")) {
		return web.NotFound()
	}
	return nil
}
