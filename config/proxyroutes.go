package config

import (
	"fmt"
	"slices"
	"strings"

	"example.com/okta-gin/config/proxyroute"
	"example.com/okta-gin/config/weburl"
)

// parseProxyRoutes reads a list of routes: PATH=URL, and words after it.
func parseProxyRoutes(text string) (any, error) {
	list, err := splitList(text)
	if err != nil {
		return nil, err
	}
	var routes []proxyroute.Route
	for i, entry := range list {
		route, err := proxyroute.Parse(entry)
		if err != nil {
			return nil, invalid(fmt.Sprintf("entry %d %v", i+1, err))
		}
		routes = append(routes, route)
	}
	return routes, nil
}

// checkProxyRoutes checks the routes with each other and with the rest of the settings.
func (c *Config) checkProxyRoutes(found *problems) {
	const name = "PROXY_ROUTES"
	if len(c.ProxyRoutes) > 0 && !c.WantsRenewal() {
		found.add(name, invalid("needs offline_access in OKTA_SCOPES: without it, sessions keep no access token to call a service with. The app integration must allow the grant type Refresh Token"))
	}
	for i, route := range c.ProxyRoutes {
		entry := fmt.Sprintf("entry %d ", i+1)
		for _, other := range c.ProxyRoutes[:i] {
			if below(route.Path, other.Path) || below(other.Path, route.Path) {
				found.add(name, invalid(entry+"has a path that another entry has too, or that is below one"))
			}
		}
		if !found.has("BASE_URL") && weburl.Of(route.To.URL) == c.Origin() {
			found.add(name, invalid(entry+"leads to this app itself; name the service's own address"))
		}
		if len(route.To.Scopes) > 0 && !found.has("OKTA_OAUTH2_ISSUER") && c.IsOrgServer() {
			found.add(name, invalid(entry+"asks for a scope, which access tokens of the org authorization server do not show; OKTA_OAUTH2_ISSUER must be a custom one, such as https://ORG.okta.com/oauth2/default"))
		}
		for _, scope := range route.To.Scopes {
			if !slices.Contains(c.Scopes, scope) {
				found.add(name, invalid(entry+"asks for a scope that OKTA_SCOPES does not ask Okta for; add it there"))
			}
		}
	}
}

// below reports whether p is folder or below it.
func below(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, folder+"/")
}
