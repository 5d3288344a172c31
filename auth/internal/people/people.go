// Package people finds out who a request comes from: a person by their session, or the
// bearer of an access token.
package people

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/caller"
	"example.com/okta-gin/auth/internal/claims"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/internal/seam"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// SessionEnded is the reason in the problem of a session that has turned out to be over.
const SessionEnded = "session_ended"

// unconfirmedPause is after how long Okta is asked again about a session that waits for it.
const unconfirmedPause = 5 * time.Second

// Options are what People go by.
type Options struct {
	Links       links.Links
	Okta        *okta.RelyingParty
	Sessions    *session.Sessions
	Renewer     *renewal.Renewer
	Revoker     *revoke.Revoker
	Proofs      *dpop.Checker
	Expired     func(ctx context.Context, subject string) // is told whose session time has ended
	GroupsClaim []string
	Now         func() time.Time
	MaxAge      time.Duration // of a session
}

// People find out who requests come from. They are safe for concurrent use.
type People struct{ Options }

// New returns People.
func New(o Options) *People { return &People{o} }

// Found returns who is known already to have sent c's request; nil for nobody.
func (p *People) Found(c *gin.Context) *caller.Caller {
	if f := caller.From(c.Request.Context(), p); f != nil {
		return f.Caller
	}
	return nil
}

// BySession returns the person whose session c's request carries, looked for once.
// A request that nobody has asked to see the answer of changes nothing. Errors:
// session.ErrNone for nobody, session.ErrUnavailable, and problems that bring their
// answer.
func (p *People) BySession(c *gin.Context) (*caller.Caller, error) {
	web.Begin(c)
	f := caller.From(c.Request.Context(), p)
	if f == nil {
		f = new(caller.Found)
		f.Caller, f.Err = p.ofSession(c)
		c.Request = caller.Note(c.Request, p, f)
	}
	if f.Caller == nil && f.Err == nil {
		return nil, session.ErrNone
	}
	return f.Caller, f.Err
}

func (p *People) ofSession(c *gin.Context) (*caller.Caller, error) {
	s, err := p.session(c.Writer, c.Request)
	var over *renewal.Ended
	switch {
	case errors.As(err, &over):
		return nil, &web.Problem{
			Status: http.StatusUnauthorized, Heading: "Your session has ended",
			Detail: over.Detail,
			Cause:  over, Reason: SessionEnded, Challenge: links.CookieChallenge,
			TryAgain: web.Way{URL: p.Links.Login(p.Links.BackOrLanding(c.Request), ""), Label: "Sign in again"},
		}
	case errors.Is(err, renewal.ErrUnconfirmed):
		return nil, &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "We can't check your session right now",
			Detail: "Okta has to confirm it and has not answered for too long. You have not been signed out. Please try again in a moment.",
			Cause:  err, Reason: "session_unconfirmed", RetryAfter: unconfirmedPause,
			TryAgain:  web.Way{URL: p.Links.OnSite(c.Request, p.Links.BackOrLanding(c.Request)), Label: "Try again"},
			Otherwise: web.Way{URL: p.Links.Site.URL(p.Links.LogoutPath()), Label: "Sign out"},
		}
	case errors.Is(err, session.ErrNone):
		p.buryLapsed(c)
		return nil, err
	case err != nil:
		return nil, err
	}
	return p.Of(s)
}

// Leaver is BySession for a page to sign out from: of a session that waits for Okta it
// returns the person, without any claim.
func (p *People) Leaver(c *gin.Context) (*caller.Caller, error) {
	person, err := p.BySession(c)
	if !errors.Is(err, renewal.ErrUnconfirmed) {
		return person, err
	}
	s, err := p.Sessions.Peek(c.Request)
	if err != nil {
		return nil, err
	}
	person = &caller.Caller{Subject: s.Subject, SignedInAt: s.SignedInAt, IdleEnds: p.Sessions.IdleEnds(s), Ends: p.Sessions.Ends(s), Session: s}
	c.Request = caller.Note(c.Request, p, &caller.Found{Caller: person})
	return person, nil
}

// Of is the person whose session s is.
func (p *People) Of(s *session.Session) (*caller.Caller, error) {
	values, err := s.Values()
	if err != nil {
		return nil, err
	}
	return &caller.Caller{
		Subject: s.Subject, Claims: values, Groups: claims.Groups(values, p.GroupsClaim), Data: s.Data,
		SignedInAt: s.SignedInAt, IdleEnds: p.Sessions.IdleEnds(s), Ends: p.Sessions.Ends(s), Session: s,
	}, nil
}

// buryLapsed has the refresh token of a session revoked that time has ended, when its
// browser comes again.
func (p *People) buryLapsed(c *gin.Context) {
	if web.IsSpeculative(c.Request) {
		return
	}
	if lapsed, err := p.Sessions.Lapsed(c.Request); err == nil {
		p.Revoker.Later(c.Request.Context(), lapsed.RefreshToken)
		p.Expired(c.Request.Context(), lapsed.Subject)
	}
}

func (p *People) session(w http.ResponseWriter, r *http.Request) (*session.Session, error) {
	if web.IsSpeculative(r) {
		return p.Renewer.Look(r)
	}
	return p.Renewer.Current(w, r)
}

// ByToken returns the bearer of an access token. Errors: session.ErrNone where
// there is none in the Authorization header, and problems.
func (p *People) ByToken(c *gin.Context) (*caller.Caller, error) {
	web.Begin(c)
	token, err := accessTokenOf(c.Request)
	if err != nil {
		return nil, err
	}
	if token.raw == "" {
		return nil, session.ErrNone
	}
	bearer, err := p.verify(c.Request, token)
	if err != nil {
		return nil, token.refused(err)
	}
	b := &caller.Caller{
		Subject: bearer.Subject, ClientID: bearer.ClientID, Claims: bearer.Claims, Scopes: bearer.Scopes, Bound: token.bound,
		Groups: claims.Groups(bearer.Claims, p.GroupsClaim),
	}
	c.Request = caller.Note(c.Request, p, &caller.Found{Caller: b})
	return b, nil
}

// verify has Okta's verifier judge an access token, unless a test has said of this
// very request whose it is. A bound token needs a proof that counts once.
func (p *People) verify(r *http.Request, token accessToken) (*okta.Bearer, error) {
	ctx := r.Context()
	if bearer := seam.Token(ctx, p, token.raw); bearer != nil {
		return bearer, nil
	}
	if !token.bound {
		return p.Okta.VerifyAccessToken(ctx, token.raw)
	}
	proof, err := p.Proofs.Verify(r.Header.Values(dpop.Header), r.Method, p.Links.Site.Origin()+p.Links.Site.Asked(r), token.raw)
	if err != nil {
		return nil, err
	}
	bearer, err := p.Okta.VerifyBoundAccessToken(ctx, token.raw, proof.Thumbprint)
	if err != nil {
		return nil, err
	}
	return bearer, p.Proofs.Spend(ctx, proof)
}

// Forget makes the next question look again.
func (p *People) Forget(c *gin.Context) {
	c.Request = caller.Note(c.Request, p, nil)
}

// AboutToEnd reports whether a session nears its absolute limit. Its person is
// sent to sign in before the next page rather than after the next form, which
// would be lost.
func (p *People) AboutToEnd(person *caller.Caller) bool {
	return person.Ends.Sub(p.Now()) < min(5*time.Minute, p.MaxAge/10)
}

// noStore is shared by all answers: who adds one more makes a slice of their own.
var noStore = []string{"no-store"}

// NoStore keeps an answer for somebody out of caches, unless the handler says
// otherwise.
func NoStore(c *gin.Context) {
	header := c.Writer.Header()
	if header.Get("Cache-Control") == "" {
		header["Cache-Control"] = noStore
	}
}
