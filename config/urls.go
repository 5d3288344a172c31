package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// checkIssuer returns the issuer in the form that Okta's tokens carry, which has no trailing slash.
func checkIssuer(raw string) (string, error) {
	if raw == "" {
		return "", invalid("is missing; expected a URL such as https://ORG.okta.com/oauth2/default")
	}
	if isPlaceholder(raw) {
		return "", invalid("is still the placeholder of an example; put your Okta domain in its place")
	}
	issuer, err := parseWebURL(raw)
	if err != nil {
		return "", err
	}
	if name, _, _ := strings.Cut(issuer.Hostname(), "."); strings.HasSuffix(name, "-admin") {
		return "", invalid("is the address of the Admin Console; leave out the -admin in the host name")
	}
	if strings.Contains(issuer.Path, "/.well-known/") {
		return "", invalid("must be the issuer alone; leave out /.well-known/ and what follows")
	}
	path := strings.TrimRight(issuer.Path, "/")
	if path != "" && !issuerPath.MatchString(path) {
		return "", invalid("must be https://ORG.okta.com or https://ORG.okta.com/oauth2/ID, without an endpoint such as /v1/authorize")
	}
	return issuer.Scheme + "://" + issuer.Host + path, nil
}

var issuerPath = regexp.MustCompile(`^/oauth2/[A-Za-z0-9_-]+$`)

// parseOrigin returns an origin as browsers write it (RFC 6454, section 6.2): lower case, without
// the scheme's own port and without a slash at the end, which is forgiven.
func parseOrigin(raw string) (string, error) {
	u, err := parseWebURL(raw)
	if err != nil {
		return "", err
	}
	if u.Path != "" && u.Path != "/" {
		return "", invalid("must be an origin, without a path, such as https://app.example.com")
	}
	return u.Scheme + "://" + u.Host, nil
}

// parseWebURL accepts https URLs, and http ones whose host is loopback, with nothing after the
// path. It returns them without the scheme's own port.
func parseWebURL(raw string) (*url.URL, error) {
	if strings.Count(raw, "://") > 1 {
		return nil, invalid("must begin with https:// once")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" {
		return nil, invalid("must be a full URL that begins with https://")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(raw, "#") {
		return nil, invalid("must not hold a user name, a question mark or a #")
	}
	if u.RawPath != "" || strings.Contains(raw, "%") {
		return nil, invalid("must not hold escapes (%)")
	}
	u.Host = strings.ToLower(u.Host)
	if !validHost(u) {
		return nil, invalid("must have a plain host name, with or without a port from 1 to 65535")
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return nil, invalid("must begin with https://; http is for this machine alone (localhost, 127.0.0.1, [::1])")
	}
	u.Host = strings.TrimSuffix(u.Host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	return u, nil
}

var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

func validHost(u *url.URL) bool {
	if !validPort(u) {
		return false
	}
	if strings.HasPrefix(u.Host, "[") {
		_, err := netip.ParseAddr(u.Hostname())
		return err == nil
	}
	return hostName.MatchString(u.Hostname())
}

// validPort reports whether u has no port or a possible one.
func validPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

// isElsewhere reports whether raw names a host that is not loopback.
func isElsewhere(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && !isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
