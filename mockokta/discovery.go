package mockokta

import "net/http"

var (
	openIDScopes = []string{"openid", "profile", "email", "address", "phone", "offline_access"}
	orgScopes    = append(openIDScopes[:len(openIDScopes):len(openIDScopes)], "groups")
	authMethods  = []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
)

// serveDiscoveryByID is the RFC 8414 form of the OAuth document's path.
func (o *Org) serveDiscoveryByID(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("as"); id != o.custom.id {
		writeAPIError(w, errNotFound(id+" (AuthorizationServer)"))
		return
	}
	o.serveDiscovery(o.custom, false)(w, r)
}

// serveDiscovery answers with the openid-configuration, or else the OAuth authorization server document.
// Both list what the stand-in serves, which is less than Okta does.
func (o *Org) serveDiscovery(as *authServer, openID bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if id := r.URL.Query().Get("client_id"); id != "" && o.clients[id] == nil {
			writeAPIError(w, apiError{http.StatusBadRequest, "invalid_client", "Invalid value for 'client_id' parameter."})
			return
		}
		doc := o.metadata(as)
		if openID {
			addOpenID(doc, o.url+as.base+"/v1/userinfo")
		}
		knobs := o.knobs.Load()
		if knobs.TamperDiscovery != nil {
			knobs.TamperDiscovery(doc)
		}
		w.Header().Set("Cache-Control", "max-age=86400, must-revalidate")
		writeJSON(w, http.StatusOK, doc)
	}
}

func (o *Org) metadata(as *authServer) map[string]any {
	v1 := o.url + as.base + "/v1/"
	scopes := openIDScopes
	if as.isOrg() {
		scopes = orgScopes
	}
	return map[string]any{
		"issuer":                                        as.issuer,
		"authorization_endpoint":                        v1 + "authorize",
		"token_endpoint":                                v1 + "token",
		"jwks_uri":                                      v1 + "keys",
		"response_types_supported":                      []string{"code"},
		"response_modes_supported":                      []string{"query", "fragment", "form_post"},
		"grant_types_supported":                         []string{grantCode, grantRefresh, grantClientCredentials},
		"subject_types_supported":                       []string{"public"},
		"scopes_supported":                              scopes,
		"token_endpoint_auth_methods_supported":         authMethods,
		"claims_supported":                              []string{"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"},
		"code_challenge_methods_supported":              []string{"S256"},
		"introspection_endpoint":                        v1 + "introspect",
		"introspection_endpoint_auth_methods_supported": authMethods,
		"revocation_endpoint":                           v1 + "revoke",
		"revocation_endpoint_auth_methods_supported":    authMethods,
		"end_session_endpoint":                          v1 + "logout",
		"request_parameter_supported":                   false,
	}
}

func addOpenID(doc map[string]any, userinfo string) {
	doc["userinfo_endpoint"] = userinfo
	doc["grant_types_supported"] = []string{grantCode, grantRefresh}
	doc["id_token_signing_alg_values_supported"] = []string{"RS256"}
	doc["claims_supported"] = []string{
		"iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname",
		"preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile",
		"zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate", "updated_at", "at_hash",
	}
}
