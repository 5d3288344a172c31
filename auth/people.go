package auth

import (
	"context"
	"encoding/json"
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
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Caller is who a request comes from: a person signed in here, or the bearer of
// an access token.
type Caller = caller.Caller

// people find out who a request comes from.
type people struct {
	links       links.Links
	okta        *okta.RelyingParty
	sessions    *session.Sessions
	renewer     *renewal.Renewer
	revoker     *revoke.Revoker
	hooks       Hooks
	claims      *claims.Memory
	groupsClaim []string
	now         func() time.Time
	maxAge      time.Duration
}

// found returns who is known already to have sent c's request; nil for nobody.
func (p *people) found(c *gin.Context) *Caller {
	if f := caller.From(c.Request.Context(), p); f != nil {
		return f.Caller
	}
	return nil
}

// bySession returns the person whose session c's request carries, looked for once.
// A request that nobody has asked to see the answer of changes nothing. Errors:
// session.ErrNone for nobody, session.ErrUnavailable, and problems that bring their
// answer.
func (p *people) bySession(c *gin.Context) (*Caller, error) {
	web.Begin(c)
	f := caller.From(c.Request.Context(), p)
	if f == nil {
		f = new(caller.Found)
		f.Caller, f.Err = p.ofSession(c)
		c.Request = c.Request.WithContext(caller.With(c.Request.Context(), p, f))
	}
	if f.Caller == nil && f.Err == nil {
		return nil, session.ErrNone
	}
	return f.Caller, f.Err
}

func (p *people) ofSession(c *gin.Context) (*Caller, error) {
	s, err := p.session(c.Writer, c.Request)
	var over *renewal.Ended
	switch {
	case errors.As(err, &over):
		return nil, &web.Problem{
			Status: http.StatusUnauthorized, Heading: "Your session has ended",
			Detail: over.Detail + " Please sign in again.",
			Cause:  over, Reason: "session_ended", Challenge: links.CookieChallenge,
			TryAgain: web.Way{URL: p.links.Login(p.links.BackOrLanding(c.Request), ""), Label: "Sign in again"},
		}
	case errors.Is(err, session.ErrNone):
		p.buryLapsed(c)
		return nil, err
	case err != nil:
		return nil, err
	}
	values, err := p.claims.Decode(s.Claims)
	if err != nil {
		return nil, err
	}
	return &Caller{
		Subject: s.Subject, Claims: values, Groups: groupsIn(values, p.groupsClaim), Data: s.Data,
		SignedInAt: s.SignedInAt, IdleEnds: p.sessions.IdleEnds(s), Ends: p.sessions.Ends(s), Session: s,
	}, nil
}

// buryLapsed has the refresh token of a session revoked that time has ended, when its
// browser comes again.
func (p *people) buryLapsed(c *gin.Context) {
	if web.IsSpeculative(c.Request) {
		return
	}
	if lapsed, err := p.sessions.Lapsed(c.Request); err == nil {
		p.revoker.Later(c.Request.Context(), lapsed.RefreshToken)
		p.hooks.ended(c.Request.Context(), lapsed.Subject, "expired")
	}
}

func (p *people) session(w http.ResponseWriter, r *http.Request) (*session.Session, error) {
	if web.IsSpeculative(r) {
		return p.sessions.Peek(r)
	}
	return p.renewer.Current(w, r)
}

// byToken returns the bearer of an access token. Errors: session.ErrNone where
// there is none in the Authorization header, and problems.
func (p *people) byToken(c *gin.Context) (*Caller, error) {
	web.Begin(c)
	token, err := bearerToken(c.Request)
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, session.ErrNone
	}
	bearer, err := p.verify(c.Request.Context(), token)
	if err != nil {
		return nil, badBearer(err)
	}
	b := &Caller{
		Subject: bearer.Subject, ClientID: bearer.ClientID, Claims: bearer.Claims, Scopes: bearer.Scopes,
		Groups: groupsIn(bearer.Claims, p.groupsClaim),
	}
	c.Request = c.Request.WithContext(caller.With(c.Request.Context(), p, &caller.Found{Caller: b}))
	return b, nil
}

// verify has Okta's verifier judge an access token, unless a test has said of this
// very request whose it is.
func (p *people) verify(ctx context.Context, token string) (*okta.Bearer, error) {
	if bearer := seam.Token(ctx, p, token); bearer != nil {
		return bearer, nil
	}
	return p.okta.VerifyAccessToken(ctx, token)
}

// forget makes the next question look again.
func (p *people) forget(c *gin.Context) {
	c.Request = c.Request.WithContext(caller.With(c.Request.Context(), p, nil))
}

// aboutToEnd reports whether a session nears its absolute limit. Its person is
// sent to sign in before the next page rather than after the next form, which
// would be lost.
func (p *people) aboutToEnd(person *Caller) bool {
	return person.Ends.Sub(p.now()) < min(5*time.Minute, p.maxAge/10)
}

// groupsIn returns the names that the claim at path holds.
func groupsIn(values map[string]any, path []string) []string {
	for _, name := range path[:len(path)-1] {
		values, _ = values[name].(map[string]any)
	}
	switch groups := values[path[len(path)-1]].(type) {
	case string:
		return []string{groups}
	case []any:
		names := make([]string, 0, len(groups))
		for _, group := range groups {
			if name, ok := group.(string); ok {
				names = append(names, name)
			}
		}
		return names
	default:
		return nil
	}
}

// keeper says what of the claims a session keeps.
type keeper struct {
	groupsClaim string
	keep        func(name string) bool // nil keeps all
}

// json returns what a session keeps of values.
func (k keeper) json(values map[string]any) (json.RawMessage, error) {
	if k.keep == nil {
		return json.Marshal(values)
	}
	kept := make(map[string]any)
	for name, value := range values {
		if okta.IsProtocolClaim(name) || name == k.groupsClaim || k.keep(name) {
			kept[name] = value
		}
	}
	return json.Marshal(kept)
}

// noStore keeps an answer for somebody out of caches, unless the handler says
// otherwise.
func noStore(c *gin.Context) {
	if c.Writer.Header().Get("Cache-Control") == "" {
		c.Header("Cache-Control", "no-store")
	}
}
