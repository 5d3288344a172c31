package okta

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	wellKnown = "/.well-known/openid-configuration"
	// metadataFresh: endpoints move with the org's configuration, rarely.
	metadataFresh = 24 * time.Hour
)

// metadata is the part of the discovery document this app uses (OpenID Connect
// Discovery 1.0 section 3).
type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	EndSessionEndpoint    string   `json:"end_session_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
}

func fetchMetadata(client *http.Client, issuer string) func(context.Context) (*metadata, time.Duration, error) {
	return func(ctx context.Context) (*metadata, time.Duration, error) {
		var m metadata
		if _, err := oktahttp.GetJSON(ctx, client, issuer+wellKnown, "", &m); err != nil {
			return nil, 0, err
		}
		if err := m.check(issuer); err != nil {
			return nil, 0, err
		}
		return &m, metadataFresh, nil
	}
}

// check refuses metadata that speaks for another issuer (Discovery section 4.3)
// or would send secrets over a weaker transport than the issuer's.
func (m *metadata) check(issuer string) error {
	if m.Issuer != issuer {
		return oktahttp.Untrusted("the discovery document's issuer is %q, not %q", m.Issuer, issuer)
	}
	secure := isHTTPS(issuer)
	for name, endpoint := range map[string]string{
		"authorization_endpoint": m.AuthorizationEndpoint,
		"token_endpoint":         m.TokenEndpoint,
		"jwks_uri":               m.JWKSURI,
	} {
		if endpoint == "" {
			return oktahttp.Untrusted("the discovery document has no %s", name)
		}
	}
	for _, endpoint := range []string{
		m.AuthorizationEndpoint, m.TokenEndpoint, m.UserinfoEndpoint,
		m.RevocationEndpoint, m.EndSessionEndpoint, m.JWKSURI,
	} {
		if endpoint != "" && secure && !isHTTPS(endpoint) {
			return oktahttp.Untrusted("the discovery document names an endpoint without https: %q", endpoint)
		}
	}
	return nil
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != ""
}
