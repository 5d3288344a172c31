// Package signin begins sign-ins at Okta, at its hosted page or on our own with the
// Sign-In Widget, and finishes them.
package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/quota"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/auth/widget"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/guard"
	"example.com/okta-gin/session"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// Options are what SignIns go by.
type Options struct {
	Links        links.Links
	Wishes       wish.Reader
	Okta         *okta.RelyingParty
	Sessions     *session.Sessions
	People       *people.People
	Display      *display.Display
	Journal      journal.Journal
	Revoker      *revoke.Revoker
	CrossOrigin  web.CrossOrigin
	Guard        *guard.Guard
	Widget       *widget.Widget
	Keeper       claims.Keeper
	Forms        *keptform.Keeper // nil where none are kept
	Prompt       string           // the configured one
	ResponseMode string
	ShowAddress  bool       // sessions keep whence they began
	Params       url.Values // further ones for the authorize endpoint

	// SignedIn asks the app whether it takes the person of claims, and for what their
	// session is to keep of its own. Ended is told whose session has ended, and why.
	SignedIn func(ctx context.Context, claims map[string]any) (data map[string]string, err error)
	Ended    func(ctx context.Context, subject, reason string)
	Now      func() time.Time
}

// SignIns begin sign-ins at Okta and finish them. They are safe for concurrent use.
type SignIns struct {
	Options
	limiter *quota.Quota
	reports *rate.Limiter // of pages that could not show the widget
}

// New returns SignIns.
func New(o Options) (*SignIns, error) {
	limiter, err := quota.New(o.Now)
	if err != nil {
		return nil, err
	}
	return &SignIns{o, limiter, newReports()}, nil
}

// Bounds says how many codes may still fail, and how full the memory of those who failed is.
func (s *SignIns) Bounds() map[string]watch.Size {
	return map[string]watch.Size{"code_failures": s.limiter.Failures, "code_failure_clients": s.limiter.Clients}
}

// arrive ends a sign-in whose person is signed in: a pop-up says so, any other
// window goes to the page that was asked for, or is told that it could not be kept.
func (s *SignIns) arrive(c *gin.Context, w wish.Wish) error {
	switch {
	case w.PopupOrigin != "":
		return s.popupDone(c, w, nil)
	case w.Lost:
		return s.Display.Page(c, http.StatusOK, pages.Arrived{Frame: s.Display.Frame(c), Continue: w.ReturnTo})
	}
	web.Redirect(c, http.StatusSeeOther, w.ReturnTo)
	return nil
}

// popupDone ends a sign-in that ran in a pop-up: a page tells the window that
// opened it, at the one origin that was checked when the sign-in began, whether
// it worked, and closes. Without a problem it did. The page hands out no token
// and no claim.
func (s *SignIns) popupDone(c *gin.Context, w wish.Wish, p *web.Problem) error {
	if p == nil {
		return s.Display.Page(c, http.StatusOK, pages.PopupDone{Frame: s.Display.Frame(c), Origin: w.PopupOrigin, Result: "success"})
	}
	s.Display.Answers.Note(c, p)
	return s.Display.Page(c, p.Status, pages.PopupDone{
		Frame: s.Display.Frame(c), Origin: w.PopupOrigin, Result: "error", Reason: p.Reason, Message: s.Display.Words(c).Problem(p.Heading, p.Args),
	})
}

// refuse answers, counts and logs a sign-in that came to nothing.
func (s *SignIns) refuse(c *gin.Context, w wish.Wish, err error) error {
	p := s.problem(w, err)
	s.Journal.Event(c.Request, journal.Refused, "", p.Reason)
	if w.PopupOrigin != "" {
		return s.popupDone(c, w, p)
	}
	return p
}

// problem explains why a sign-in failed.
func (s *SignIns) problem(w wish.Wish, err error) *web.Problem {
	var refusal *okta.Refusal
	var p *web.Problem
	switch {
	case errors.As(err, &p):
		own := *p // the app may answer everybody with the same one
		p = &own
	case errors.As(err, &refusal):
		p = refusals.OfOkta(w, s.Links, refusal, err)
	case errors.Is(err, okta.ErrUnmet):
		p = refusals.Unmet(err)
	case errors.Is(err, session.ErrTooLarge):
		p = refusals.TooLarge(err)
	default:
		p = s.Display.Answers.Problem(err)
	}
	if p.TryAgain.URL == "" {
		p.TryAgain = web.Way{URL: s.Links.Login(w.ReturnTo, ""), Label: "Try to sign in again"}
	}
	if p.Reason == refusals.ByApp && p.Otherwise.URL == "" { // Okta would bring the same person again
		p.Otherwise = s.Links.OtherAccount(w.ReturnTo)
	}
	return p
}
