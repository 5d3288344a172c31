package oauth

import (
	"slices"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// CheckScopes reads the scope parameter of an authorize request. offline_access is dropped for a client
// that has no refresh_token grant.
func CheckScopes(as *state.AuthServer, client *state.Client, raw string) ([]string, *wire.OAuthError) {
	scopes := sortedScopes(raw)
	if len(scopes) == 0 {
		return nil, wire.BadRequest("invalid_scope", "No scopes were requested.")
	}
	for _, scope := range scopes {
		if !slices.Contains(as.PersonScopes(client), scope) {
			return nil, wire.BadRequest("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
	}
	isOpenID := func(scope string) bool {
		return slices.Contains(state.OpenIDScopes(), scope) && scope != "offline_access"
	}
	if slices.ContainsFunc(scopes, isOpenID) && !slices.Contains(scopes, "openid") {
		return nil, wire.BadRequest("invalid_scope", "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.")
	}
	if !client.May(state.GrantRefresh) {
		scopes = slices.DeleteFunc(scopes, func(scope string) bool { return scope == "offline_access" })
	}
	return scopes, nil
}
