package config

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ProxyRoute leads from a path of the app, and all below it, to a service.
type ProxyRoute struct {
	Path string // such as /api/orders
	To   Upstream
}

// Upstream is a service that is called with the access token of the person who is signed
// in. Only URL is needed.
type Upstream struct {
	// URL is where the service is: https, or http on a loopback host; with or without a path,
	// and nothing after that.
	URL string
	// Scopes are what the access token must allow.
	Scopes []string
	// Cookies are the names of those that the service may see and set. Others pass neither way.
	Cookies []string
	// MaxBody is how many bytes a request may have. 0 means DefaultProxyBody.
	MaxBody int64
	// Wait is how long the service may take until it begins to answer. 0 means 30 s.
	Wait time.Duration
	// Idle is how long an answer or a WebSocket may be silent. 0 means 2 min.
	Idle time.Duration
}

// The defaults of an Upstream.
const (
	DefaultProxyBody = 10 << 20 // bytes
	defaultProxyWait = 30 * time.Second
	defaultProxyIdle = 2 * time.Minute

	maxProxyWait = 10 * time.Minute
	maxProxyIdle = 24 * time.Hour
)

// Settled returns u with its defaults filled in.
func (u Upstream) Settled() Upstream {
	u.MaxBody, u.Wait, u.Idle = cmp.Or(u.MaxBody, DefaultProxyBody), cmp.Or(u.Wait, defaultProxyWait), cmp.Or(u.Idle, defaultProxyIdle)
	return u
}

// Check says what is wrong with u, in words that follow its name.
func (u Upstream) Check() error {
	at, err := parseWebURL(u.URL)
	if err != nil {
		return invalid("leads to a URL that " + err.Error())
	}
	escaped := at.EscapedPath()
	if strings.Contains(strings.TrimSuffix(escaped, "/"), "//") || hasDotSegment(at.Path) || strings.ContainsAny(escaped, `\%;*`) {
		return invalid("leads to a URL whose path must be plain: no empty segments, dots alone, %, ; or *")
	}
	for _, scope := range u.Scopes {
		if !visible.MatchString(scope) {
			return invalid("has a scope that is not one word of ASCII characters")
		}
	}
	for _, name := range u.Cookies {
		if !cookieToken.MatchString(name) {
			return invalid("has a cookie name that is not one word of letters, digits, - and _")
		}
	}
	if err := checkDuration(u.Wait, time.Second, maxProxyWait); u.Wait != 0 && err != nil {
		return invalid("has a length of wait that " + err.Error())
	}
	if err := checkDuration(u.Idle, time.Second, maxProxyIdle); u.Idle != 0 && err != nil {
		return invalid("has a length of idle that " + err.Error())
	}
	return nil
}

// CheckProxyPath says what is wrong with a path of the app that is to lead to a service, in
// words that follow its name.
func CheckProxyPath(p string) error {
	if p == "" || !basePath.MatchString(p) || path.Clean(p) != p {
		return invalid("must begin with a path of this app such as /api/orders: letters, digits, - . _ ~, and no slash at the end")
	}
	return nil
}

// parseProxyRoutes reads a list of routes: PATH=URL, and words after it.
func parseProxyRoutes(text string) (any, error) {
	list, err := splitList(text)
	if err != nil {
		return nil, err
	}
	var routes []ProxyRoute
	for i, entry := range list {
		route, err := parseProxyRoute(entry)
		if err != nil {
			return nil, invalid(fmt.Sprintf("entry %d %v", i+1, err))
		}
		routes = append(routes, route)
	}
	return routes, nil
}

func parseProxyRoute(entry string) (ProxyRoute, error) {
	words := strings.Fields(entry)
	from, to, ok := strings.Cut(words[0], "=")
	if !ok {
		return ProxyRoute{}, invalid("must be PATH=URL, such as /api/orders=https://api.example.com/v1/orders")
	}
	if err := CheckProxyPath(from); err != nil {
		return ProxyRoute{}, err
	}
	route := ProxyRoute{from, Upstream{URL: to}}
	for _, word := range words[1:] {
		if err := route.To.add(word); err != nil {
			return ProxyRoute{}, err
		}
	}
	return route, route.To.Check()
}

// add reads a word such as scope:orders.read.
func (u *Upstream) add(word string) (err error) {
	name, value, _ := strings.Cut(word, ":")
	switch {
	case value == "":
	case name == "scope":
		u.Scopes = append(u.Scopes, value)
		return nil
	case name == "cookie":
		u.Cookies = append(u.Cookies, value)
		return nil
	case name == "body" && u.MaxBody == 0:
		u.MaxBody, err = parseSize(value)
		return err
	case name == "wait" && u.Wait == 0:
		u.Wait, err = parseWord(name, value)
		return err
	case name == "idle" && u.Idle == 0:
		u.Idle, err = parseWord(name, value)
		return err
	}
	return invalid("has a word after its URL that is none of scope:NAME, cookie:NAME, body:100MB, wait:30s and idle:2m, or is there twice")
}

func parseWord(name, value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, invalid("has a length of " + name + ` that must be a length of time with its unit, such as "30s"`)
	}
	return d, nil
}

var size = regexp.MustCompile(`^([0-9]{1,9})(KB|MB|GB)$`)

// parseSize reads a number of bytes such as 100MB, in powers of 1024.
func parseSize(text string) (int64, error) {
	wrong := invalid(`has a body that must be a size such as "500KB", "100MB" or "2GB"`)
	parts := size.FindStringSubmatch(text)
	if parts == nil {
		return 0, wrong
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	unit := map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[parts[2]]
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return 0, wrong
	}
	return n * unit, nil
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
			if within(route.Path, other.Path) || within(other.Path, route.Path) {
				found.add(name, invalid(entry+"has a path that another entry has too, or that is below one"))
			}
		}
		if !found.has("BASE_URL") && originOf(route.To.URL) == c.Origin() {
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

// within reports whether p is folder or below it.
func within(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, folder+"/")
}
