package auth

import (
	"errors"
	"net/http"
)

// ErrNoAccessToken says that there is no access token of a caller's: Okta gives none to be
// kept without offline_access in OKTA_SCOPES, and the bearer of a token is not asked for theirs.
var ErrNoAccessToken = errors.New("auth: no access token of this caller is kept")

// Transport sends requests to other services as person: by next, each with the person's
// access token, which with OKTA_DPOP is bound to a key of the session, so that a proof is
// made for each (RFC 9449 section 7). It replaces the headers Authorization and DPoP; a
// request that follows a redirect to another origin goes without. It is for as long as the
// request whose caller person is. Error: ErrNoAccessToken.
func (a *Auth) Transport(person *Caller, next http.RoundTripper) (http.RoundTripper, error) {
	if person.AccessToken() == "" {
		return nil, ErrNoAccessToken
	}
	key, err := a.okta.Key(person.Session.DPoPKey)
	if err != nil {
		return nil, err
	}
	return a.okta.Transport(next, person.AccessToken(), key), nil
}
