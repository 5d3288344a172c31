package oauth

import (
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// redeemCode is grant_type=authorization_code. A code works once; using it again revokes what it gave.
func redeemCode(o *state.Org, as *state.AuthServer, client *state.Client, form url.Values) (map[string]any, *wire.OAuthError) {
	for _, name := range []string{"code", "redirect_uri"} {
		if form.Get(name) == "" {
			return nil, wire.BadRequest("invalid_request", "The required parameter '"+name+"' is missing.")
		}
	}
	code, found := o.Codes.Get(form.Get("code"))
	if !found {
		return nil, errInvalidCode
	}
	g := code.Grant
	switch {
	case g.Server != as:
		return nil, wire.BadRequest("invalid_request", "The grant was issued for another authorization server.")
	case g.Client != client:
		return nil, wire.BadRequest("invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.")
	}
	if !g.Redeem() {
		g.Revoke()
		return nil, errInvalidCode
	}
	if !o.Now().Before(code.Expires) {
		return nil, errInvalidCode
	}
	if code.RedirectURI != form.Get("redirect_uri") {
		return nil, wire.BadRequest("invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
	}
	if fault := checkVerifier(code.Challenge, form.Get("code_verifier")); fault != nil {
		return nil, fault
	}
	if entry, found := o.Find(g.UserID); !found || !entry.Active() || !entry.Assigned {
		return nil, errInvalidCode
	}
	return issue(o, g, g.Scopes, g.Nonce, firstRefreshToken(o, g), true), nil
}

var errInvalidCode = wire.BadRequest("invalid_grant", "The authorization code is invalid or has expired.")
