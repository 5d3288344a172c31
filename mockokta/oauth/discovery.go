package oauth

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// DiscoveryByID is the RFC 8414 form of the OAuth document's path.
func DiscoveryByID(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("as"); id != o.Custom.ID {
			wire.WriteAPIError(w, wire.NotFound(id+" (AuthorizationServer)"))
			return
		}
		Discovery(o, o.Custom, false)(w, r)
	}
}

// Discovery answers with the openid-configuration, or else the OAuth authorization server document.
// Both list what Okta does, which is more than the stand-in serves: the device and registration parts are not
// there, and only response type "code" is answered.
func Discovery(o *state.Org, as *state.AuthServer, openID bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id := r.URL.Query().Get("client_id"); id != "" && o.Client(id) == nil {
			wire.WriteAPIError(w, wire.APIError{Status: http.StatusBadRequest, Code: "invalid_client", Summary: "Invalid value for 'client_id' parameter."})
			return
		}
		doc := metadata(o, as)
		switch {
		case openID:
			addOpenID(doc, o.URL()+as.Base+"/v1/userinfo")
		case as.IsOrg():
			delete(doc, "jwks_uri") // its access tokens are for Okta alone
		}
		knobs := o.Knobs()
		if knobs.PAR {
			doc["pushed_authorization_request_endpoint"] = o.URL() + as.Base + "/v1/par"
		}
		if knobs.TamperDiscovery != nil {
			knobs.TamperDiscovery(doc)
		}
		w.Header().Set("Cache-Control", "max-age=86400, must-revalidate")
		wire.JSON(w, http.StatusOK, doc)
	}
}

func metadata(o *state.Org, as *state.AuthServer) map[string]any {
	v1 := o.URL() + as.Base + "/v1/"
	return map[string]any{
		"issuer":                                        as.Issuer,
		"authorization_endpoint":                        v1 + "authorize",
		"token_endpoint":                                v1 + "token",
		"jwks_uri":                                      v1 + "keys",
		"response_types_supported":                      []string{"code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"},
		"response_modes_supported":                      []string{"query", "fragment", "form_post", "okta_post_message"},
		"grant_types_supported":                         append(personGrants(), state.GrantClientCredentials),
		"subject_types_supported":                       []string{"public"},
		"scopes_supported":                              as.PublicScopes(),
		"token_endpoint_auth_methods_supported":         state.AuthMethods(),
		"claims_supported":                              []string{"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"},
		"code_challenge_methods_supported":              []string{"S256"},
		"introspection_endpoint":                        v1 + "introspect",
		"introspection_endpoint_auth_methods_supported": state.AuthMethods(),
		"revocation_endpoint":                           v1 + "revoke",
		"revocation_endpoint_auth_methods_supported":    state.AuthMethods(),
		"end_session_endpoint":                          v1 + "logout",
		"registration_endpoint":                         o.URL() + "/oauth2/v1/clients",
		"device_authorization_endpoint":                 v1 + "device/authorize",
		"request_parameter_supported":                   !o.Knobs().NoRequestObjects,
		"request_object_signing_alg_values_supported":   state.RequestObjectAlgorithms(),
		"dpop_signing_alg_values_supported":             state.KeyAlgorithms(),
		"frontchannel_logout_supported":                 true,
		"frontchannel_logout_session_supported":         true,
	}
}

// personGrants are the grants by which people sign in to apps.
func personGrants() []string {
	return []string{state.GrantCode, "implicit", state.GrantRefresh, "password", "urn:ietf:params:oauth:grant-type:device_code"}
}

func addOpenID(doc map[string]any, userinfo string) {
	doc["userinfo_endpoint"] = userinfo
	doc["response_types_supported"] = []string{"code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"}
	doc["grant_types_supported"] = personGrants()
	doc["id_token_signing_alg_values_supported"] = []string{"RS256"}
	doc["claims_supported"] = []string{
		"iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname",
		"preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile",
		"zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate", "updated_at", "at_hash", "c_hash",
	}
}
