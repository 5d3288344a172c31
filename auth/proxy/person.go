package proxy

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// person is whom a service is called for: the one whose browser sent a request.
type person struct {
	renewer *renewal.Renewer
	w       http.ResponseWriter
	r       *http.Request
	began   *session.Session // as it was when the request came
	session *session.Session // as it was renewed since
}

// people are those who may call a service.
type people struct {
	who     func(c *gin.Context) (*session.Session, error)
	renewer *renewal.Renewer
	scopes  []string // that the service needs
}

// find returns who sent c's request, with an access token that allows what the
// service needs.
func (p people) find(c *gin.Context) (*person, error) {
	s, err := p.who(c)
	switch {
	case err != nil:
		return nil, err
	case s.AccessToken == "":
		return nil, &web.Problem{
			Status: http.StatusUnauthorized, Heading: "This app can't act for you yet",
			Detail: "Please sign in again. If that does not help, Okta gives this app no refresh token.", Reason: "no_access_token",
		}
	case !p.renewer.Now().Before(s.AccessTokenExpiry):
		return nil, &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "Okta can't be reached",
			Detail: "What this app needs to act for you is out of date. Please try again in a minute.", Reason: "okta_unreachable",
			RetryAfter: retryAfter,
		}
	}
	for _, scope := range p.scopes {
		if !slices.Contains(scopesOf(s.AccessToken), scope) {
			return nil, &web.Problem{
				Status: http.StatusForbidden, Heading: "You may not do this", Reason: "insufficient_scope",
				Detail: "Okta has not given this app the scope {{.Scope}} for you. Ask your Okta administrator for it, then sign in again.",
				Args:   map[string]string{"Scope": scope},
			}
		}
	}
	return &person{p.renewer, c.Writer, c.Request, s, s}, nil
}

// retryAfter is when it may be worth asking again.
const retryAfter = 5 * time.Second

// scopesOf reads the scopes of an access token: Okta's claim scp, or RFC 9068's scope.
// The token is Okta's own, straight from it; whether it is good is for the service to
// find out.
func scopesOf(token string) []string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims struct {
		SCP   []string `json:"scp"`
		Scope string   `json:"scope"`
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return nil
	}
	return append(claims.SCP, strings.Fields(claims.Scope)...)
}

// bearer sends a request of the proxy's own with accessToken (RFC 6750 section 2.1).
type bearer struct {
	next        http.RoundTripper
	accessToken string
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header["Authorization"] = []string{"Bearer " + b.accessToken}
	return b.next.RoundTrip(r)
}

// AsBearer returns what sends requests by next with a plain bearer token. It changes
// their headers.
func AsBearer(next http.RoundTripper, accessToken string) http.RoundTripper {
	return bearer{next, accessToken}
}

// refused is told that the service did not take the person's token, and reports whether
// there is another.
func (p *person) refused() (again bool, err error) {
	renewed, err := p.renewer.Again(p.w, p.r, p.session)
	switch over := (*renewal.Ended)(nil); {
	case errors.As(err, &over), errors.Is(err, session.ErrNone):
		return false, sessionEnded(err)
	case err != nil:
		return false, err
	}
	again = renewed.AccessToken != p.session.AccessToken
	p.session = renewed
	return again, nil
}

func sessionEnded(why error) *web.Problem {
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "Your session has ended", Detail: "Please sign in again.",
		Reason: "session_ended", Cause: why, Challenge: links.CookieChallenge,
	}
}
