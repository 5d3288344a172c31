package okta

import (
	"encoding/json"
	"time"
)

// numericDate reads a NumericDate (RFC 7519 section 2), decoded as json.Number or
// as float64.
func numericDate(v any) (time.Time, bool) {
	seconds, ok := v.(float64)
	if number, exact := v.(json.Number); exact {
		parsed, err := number.Float64()
		seconds, ok = parsed, err == nil
	}
	if !ok || !(seconds >= 0 && seconds <= 1<<40) { // NaN is refused, too
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// protocol are the claims that speak of a token or an authentication, not of
// the person. Only the ID token may state them.
var protocol = map[string]bool{
	"iss": true, "aud": true, "azp": true, "exp": true, "iat": true, "nbf": true, "jti": true, "ver": true,
	"nonce": true, "auth_time": true, "acr": true, "amr": true, "at_hash": true, "c_hash": true, "sid": true, "idp": true,
}

// IsProtocolClaim reports whether a claim speaks of the sign-in or says whose it is.
// Renewals and access rules need those.
func IsProtocolClaim(name string) bool { return name == "sub" || protocol[name] }

// protocolClaims are those of claims that speak of the sign-in, and whose it is.
func protocolClaims(claims map[string]any) map[string]any {
	kept := make(map[string]any)
	for name, value := range claims {
		if IsProtocolClaim(name) {
			kept[name] = value
		}
	}
	return kept
}

// addProfile adds the claims of profile that claims does not have yet.
func addProfile(claims, profile map[string]any) {
	for name, value := range profile {
		if _, stated := claims[name]; !stated && !protocol[name] {
			claims[name] = value
		}
	}
}
