package mockokta_test

import (
	"net/http"
	"slices"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestDiscovery(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	for path, tt := range map[string]struct {
		issuer string
		base   string
		openID bool
	}{
		"/oauth2/default/.well-known/openid-configuration":       {b.org.Issuer(), "/oauth2/default", true},
		"/oauth2/default/.well-known/oauth-authorization-server": {b.org.Issuer(), "/oauth2/default", false},
		"/.well-known/oauth-authorization-server/oauth2/default": {b.org.Issuer(), "/oauth2/default", false},
		"/.well-known/openid-configuration":                      {b.org.OrgIssuer(), "/oauth2", true},
		"/.well-known/oauth-authorization-server":                {b.org.OrgIssuer(), "/oauth2", false},
	} {
		doc := b.get(path).json(t)
		if doc["issuer"] != tt.issuer || doc["frontchannel_logout_session_supported"] != true || doc["end_session_endpoint"] != b.org.URL()+tt.base+"/v1/logout" {
			t.Errorf("%s: %v", path, doc)
		}
		wantKeys := any(b.org.URL() + tt.base + "/v1/keys")
		if !tt.openID && tt.base == "/oauth2" {
			wantKeys = nil // as Okta has it
		}
		if doc["jwks_uri"] != wantKeys {
			t.Errorf("%s: jwks_uri %v", path, doc["jwks_uri"])
		}
		if _, has := doc["userinfo_endpoint"]; has != tt.openID {
			t.Errorf("%s: userinfo_endpoint %v", path, doc["userinfo_endpoint"])
		}
		if _, has := doc["authorization_response_iss_parameter_supported"]; has {
			t.Errorf("%s promises iss", path)
		}
		for member, want := range map[string]any{
			"registration_endpoint": b.org.URL() + "/oauth2/v1/clients", "device_authorization_endpoint": b.org.URL() + tt.base + "/v1/device/authorize",
			"request_parameter_supported": true, "frontchannel_logout_supported": true,
		} {
			if doc[member] != want {
				t.Errorf("%s: %s is %v", path, member, doc[member])
			}
		}
		for member, value := range map[string]string{
			"response_types_supported": "code id_token token", "response_modes_supported": "okta_post_message", "grant_types_supported": "implicit",
			"dpop_signing_alg_values_supported": "ES256", "request_object_signing_alg_values_supported": "HS512",
		} {
			if list, _ := doc[member].([]any); !slices.Contains(list, any(value)) {
				t.Errorf("%s: %s is %v", path, member, doc[member])
			}
		}
		for member, value := range map[string]string{"response_types_supported": "token", "grant_types_supported": "client_credentials"} {
			if slices.Contains(doc[member].([]any), any(value)) == tt.openID {
				t.Errorf("%s: %s is %v", path, member, doc[member])
			}
		}
		if groups := slices.Contains(doc["scopes_supported"].([]any), any("groups")); groups != (tt.base == "/oauth2") {
			t.Errorf("%s: scopes %v", path, doc["scopes_supported"])
		}
		if got := b.get(path + "?client_id=nobody"); got.StatusCode != http.StatusBadRequest || got.json(t)["errorCode"] != "invalid_client" {
			t.Errorf("%s for an unknown client: %d", path, got.StatusCode)
		}
	}
	for _, path := range []string{"/oauth2/nope/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/oauth2/nope", "/oauth2/nope/v1/token"} {
		if got := b.get(path); got.StatusCode != http.StatusNotFound || got.json(t)["errorSummary"] != "Not found: Resource not found: nope (AuthorizationServer)" || got.json(t)["errorCode"] != "E0000007" {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperDiscovery = func(doc map[string]any) { doc["issuer"] = "https://evil.example" }
	})
	if doc := b.get("/.well-known/openid-configuration").json(t); doc["issuer"] != "https://evil.example" {
		t.Errorf("issuer %v", doc["issuer"])
	}
}
