package config

import (
	"net/url"
	"strings"
)

// checkBinding checks what binds requests and tokens to keys, and tokens to services.
func (c *Config) checkBinding(found *problems) {
	found.add("OKTA_DPOP", oneOf(c.DPoP, "on", "off"))
	found.add("OKTA_JAR", oneOf(c.JAR, "on", "off"))
	if c.JAR == "on" {
		if !c.ClientKeys.IsSet() && !found.has(clientKeyName) {
			found.add("OKTA_JAR", invalid("must be \"off\" without "+clientKeyName+" to sign with, which stands in place of the secret; "+makeClientKey))
		}
	}
	for _, resource := range c.Resources {
		u, err := url.Parse(resource)
		if err != nil || !u.IsAbs() || u.Host+u.Opaque == "" || u.User != nil || strings.Contains(resource, "#") || !visible.MatchString(resource) {
			found.add("OKTA_RESOURCE", invalid("must be absolute URLs without a fragment, such as https://api.example.com/orders"))
		}
	}
}
