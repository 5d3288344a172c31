package mockokta

import (
	"net/http"
	"slices"
	"strings"
)

// answerCORS lets browsers at trusted origins read answers, and answers their preflight requests: then it
// returns true. Other origins get no CORS headers, which is what makes browsers refuse.
func (o *Org) answerCORS(w http.ResponseWriter, r *http.Request, methods string) bool {
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if slices.Contains(o.trustedOrigins, origin) {
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
