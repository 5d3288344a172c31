package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/proxy"
	"example.com/okta-gin/config/proxyroute"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Upstream is a service that MountProxy leads to.
type Upstream = proxyroute.Upstream

// MountProxy has the scripts of the app's pages call a service as the person who is
// signed in: what they ask for at path, or below it, is asked for at to's URL, or below
// that, with the person's access token, which no browser sees. Below /api/, the front
// ends of CORS_ALLOWED_ORIGINS may too, where AllowFrontEnds is in front.
//
// It takes people by their session alone, in REQUIRE_GROUPS where that is set, whom all
// rules let pass. Everybody else, and what goes wrong, is answered with problem JSON.
// Sessions must be renewed (offline_access in OKTA_SCOPES): others keep no access token.
// It returns an error for what can't work, and where a route of router is in the way.
func (a *Auth) MountProxy(router gin.IRouter, path string, to Upstream, rules ...gin.HandlerFunc) error {
	if a == nil || a.gate == nil {
		return errors.New("auth: MountProxy was called before auth.New")
	}
	if !a.renews {
		return fmt.Errorf("auth: MountProxy %s: OKTA_SCOPES needs offline_access, or sessions keep no access token to call a service with", path)
	}
	if err := proxyroute.CheckPath(path); err != nil {
		return fmt.Errorf("auth: MountProxy %q %w", path, err)
	}
	p, err := proxy.New(to, proxy.Options{
		Links: a.links, Origins: a.origins, Ours: a.ownsCookie, Who: a.whoIsSignedIn, As: a.as, Renewer: a.renewer, Journal: a.journal,
	})
	if err != nil {
		return fmt.Errorf("auth: MountProxy %s %w", path, err)
	}
	chain := slices.Concat(gin.HandlersChain{a.beginCall()}, rules, gin.HandlersChain{a.handleProgram(p.Serve)})
	for _, base := range slices.Compact([]string{"", a.links.Site.Base()}) {
		if err := addAll(router, base+path, chain); err != nil {
			return err
		}
	}
	return nil
}

// beginCall is begin without the headers, of which a Proxy sets its own.
func (a *Auth) beginCall() gin.HandlerFunc {
	count := a.CountRequests()
	return func(c *gin.Context) {
		web.Begin(c)
		a.display.Answers.Limit(c)
		count(c)
	}
}

// addAll registers chain for path and all below it. Gin panics where it can't.
func addAll(router gin.IRouter, path string, chain gin.HandlersChain) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("auth: MountProxy %s can't stand beside the engine's other routes: %v", path, r)
		}
	}()
	for _, method := range proxy.Methods() {
		router.Handle(method, path, chain...)
		router.Handle(method, path+proxy.Rest, chain...)
	}
	return nil
}

// whoIsSignedIn returns the session of the person who sent c's request.
func (a *Auth) whoIsSignedIn(c *gin.Context) (*session.Session, error) {
	caller, err := a.gate.caller(c)
	switch {
	case errors.Is(err, session.ErrNone), err == nil && !caller.SignedIn(): // or the bearer of a token, whom a rule let pass
		return nil, a.links.NotSignedIn(links.CookieChallenge)
	case err != nil:
		return nil, err
	}
	return caller.Session, nil
}

// as returns what sends requests by next as the person of s.
func (a *Auth) as(next http.RoundTripper, s *session.Session) (http.RoundTripper, error) {
	if len(s.DPoPKey) == 0 {
		return proxy.AsBearer(next, s.AccessToken), nil
	}
	key, err := a.okta.Key(s.DPoPKey)
	if err != nil {
		return nil, err
	}
	return a.okta.Transport(next, s.AccessToken, key), nil
}

// ownsCookie reports whether sign-in has cookies of that name.
func (a *Auth) ownsCookie(name string) bool {
	bare := func(name string) string {
		return strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(name), "__host-"), "__secure-")
	}
	own := bare(a.sessions.CookieName())
	return bare(name) == own || strings.HasPrefix(bare(name), own+"_")
}
