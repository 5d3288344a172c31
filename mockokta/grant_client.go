package mockokta

import (
	"net/url"
	"slices"
)

// clientCredentials is grant_type=client_credentials: an access token without a person.
func (o *Org) clientCredentials(as *authServer, client *Client, signed bool, form url.Values) (map[string]any, *oauthError) {
	if !client.confidential() {
		return nil, errClientAuth
	}
	known := customScopes
	if as.isOrg() {
		if !signed {
			return nil, invalidClient("Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.")
		}
		known = client.OktaScopes
	}
	scopes := sortedScopes(form.Get("scope"))
	if len(scopes) == 0 {
		return nil, badRequest("invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")
	}
	for _, scope := range scopes {
		if slices.Contains(orgScopes, scope) {
			return nil, badRequest("invalid_scope", "Cannot request 'openid' scopes using client credentials.")
		}
		if !slices.Contains(known, scope) {
			return nil, badRequest("invalid_scope", "One or more scopes are not configured for the authorization server resource.")
		}
	}
	return o.issue(&grant{as: as, client: client, scopes: scopes, began: o.now()}, scopes, "", "", false), nil
}
