package wire

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// CORS lets browsers at trusted origins read answers, and answers their preflight requests: then it returns
// true. Other origins get no CORS headers, which is what makes browsers refuse.
func CORS(w http.ResponseWriter, r *http.Request, trusted []string, methods string) bool {
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if slices.Contains(trusted, origin) {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if r.Method != http.MethodOptions {
		return false
	}
	if h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", strings.ReplaceAll(methods, " ", ", "))
		h.Set("Access-Control-Allow-Headers", "accept, authorization, content-type, x-okta-user-agent-extended, x-device-fingerprint")
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
