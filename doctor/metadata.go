package doctor

import "example.com/okta-gin/okta/clientauth"

// wellKnown is where an issuer has its metadata, below its own address.
const wellKnown = "/.well-known/openid-configuration"

// metadata is what the checks use of the discovery document.
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	PushEndpoint          string   `json:"pushed_authorization_request_endpoint"`
	ResponseModes         []string `json:"response_modes_supported"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	TokenAuthAlgorithms   []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	RequestAlgorithms     []string `json:"request_object_signing_alg_values_supported"`
}

// tokenEndpoint is where codes and refresh tokens are redeemed.
func (m metadata) tokenEndpoint() clientauth.Endpoint {
	return clientauth.Endpoint{
		Name: "token", Address: m.TokenEndpoint, Methods: m.TokenAuthMethods, Algorithms: m.TokenAuthAlgorithms,
	}
}

// pushEndpoint takes what the token endpoint takes (RFC 9126 section 2).
func (m metadata) pushEndpoint() clientauth.Endpoint {
	return clientauth.Endpoint{
		Name: "par", Address: m.PushEndpoint, Methods: m.TokenAuthMethods, Algorithms: m.TokenAuthAlgorithms,
	}
}
