package wire

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Sharing says which scripts in browsers may use an endpoint.
type Sharing int

// What an endpoint may share.
const (
	Private  Sharing = iota // nothing: it is for pages and programs
	Trusted                 // with scripts of the Trusted Origins, cookies included
	Everyone                // with scripts from anywhere, without cookies
	Tokens                  // as Everyone, and preflight answers may be kept for an hour
)

// CORS sets the headers that let browsers share an answer with a script, and answers preflight requests: then
// it returns true. Origins that an endpoint does not share with get no such headers, which is what makes
// browsers refuse.
func CORS(w http.ResponseWriter, r *http.Request, sharing Sharing, trusted []string, methods string) (answered bool) {
	if sharing == Private {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	isTrusted := slices.Contains(trusted, origin)
	switch {
	case isTrusted:
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	case sharing == Everyone:
		h.Set("Access-Control-Allow-Origin", "*")
	case sharing == Tokens && origin != "":
		h.Set("Access-Control-Allow-Origin", origin)
	}
	if r.Method != http.MethodOptions {
		return false
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", strings.ReplaceAll(methods, " ", ", "))
		h.Set("Access-Control-Allow-Headers", "accept, authorization, content-type, dpop, x-okta-user-agent-extended, x-device-fingerprint")
	}
	if sharing == Tokens {
		h.Set("Access-Control-Max-Age", "3600")
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

// OriginOf is scheme://host of an absolute URL, or scheme: of one without a host (com.example:/callback).
func OriginOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if u.Host == "" || net.ParseIP(u.Hostname()).To4() == nil && net.ParseIP(u.Hostname()) != nil {
		return u.Scheme + ":" // a content security policy cannot name an IPv6 address either
	}
	return u.Scheme + "://" + u.Host
}
