package okta

import (
	"errors"
	"strings"
	"testing"
)

func TestMetadataCheck(t *testing.T) {
	t.Parallel()
	const issuer = "https://acme.okta.com/oauth2/default"
	tests := []struct {
		name   string
		change func(*metadata)
		cause  string // empty: believed
	}{
		{"as Okta sends it", func(*metadata) {}, ""},
		{"without the endpoints that can be missing", func(m *metadata) {
			m.UserinfoEndpoint, m.RevocationEndpoint, m.EndSessionEndpoint = "", "", ""
		}, ""},
		{"another issuer", func(m *metadata) { m.Issuer = "https://evil.example" }, "issuer"},
		{"the org's issuer", func(m *metadata) { m.Issuer = "https://acme.okta.com" }, "issuer"},
		{"issuer with a slash more", func(m *metadata) { m.Issuer += "/" }, "issuer"},
		{"issuer in capitals", func(m *metadata) { m.Issuer = strings.ToUpper(m.Issuer) }, "issuer"},
		{"no issuer", func(m *metadata) { m.Issuer = "" }, "issuer"},
		{"no authorize endpoint", func(m *metadata) { m.AuthorizationEndpoint = "" }, "no authorization_endpoint"},
		{"no token endpoint", func(m *metadata) { m.TokenEndpoint = "" }, "no token_endpoint"},
		{"no keys", func(m *metadata) { m.JWKSURI = "" }, "no jwks_uri"},
		{"authorize over http", func(m *metadata) { m.AuthorizationEndpoint = "http://acme.okta.com/authorize" }, "without https"},
		{"token over http", func(m *metadata) { m.TokenEndpoint = "http://acme.okta.com/token" }, "without https"},
		{"keys over http", func(m *metadata) { m.JWKSURI = "http://acme.okta.com/keys" }, "without https"},
		{"userinfo over http", func(m *metadata) { m.UserinfoEndpoint = "http://acme.okta.com/userinfo" }, "without https"},
		{"revoke over http", func(m *metadata) { m.RevocationEndpoint = "http://acme.okta.com/revoke" }, "without https"},
		{"logout over http", func(m *metadata) { m.EndSessionEndpoint = "http://acme.okta.com/logout" }, "without https"},
		{"push over http", func(m *metadata) { m.PushEndpoint = "http://acme.okta.com/par" }, "without https"},
		{"a script", func(m *metadata) { m.AuthorizationEndpoint = "javascript:alert(1)" }, "without https"},
		{"a path", func(m *metadata) { m.AuthorizationEndpoint = "/authorize" }, "without https"},
		{"no host", func(m *metadata) { m.TokenEndpoint = "https:///token" }, "without https"},
		{"no URL", func(m *metadata) { m.TokenEndpoint = "https://acme.okta.com\x00/token" }, "without https"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := metadata{
				Issuer: issuer, AuthorizationEndpoint: issuer + "/v1/authorize", TokenEndpoint: issuer + "/v1/token", JWKSURI: issuer + "/v1/keys",
				UserinfoEndpoint: issuer + "/v1/userinfo", RevocationEndpoint: issuer + "/v1/revoke", EndSessionEndpoint: issuer + "/v1/logout",
			}
			test.change(&m)
			err := m.check(issuer)
			if test.cause == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, ErrUntrusted) || !strings.Contains(err.Error(), test.cause) {
				t.Errorf("%v, want %q", err, test.cause)
			}
		})
	}
}

func TestMetadataOverHTTPOnLoopback(t *testing.T) {
	t.Parallel()
	const issuer = "http://127.0.0.1:7777"
	m := metadata{Issuer: issuer, AuthorizationEndpoint: issuer + "/a", TokenEndpoint: issuer + "/t", JWKSURI: issuer + "/k"}
	if err := m.check(issuer); err != nil {
		t.Error(err)
	}
}
