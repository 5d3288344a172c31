package config

import (
	"regexp"

	"example.com/okta-gin/config/weburl"
)

// UniversalLogout returns who signs Universal Logout requests and where its keys are: as set, or
// the issuer's org and its keys. ok is false where nobody does: the issuer is not Okta's and no other
// is set.
func (c Config) UniversalLogout() (issuer, keys string, ok bool) {
	issuer, keys = c.UniversalLogoutIssuer, c.UniversalLogoutKeys
	if issuer == "" && !c.OktaShaped() {
		return "", "", false
	}
	if issuer == "" {
		issuer = c.OrgURL()
	}
	if keys == "" {
		keys = weburl.Of(issuer) + "/oauth2/v1/keys"
	}
	return issuer, keys, true
}

// checkOutside checks what signing out from outside needs.
func (c *Config) checkOutside(found *problems) {
	if c.UniversalLogoutIssuer != "" {
		_, err := weburl.Parse(c.UniversalLogoutIssuer)
		found.add("OKTA_UNIVERSAL_LOGOUT_ISSUER", err)
	}
	if c.UniversalLogoutKeys != "" {
		_, err := weburl.Parse(c.UniversalLogoutKeys)
		found.add("OKTA_UNIVERSAL_LOGOUT_KEYS", err)
		if c.UniversalLogoutIssuer == "" && !found.has("OKTA_OAUTH2_ISSUER") && !c.OktaShaped() {
			found.add("OKTA_UNIVERSAL_LOGOUT_KEYS", invalid("needs OKTA_UNIVERSAL_LOGOUT_ISSUER too, because OKTA_OAUTH2_ISSUER is not an Okta authorization server"))
		}
	}
	if c.EventHookSecret.IsSet() {
		found.add("OKTA_EVENT_HOOK_SECRET", checkHookSecret(c.EventHookSecret.Reveal()))
	}
}

// leastHookSecret is how long a secret must be that alone guards people's sessions.
const leastHookSecret = 16

// headerText is ASCII that a header carries unchanged.
var headerText = regexp.MustCompile(`^[ -~]+$`)

func checkHookSecret(secret string) error {
	if len(secret) < leastHookSecret || !headerText.MatchString(secret) {
		return invalid("must be 16 or more ASCII characters, such as `openssl rand -hex 32` makes")
	}
	return nil
}
