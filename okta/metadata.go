package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	wellKnown = "/.well-known/openid-configuration"
	// metadataFresh: endpoints move with the org's configuration, rarely.
	metadataFresh = 24 * time.Hour
)

// metadata is the part of the discovery document this app uses (OpenID Connect
// Discovery 1.0 section 3, RFC 8414, RFC 9101, RFC 9126, RFC 9207, RFC 9449).
type metadata struct {
	Issuer                   string   `json:"issuer"`
	AuthorizationEndpoint    string   `json:"authorization_endpoint"`
	TokenEndpoint            string   `json:"token_endpoint"`
	UserinfoEndpoint         string   `json:"userinfo_endpoint"`
	RevocationEndpoint       string   `json:"revocation_endpoint"`
	EndSessionEndpoint       string   `json:"end_session_endpoint"`
	JWKSURI                  string   `json:"jwks_uri"`
	PushEndpoint             string   `json:"pushed_authorization_request_endpoint"`
	PushRequired             bool     `json:"require_pushed_authorization_requests"`
	TokenAuthMethods         []string `json:"token_endpoint_auth_methods_supported"`
	TokenAuthAlgorithms      []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	RevocationAuthMethods    []string `json:"revocation_endpoint_auth_methods_supported"`
	RevocationAuthAlgorithms []string `json:"revocation_endpoint_auth_signing_alg_values_supported"`
	ResponseIssuer           bool     `json:"authorization_response_iss_parameter_supported"`
	SignedRequests           *bool    `json:"request_parameter_supported"`
	SignedRequestsRequired   bool     `json:"require_signed_request_object"`
	RequestAlgorithms        []string `json:"request_object_signing_alg_values_supported"`
	ProofAlgorithms          []string `json:"dpop_signing_alg_values_supported"`
}

// fetchMetadata asks where section 4.1 of Discovery says: a slash that ends the
// issuer is not doubled. Metadata that do not fit the settings are an error.
func fetchMetadata(client *http.Client, issuer string, fits func(*metadata) error) func(context.Context) (*metadata, time.Duration, error) {
	address := strings.TrimSuffix(issuer, "/") + wellKnown
	return func(ctx context.Context) (*metadata, time.Duration, error) {
		var m metadata
		_, err := oktahttp.GetJSON(oktahttp.WithEndpoint(ctx, "metadata"), client, address, "", &m)
		if status := new(StatusError); errors.As(err, &status) && status.Status == http.StatusNotFound {
			return nil, 0, fmt.Errorf("OKTA_OAUTH2_ISSUER is %q, but there is no authorization server: %s: %w", issuer, address, err)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("fetch the metadata: %w", err)
		}
		if err := m.check(issuer); err != nil {
			return nil, 0, err
		}
		if err := fits(&m); err != nil {
			return nil, 0, err
		}
		return &m, metadataFresh, nil
	}
}

// check refuses metadata that speaks for another issuer (Discovery section 4.3),
// be it by a slash, or would send secrets over a weaker transport than the issuer's.
func (m *metadata) check(issuer string) error {
	if m.Issuer != issuer {
		return oktahttp.Untrusted("OKTA_OAUTH2_ISSUER is %q, but the metadata there name the issuer %q: they must be the same, letter by letter",
			issuer, oktahttp.Quoted(m.Issuer))
	}
	secure := isHTTPS(issuer)
	for _, endpoint := range []struct {
		name, address string
		needed        bool
	}{
		{"authorization_endpoint", m.AuthorizationEndpoint, true},
		{"token_endpoint", m.TokenEndpoint, true},
		{"jwks_uri", m.JWKSURI, true},
		{"userinfo_endpoint", m.UserinfoEndpoint, false},
		{"revocation_endpoint", m.RevocationEndpoint, false},
		{"pushed_authorization_request_endpoint", m.PushEndpoint, false},
		{"end_session_endpoint", m.EndSessionEndpoint, false},
	} {
		switch {
		case endpoint.address == "" && endpoint.needed:
			return oktahttp.Untrusted("the metadata have no %s", endpoint.name)
		case endpoint.address != "" && secure && !isHTTPS(endpoint.address):
			return oktahttp.Untrusted("the metadata name an endpoint without https: %s is %q", endpoint.name, oktahttp.Quoted(endpoint.address))
		}
	}
	return nil
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != ""
}
