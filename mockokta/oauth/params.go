package oauth

import (
	"net/url"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Duplicated lists the parameters that are there more than once, but for resource, which may be (RFC 8707).
func Duplicated(params url.Values) []string {
	var names []string
	for name, values := range params {
		if len(values) > 1 && name != "resource" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// sortedScopes splits a scope parameter. Okta does not keep the order of the request, so nobody should rely on it.
func sortedScopes(raw string) []string {
	scopes := strings.Fields(raw)
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// UnauthorizedGrant is the refusal of a grant type that the client does not have.
func UnauthorizedGrant(c *state.Client) *wire.OAuthError {
	return wire.BadRequest("unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: ["+strings.Join(c.GrantTypes(), ", ")+"].")
}

// missing is the refusal of a request that lacks a parameter.
func missing(name string) *wire.OAuthError {
	return wire.BadRequest("invalid_request", "The required parameter '"+name+"' is missing.")
}
