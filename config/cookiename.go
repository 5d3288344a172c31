package config

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
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

// maxCookieName leaves room for a prefix and what the store adds.
const maxCookieName = 40

// cookieToken is a token of RFC 6265, section 4.1.1.
var cookieToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func checkCookieName(name string) error {
	switch {
	case len(name) > maxCookieName || !cookieToken.MatchString(name):
		return invalid(fmt.Sprintf("must be one word of letters, digits, - and _, %d at the most", maxCookieName))
	case strings.HasPrefix(name, "__"):
		return invalid("must not begin with __; prefixes such as __Host- are added where they belong")
	}
	return nil
}
