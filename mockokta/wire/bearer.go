package wire

import (
	"fmt"
	"net/http"
	"strings"
)

// Challenge is what a refused bearer token's WWW-Authenticate header says about the resource.
type Challenge struct {
	Server   string // URL of the authorization server's endpoints, without "/v1/…": whose tokens are welcome
	Realm    string
	Scope    string // what the resource wants
	Resource string // the resource's path
}

// Refuse answers as RFC 6750 section 3 has it, with Okta's six parameters and an empty body.
func (c Challenge) Refuse(w http.ResponseWriter, status int, code, description string) {
	NoStore(w)
	h := w.Header()
	h.Set("WWW-Authenticate", fmt.Sprintf("Bearer authorization_uri=%q, realm=%q, scope=%q, error=%q, error_description=%q, resource=%q",
		c.Server+"/v1/authorize", c.Realm, c.Scope, code, description, c.Resource))
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate")
	h.Set("Content-Length", "0")
	w.WriteHeader(status)
}

// BearerToken returns the token of an Authorization header with the Bearer scheme.
func BearerToken(r *http.Request) (string, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(token) != ""
}
