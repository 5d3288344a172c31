package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parseBaseURL returns an origin as parseOrigin does, with the path that may follow it but
// without a slash at the end.
func parseBaseURL(raw string) (string, error) {
	u, err := parseWebURL(raw)
	if err != nil {
		return "", err
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if !basePath.MatchString(path) || hasDotSegment(path) {
		return "", invalid("must have a path of letters, digits, -, _, ~ and ., such as https://app.example.com/portal, or none")
	}
	return u.Scheme + "://" + u.Host + path, nil
}

// basePath is an empty path, or segments of characters that mean nothing to routers and proxies.
var basePath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

func hasDotSegment(path string) bool {
	segments := strings.Split(path, "/")
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

// parseOrigin returns an origin as browsers write it (RFC 6454, section 6.2): lower case, without
// the scheme's own port and without a slash at the end, which is forgiven.
func parseOrigin(raw string) (string, error) {
	u, err := parseWebURL(raw)
	if err != nil {
		return "", err
	}
	if u.EscapedPath() != "" && u.EscapedPath() != "/" {
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
		address, err := netip.ParseAddr(u.Hostname())
		return err == nil && address.Zone() == ""
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
