package oauth

import (
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var (
	errInvalidCode        = wire.BadRequest("invalid_grant", "The authorization code is invalid or has expired.")
	errInvalidInteraction = wire.BadRequest("invalid_grant", "The interaction code is invalid or has expired.")
)

// redeemCode is grant_type=authorization_code.
func redeemCode(o *state.Org, as *state.AuthServer, client *state.Client, thumbprint string, form url.Values) (map[string]any, *wire.OAuthError) {
	for _, name := range []string{"code", "redirect_uri"} {
		if form.Get(name) == "" {
			return nil, missing(name)
		}
	}
	code, found := o.Codes.Get(form.Get("code"))
	if !found {
		return nil, errInvalidCode
	}
	return redeem(o, as, client, thumbprint, form, code, errInvalidCode)
}

// redeemInteraction is grant_type=interaction_code, the end of an Identity Engine sign-in by script.
func redeemInteraction(o *state.Org, as *state.AuthServer, client *state.Client, thumbprint string, form url.Values) (map[string]any, *wire.OAuthError) {
	if form.Get("interaction_code") == "" {
		return nil, missing("interaction_code")
	}
	code, found := o.InteractionCodes.Get(form.Get("interaction_code"))
	if !found {
		return nil, errInvalidInteraction
	}
	return redeem(o, as, client, thumbprint, form, code, errInvalidInteraction)
}

// redeem gives the tokens that a code stands for. A code works once; using it again revokes what it gave.
func redeem(o *state.Org, as *state.AuthServer, client *state.Client, thumbprint string, form url.Values, code *state.AuthCode, invalid *wire.OAuthError) (map[string]any, *wire.OAuthError) {
	g := code.Grant
	switch {
	case g.Server != as:
		return nil, wire.BadRequest("invalid_request", "The grant was issued for another authorization server.")
	case g.Client != client:
		return nil, wire.BadRequest("invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.")
	}
	if !g.Redeem() {
		g.Revoke()
		return nil, invalid
	}
	if !o.Now().Before(code.Expires) {
		return nil, invalid
	}
	if form.Has("redirect_uri") && code.RedirectURI != form.Get("redirect_uri") {
		return nil, wire.BadRequest("invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request.")
	}
	if fault := checkVerifier(code.Challenge, form.Get("code_verifier")); fault != nil {
		return nil, fault
	}
	if entry, found := o.Find(g.UserID); !found || !entry.Active() || !entry.Assigned {
		return nil, invalid
	}
	if code.Thumbprint != "" && code.Thumbprint != thumbprint {
		return nil, wire.BadRequest("invalid_grant", "The key of the DPoP proof is not the one that 'dpop_jkt' named in the authorization request.")
	}
	aud, fault := audience(o, g, form["resource"])
	if fault != nil {
		return nil, fault
	}
	g.Bind(thumbprint)
	return issue(o, g, issuing{scopes: g.Scopes, nonce: g.Nonce, refreshToken: firstRefreshToken(o, g), withID: true, audience: aud, thumbprint: thumbprint}), nil
}
