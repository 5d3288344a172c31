package state

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

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
	Nonces   *Nonces
}

// newCustomServer makes the custom authorization server. One with an issuer path of its own has its endpoints
// where nobody can guess them.
func newCustomServer(orgURL, issuerPath string) (*AuthServer, error) {
	as := &AuthServer{ID: "default", Base: "/oauth2/default", Audience: "api://default", Keys: newKeyring(1), Nonces: new(Nonces)}
	if issuerPath == "" {
		as.Issuer = orgURL + as.Base
		return as, nil
	}
	if u, err := url.Parse(issuerPath); err != nil || u.Path != issuerPath || issuerPath[0] != '/' || issuerPath != "/" && path.Clean(issuerPath) != strings.TrimSuffix(issuerPath, "/") || strings.ContainsAny(issuerPath, "{}") {
		return nil, fmt.Errorf("mockokta: issuer path %q: want a clean absolute path such as /realms/demo", issuerPath)
	}
	as.Issuer, as.Base = orgURL+issuerPath, strings.TrimSuffix(issuerPath, "/")+"/protocol"
	return as, nil
}

// IssuerPath is the path of the issuer, without a slash at its end: where the well-known documents are
// (OpenID Connect Discovery 1.0 section 4.1).
func (as *AuthServer) IssuerPath(orgURL string) string {
	return strings.TrimSuffix(strings.TrimPrefix(as.Issuer, orgURL), "/")
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
