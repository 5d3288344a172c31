// Package weburl reads the URLs of web sites and services in settings. Its errors say what
// was expected, in words that follow the setting's name, and never quote a value.
package weburl

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Base returns an origin as Origin does, with the path that may follow it but
// without a slash at the end.
func Base(raw string) (string, error) {
	u, err := Parse(raw)
	if err != nil {
		return "", err
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if !IsPlain(path) {
		return "", errors.New("must have a path of letters, digits, -, _, ~ and ., such as https://app.example.com/portal, or none")
	}
	return u.Scheme + "://" + u.Host + path, nil
}

// IsPlain reports whether path is empty, or segments of characters that mean nothing to routers
// and proxies.
func IsPlain(path string) bool { return plainPath.MatchString(path) && !HasDotSegment(path) }

var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

// HasDotSegment reports whether path has a segment of one dot or two.
func HasDotSegment(path string) bool {
	segments := strings.Split(path, "/")
	return slices.Contains(segments, ".") || slices.Contains(segments, "..")
}

// Origin returns an origin as browsers write it (RFC 6454, section 6.2): lower case, without
// the scheme's own port and without a slash at the end, which is forgiven.
func Origin(raw string) (string, error) {
	u, err := Parse(raw)
	if err != nil {
		return "", err
	}
	if u.EscapedPath() != "" && u.EscapedPath() != "/" {
		return "", errors.New("must be an origin, without a path, such as https://app.example.com")
	}
	return u.Scheme + "://" + u.Host, nil
}

// Parse accepts https URLs, and http ones whose host is loopback, with nothing after the
// path. It returns them without the scheme's own port.
func Parse(raw string) (*url.URL, error) {
	if strings.Count(raw, "://") > 1 {
		return nil, errors.New("must begin with https:// once")
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "" {
		return nil, errors.New("must be a full URL that begins with https://")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(raw, "#") {
		return nil, errors.New("must not hold a user name, a question mark or a #")
	}
	u.Host = strings.ToLower(u.Host)
	if !validHost(u) {
		return nil, errors.New("must have a plain host name, with or without a port from 1 to 65535")
	}
	if u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		return nil, errors.New("must begin with https://; http is for this machine alone (localhost, 127.0.0.1, [::1])")
	}
	u.Host = strings.TrimSuffix(u.Host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	return u, nil
}

// IsName reports whether host is a plain name, in lower case.
func IsName(host string) bool { return hostName.MatchString(host) }

var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

func validHost(u *url.URL) bool {
	if !ValidPort(u) {
		return false
	}
	if strings.HasPrefix(u.Host, "[") {
		address, err := netip.ParseAddr(u.Hostname())
		return err == nil && address.Zone() == ""
	}
	return IsName(u.Hostname())
}

// ValidPort reports whether u has no port or a possible one.
func ValidPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

// IsElsewhere reports whether raw names a host that is not loopback.
func IsElsewhere(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && !IsLoopback(u.Hostname())
}

// IsLoopback reports whether host, a name or an address, is this machine.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// Of returns the scheme and host of a URL, empty for what is none.
func Of(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
