package oauth

import (
	"net/url"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var (
	errInvalidRefresh = wire.BadRequest("invalid_grant", "The refresh token is invalid or expired.")
	errNoProof        = wire.BadRequest("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
	errOtherKey       = wire.BadRequest("invalid_dpop_proof", "Invalid DPoP Public Key binding in refresh token")
)

// firstRefreshToken starts a grant's chain, or returns "" when the app did not ask for offline_access.
func firstRefreshToken(o *state.Org, g *state.Grant) string {
	if !slices.Contains(g.Scopes, "offline_access") {
		return ""
	}
	return o.NewRefreshToken(g)
}

// refresh is grant_type=refresh_token. A client that rotates gets a new refresh token; the spent one works for
// the client's leeway, and its use after that revokes the whole family. One that came with a DPoP proof is renewed
// with proofs by the same key alone.
func refresh(o *state.Org, as *state.AuthServer, client *state.Client, thumbprint string, form url.Values) (map[string]any, *wire.OAuthError) {
	raw := form.Get("refresh_token")
	if raw == "" {
		return nil, missing("refresh_token")
	}
	token, found := o.RefreshTokens.Get(state.HashToken(raw))
	if !found {
		return nil, errInvalidRefresh
	}
	g := token.Grant
	switch {
	case g.Server != as:
		return nil, wire.BadRequest("invalid_request", "The grant was issued for another authorization server.")
	case g.Client != client:
		return nil, wire.BadRequest("invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.")
	}
	if bound := g.Bound(); bound != "" && bound != thumbprint && !o.Knobs().IgnoreProofs {
		if thumbprint == "" {
			return nil, errNoProof
		}
		return nil, errOtherKey
	}
	if entry, found := o.Find(g.UserID); !found || !entry.Active() || !entry.Assigned {
		return nil, errInvalidRefresh
	}
	aud, fault := audience(o, g, form["resource"])
	if fault != nil {
		return nil, fault
	}
	scopes := g.Scopes
	if asked := sortedScopes(form.Get("scope")); len(asked) > 0 {
		denied := slices.DeleteFunc(slices.Clone(asked), func(scope string) bool { return slices.Contains(g.Scopes, scope) })
		if len(denied) > 0 {
			return nil, wire.BadRequest("access_denied", "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: "+strings.Join(denied, ", ")+".")
		}
		scopes = asked
	}
	next := o.UseRefreshToken(token, raw)
	if next == "" {
		return nil, errInvalidRefresh
	}
	return issue(o, g, issuing{scopes: scopes, refreshToken: next, withID: !o.Knobs().RefreshOmitsIDToken, audience: aud, thumbprint: thumbprint}), nil
}
