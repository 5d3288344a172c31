package config

import "net/url"

// checkBinding checks what binds requests and tokens to keys, and tokens to services.
func (c *Config) checkBinding(found *problems) {
	found.add("OKTA_DPOP", oneOf(c.DPoP, "on", "off"))
	found.add("OKTA_JAR", oneOf(c.JAR, "on", "off"))
	if c.JAR == "on" {
		if !c.ClientKeys.IsSet() && !found.has(clientKeyName) {
			found.add("OKTA_JAR", invalid("is on and needs "+clientKeyName+" to sign with; "+makeClientKey+
				", and choose it in the Admin Console: Applications → your app → General → Client Credentials → Client authentication: Public key / Private key"))
		}
		if c.SignIn == "widget" {
			found.add("SIGN_IN", invalid(`must be "redirect": the widget's parameters are not signed, and OKTA_JAR is on`))
		}
	}
	for _, resource := range c.Resources {
		u, err := url.Parse(resource)
		if err != nil || !u.IsAbs() || u.Host == "" || u.User != nil || u.Fragment != "" || !visible.MatchString(resource) {
			found.add("OKTA_RESOURCE", invalid("must be absolute URLs without a fragment, such as https://api.example.com/orders"))
		}
	}
}
