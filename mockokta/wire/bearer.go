package wire

import (
	"fmt"
	"net/http"
	"strings"
)

// BearerError is a refusal as RFC 6750 section 3 has it: in the WWW-Authenticate header, with an empty body.
func BearerError(w http.ResponseWriter, status int, code, description string) {
	NoStore(w)
	w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", code, description))
	w.WriteHeader(status)
}

// BearerToken returns the token of an Authorization header with the Bearer scheme.
func BearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != ""
}
