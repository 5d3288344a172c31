package mockokta

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
)

// redeemCode is grant_type=authorization_code. A code works once; using it again revokes what it gave.
func (o *Org) redeemCode(as *authServer, client *Client, form url.Values) (map[string]any, *oauthError) {
	for _, name := range []string{"code", "redirect_uri"} {
		if form.Get(name) == "" {
			return nil, badRequest("invalid_request", "The required parameter '"+name+"' is missing.")
		}
	}
	code, found := o.codes.get(form.Get("code"))
	if !found {
		return nil, errInvalidCode
	}
	g := code.grant
	switch {
	case g.as != as:
		return nil, badRequest("invalid_request", "The grant was issued for another authorization server.")
	case g.client != client:
		return nil, badRequest("invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.")
	}
	if !g.redeem() {
		g.revoke()
		return nil, errInvalidCode
	}
	if !o.now().Before(code.expires) {
		return nil, errInvalidCode
	}
	if code.redirectURI != form.Get("redirect_uri") {
		return nil, badRequest("invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
	}
	if fault := checkVerifier(code.challenge, form.Get("code_verifier")); fault != nil {
		return nil, fault
	}
	if entry, found := o.directory.find(g.userID); !found || !entry.active() || !entry.Assigned {
		return nil, errInvalidCode
	}
	return o.issue(g, g.scopes, g.nonce, o.firstRefreshToken(g), true), nil
}

var errInvalidCode = badRequest("invalid_grant", "The authorization code is invalid or has expired.")

// redeem marks the grant's code as used. It returns false if it was before.
func (g *grant) redeem() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.redeemed {
		return false
	}
	g.redeemed = true
	return true
}

// checkVerifier is PKCE's second half (RFC 7636 section 4.6).
func checkVerifier(challenge, verifier string) *oauthError {
	switch {
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return badRequest("invalid_request", "PKCE code challenge should be specified in the authorize request for code verification.")
	case verifier == "":
		return badRequest("invalid_request", "PKCE code verifier is required by the application.")
	}
	sum := sha256.Sum256([]byte(verifier))
	if subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) != 1 {
		return badRequest("invalid_grant", "PKCE verification failed.")
	}
	return nil
}
