package config

import (
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/config/weburl"
)

// check finds what is wrong with the parsed values and puts the rest into its final form.
// given are the values by name, from before the defaults.
func (c *Config) check(given map[string]string, found *problems) {
	var err error

	c.Issuer, err = checkIssuer(c.Issuer)
	found.add("OKTA_OAUTH2_ISSUER", err)
	found.add("OKTA_OAUTH2_CLIENT_ID", checkCredential(c.ClientID))
	c.ClientSecret, c.OtherClientSecret, err = splitClientSecret(c.ClientSecret)
	found.add("OKTA_OAUTH2_CLIENT_SECRET", err)
	switch {
	case c.ClientSecret.IsSet() && c.ClientKeys.IsSet():
		found.add(clientKeyName, invalid("is given beside OKTA_OAUTH2_CLIENT_SECRET; remove one of them, the one that the app integration does not use"))
	case !c.ClientSecret.IsSet() && !c.ClientKeys.IsSet() && !found.has(clientKeyName):
		found.add("OKTA_OAUTH2_CLIENT_SECRET", invalid("is missing, and there is no "+clientKeyName+" in its place"))
	}

	c.checkAddress(given, found)
	c.checkTLS(found)
	c.checkSession(found)

	c.Scopes = dropEmpty(c.Scopes)
	found.add("OKTA_SCOPES", checkScopes(c.Scopes))
	if !slices.Contains(c.Scopes, "openid") {
		found.add("OKTA_SCOPES", invalid(`must contain "openid"; scopes are separated by spaces`))
	}
	c.Prompt = strings.Join(strings.Fields(c.Prompt), " ")
	found.add("OKTA_PROMPT", oneOf(c.Prompt, "", "none", "login", "consent", "login consent", "consent login"))
	found.add("OKTA_TIMEOUT", checkDuration(c.OktaTimeout, 100*time.Millisecond, 10*time.Second))
	found.add("OKTA_RESPONSE_MODE", oneOf(c.ResponseMode, "query", "form_post"))
	c.checkWidget(found)
	found.add("OKTA_PAR", oneOf(c.PAR, "auto", "require", "off"))
	c.checkBinding(found)

	if strings.ContainsAny(c.APIAudience, " ,") {
		found.add("OKTA_API_AUDIENCE", invalid("must be one audience, such as api://default"))
	}
	for _, id := range c.APIClientIDs {
		found.add("OKTA_API_CLIENT_IDS", checkCredential(id))
	}
	c.APIScopes = dropEmpty(c.APIScopes)
	found.add("OKTA_API_SCOPES", checkScopes(c.APIScopes))
	for i, raw := range c.CORSAllowedOrigins {
		c.CORSAllowedOrigins[i], err = weburl.Origin(raw)
		found.add("CORS_ALLOWED_ORIGINS", err)
	}
	if c.APIToken.IsSet() {
		found.add("OKTA_API_TOKEN", checkCredential(c.APIToken.Reveal()))
		if !found.has("OKTA_OAUTH2_ISSUER") && !c.OktaShaped() {
			found.add("OKTA_API_TOKEN", invalid("is for Okta alone, and OKTA_OAUTH2_ISSUER is not an Okta authorization server; remove one of them"))
		}
	}
	c.checkProxyRoutes(found)
	c.checkOutside(found)
	found.add("DOCTOR_AT_START", oneOf(c.DoctorAtStart, "quick", "full", "off"))
	found.add("LOG_FORMAT", oneOf(c.LogFormat, "", "text", "json"))
	c.checkTraces(found)
}
