package mockokta

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// bearerError is a refusal as RFC 6750 section 3 has it: in the WWW-Authenticate header, with an empty body.
func bearerError(w http.ResponseWriter, status int, code, description string) {
	noStore(w)
	w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", code, description))
	w.WriteHeader(status)
}

// bearerToken returns the token of an Authorization header with the Bearer scheme.
func bearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != ""
}

// serveUserinfo answers GET and POST /v1/userinfo: sub and every claim the token's scopes open.
func (o *Org) serveUserinfo(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		raw, ok := bearerToken(r)
		if !ok {
			bearerError(w, http.StatusUnauthorized, "invalid_request", "The access token is missing.")
			return
		}
		token, found := o.accessTokens.get(hashToken(raw))
		if !found || token.grant.as != as || token.grant.userID == "" {
			bearerError(w, http.StatusUnauthorized, "invalid_token", "The access token is invalid.")
			return
		}
		if refusal := token.refusal(o); refusal != "" {
			bearerError(w, http.StatusUnauthorized, "invalid_token", refusal)
			return
		}
		if !slices.Contains(token.scopes, "openid") {
			bearerError(w, http.StatusForbidden, "insufficient_scope", "The access token must provide access to at least one of these scopes - profile, email, address or phone")
			return
		}
		entry, _ := o.directory.find(token.grant.userID)
		claims := o.profileClaims(as, entry, token.scopes, true)
		claims["sub"] = entry.ID
		if tamper := o.knobs.Load().TamperUserinfo; tamper != nil {
			tamper(claims)
		}
		noStore(w)
		writeJSON(w, http.StatusOK, claims)
	}
}
