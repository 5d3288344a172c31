package wire

import (
	"fmt"
	"net/http"
	"strings"
)

// Schemes by which access tokens are presented.
const (
	Bearer = "Bearer"
	DPoP   = "DPoP"
)

// Challenge is what a refused access token's WWW-Authenticate header says about the resource.
type Challenge struct {
	Server   string // URL of the authorization server's endpoints, without "/v1/…": whose tokens are welcome
	Realm    string
	Scope    string // what the resource wants
	Resource string // the resource's path

	scheme     string // Bearer when empty
	algorithms []string
}

// With is the challenge for a scheme, with the algorithms of its proofs.
func (c Challenge) With(scheme string, algorithms []string) Challenge {
	c.scheme, c.algorithms = scheme, algorithms
	return c
}

// Refuse answers as RFC 6750 section 3 has it, with Okta's six parameters and an empty body. A challenge for the DPoP
// scheme begins with the algorithms (RFC 9449 section 7.1).
func (c Challenge) Refuse(w http.ResponseWriter, status int, code, description string) {
	NoStore(w)
	h := w.Header()
	start := Bearer
	if c.scheme == DPoP {
		start = fmt.Sprintf("%s algs=%q,", DPoP, strings.Join(c.algorithms, " "))
	}
	h.Set("WWW-Authenticate", fmt.Sprintf("%s authorization_uri=%q, realm=%q, scope=%q, error=%q, error_description=%q, resource=%q",
		start, c.Server+"/v1/authorize", c.Realm, c.Scope, code, description, c.Resource))
	h.Add("Access-Control-Expose-Headers", "WWW-Authenticate")
	h.Set("Content-Length", "0")
	w.WriteHeader(status)
}

// PresentedToken returns the access token of an Authorization header and its scheme, Bearer or DPoP.
func PresentedToken(r *http.Request) (scheme, token string, ok bool) {
	name, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	for _, scheme := range []string{Bearer, DPoP} {
		if strings.EqualFold(name, scheme) && token != "" {
			return scheme, token, true
		}
	}
	return "", "", false
}
