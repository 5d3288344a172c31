package state

import "slices"

// OpenIDScopes are the scopes of OpenID Connect, which both authorization servers know.
func OpenIDScopes() []string {
	return []string{"openid", "profile", "email", "address", "phone", "offline_access"}
}

// AuthServer is one authorization server of the org. The org's own has no id.
type AuthServer struct {
	ID       string
	Issuer   string
	Base     string // path of the endpoints, without the "/v1"
	Audience string // aud of its access tokens
	Keys     *Keyring
}

// IsOrg says whether this is the org's own server.
func (as *AuthServer) IsOrg() bool { return as.ID == "" }

// PublicScopes are the scopes that the metadata list.
func (as *AuthServer) PublicScopes() []string {
	if as.IsOrg() {
		return append(OpenIDScopes(), "groups")
	}
	return OpenIDScopes()
}

// PersonScopes are the scopes a client may ask for when a person signs in.
func (as *AuthServer) PersonScopes(client *Client) []string {
	return slices.Concat(as.PublicScopes(), as.MachineScopes(client))
}

// MachineScopes are the scopes a client may ask for without a person.
func (as *AuthServer) MachineScopes(client *Client) []string {
	if as.IsOrg() {
		return client.OktaScopes
	}
	return []string{"messages:read", "messages:write"}
}
