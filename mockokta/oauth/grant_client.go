package oauth

import (
	"net/url"
	"slices"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// clientCredentials is grant_type=client_credentials: an access token without a person.
func clientCredentials(o *state.Org, as *state.AuthServer, client *state.Client, method, thumbprint string, form url.Values) (map[string]any, *wire.OAuthError) {
	if !client.Confidential() {
		return nil, errClientAuth
	}
	if as.IsOrg() && method != "private_key_jwt" {
		return nil, invalidClient("Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.")
	}
	scopes := sortedScopes(form.Get("scope"))
	if len(scopes) == 0 {
		return nil, wire.BadRequest("invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")
	}
	for _, scope := range scopes {
		if scope == "groups" || slices.Contains(state.OpenIDScopes(), scope) {
			return nil, wire.BadRequest("invalid_scope", "Cannot request 'openid' scopes using client credentials.")
		}
		if !slices.Contains(as.MachineScopes(client), scope) {
			return nil, wire.BadRequest("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
	}
	g := &state.Grant{Server: as, Client: client, Scopes: scopes, Began: o.Now()}
	var fault *wire.OAuthError
	if g.Resources, fault = CheckResources(o, as, form["resource"]); fault != nil {
		return nil, fault
	}
	aud, fault := audience(o, g, form["resource"])
	if fault != nil {
		return nil, fault
	}
	return issue(o, g, issuing{scopes: scopes, audience: aud, thumbprint: thumbprint}), nil
}
