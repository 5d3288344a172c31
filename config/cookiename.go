package config

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// SessionCookieName is the name of the session cookie before any prefix: COOKIE_NAME, or one
// derived from BASE_URL, issuer and client id. Browsers send an app the cookies of every other app
// on its host, whatever the ports; derived names keep them apart.
func (c Config) SessionCookieName() string {
	if c.CookieName != "" {
		return c.CookieName
	}
	const letters = 8
	sum := sha256.Sum256([]byte(c.BaseURL + "\n" + c.Issuer + "\n" + c.ClientID))
	return "okta_session_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:letters]
}
