package auth

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/quota"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// signIns begin sign-ins at Okta and finish them.
type signIns struct {
	links        links.Links
	wishes       wish.Reader
	okta         *okta.RelyingParty
	sessions     *session.Sessions
	people       *people
	display      *display
	journal      journal.Journal
	revoker      *revoke.Revoker
	limiter      *quota.Quota
	keeper       keeper
	groupsClaim  []string
	hooks        Hooks
	issuer       string
	prompt       string // the configured one
	responseMode string
	showAddress  bool       // sessions keep whence they began
	params       url.Values // of Options.AuthorizeParams
	widget       *widget.Widget
	crossOrigin  web.CrossOrigin
	reports      *rate.Limiter // of pages that could not show the widget
	now          func() time.Time
}

// arrive ends a sign-in whose person is signed in: a pop-up says so, any other
// window goes to the page that was asked for, or is told that it could not be kept.
func (s *signIns) arrive(c *gin.Context, w wish.Wish) error {
	switch {
	case w.PopupOrigin != "":
		return s.popupDone(c, w, nil)
	case w.Lost:
		return s.display.page(c, http.StatusOK, ArrivedPage{Frame: s.display.frame(c), Continue: w.ReturnTo})
	}
	web.Redirect(c, http.StatusSeeOther, w.ReturnTo)
	return nil
}

// popupDone ends a sign-in that ran in a pop-up: a page tells the window that
// opened it, at the one origin that was checked when the sign-in began, whether
// it worked, and closes. Without a problem it did. The page hands out no token
// and no claim.
func (s *signIns) popupDone(c *gin.Context, w wish.Wish, p *web.Problem) error {
	if p == nil {
		return s.display.page(c, http.StatusOK, PopupDonePage{Frame: s.display.frame(c), Origin: w.PopupOrigin, Result: "success"})
	}
	s.display.answers.Note(c, p)
	return s.display.page(c, p.Status, PopupDonePage{
		Frame: s.display.frame(c), Origin: w.PopupOrigin, Result: "error", Reason: p.Reason, Message: p.Heading,
	})
}

// refuse answers, counts and logs a sign-in that came to nothing.
func (s *signIns) refuse(c *gin.Context, w wish.Wish, err error) error {
	p := s.problem(w, err)
	s.journal.Event(c.Request, journal.Refused, "", p.Reason)
	if w.PopupOrigin != "" {
		return s.popupDone(c, w, p)
	}
	return p
}

// problem explains why a sign-in failed.
func (s *signIns) problem(w wish.Wish, err error) *web.Problem {
	var refusal *okta.Refusal
	var p *web.Problem
	switch {
	case errors.As(err, &p):
		own := *p // the app may answer everybody with the same one
		p = &own
	case errors.As(err, &refusal):
		p = refusals.OfOkta(w, s.links, refusal, err)
	case errors.Is(err, okta.ErrUnmet):
		p = refusals.Unmet(err)
	case errors.Is(err, session.ErrTooLarge):
		p = refusals.TooLarge(err)
	default:
		p = s.display.answers.Problem(err)
	}
	if p.TryAgain.URL == "" {
		p.TryAgain = web.Way{URL: s.links.Login(w.ReturnTo, ""), Label: "Try to sign in again"}
	}
	if p.Reason == refusedByApp && p.Otherwise.URL == "" { // Okta would bring the same person again
		p.Otherwise = s.links.OtherAccount(w.ReturnTo)
	}
	return p
}
