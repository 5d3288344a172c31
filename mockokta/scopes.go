package mockokta

import (
	"slices"
	"strings"
)

// checkScopes reads the scope parameter of an authorize request. offline_access is dropped for a client
// that has no refresh_token grant.
func (o *Org) checkScopes(as *authServer, client *Client, raw string) ([]string, *oauthError) {
	scopes := sortedScopes(raw)
	if len(scopes) == 0 {
		return nil, badRequest("invalid_scope", "No scopes were requested.")
	}
	for _, scope := range scopes {
		if !slices.Contains(as.knownScopes(client), scope) {
			return nil, badRequest("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
	}
	isOpenID := func(scope string) bool { return slices.Contains(openIDScopes, scope) && scope != "offline_access" }
	if slices.ContainsFunc(scopes, isOpenID) && !slices.Contains(scopes, "openid") {
		return nil, badRequest("invalid_scope", "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.")
	}
	if !client.may(grantRefresh) {
		scopes = slices.DeleteFunc(scopes, func(scope string) bool { return scope == "offline_access" })
	}
	return scopes, nil
}

// knownScopes are the scopes a client may name at an authorization server.
func (as *authServer) knownScopes(client *Client) []string {
	if as.isOrg() {
		return slices.Concat(orgScopes, client.OktaScopes)
	}
	return slices.Concat(openIDScopes, customScopes)
}

// sortedScopes splits a scope parameter. Okta does not keep the order of the request, so nobody should rely on it.
func sortedScopes(raw string) []string {
	scopes := strings.Fields(raw)
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
