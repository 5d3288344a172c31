package config

import (
	"net/url"
	"regexp"
	"strings"

	"example.com/okta-gin/config/weburl"
)

// checkRedisURL checks the form alone; lead begins its message.
func checkRedisURL(raw, lead string) error {
	u, err := url.Parse(raw)
	if err == nil && (u.Host == "HOST" || strings.HasPrefix(u.Host, "HOST:") || strings.Contains(raw, ":PASSWORD@")) {
		return invalid("is still the placeholder of an example; put the real value in its place")
	}
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || !weburl.ValidPort(u) {
		return invalid(lead + "redis://HOST:PORT or rediss://HOST:PORT; in a password, write special characters as %XX")
	}
	if !databasePath.MatchString(u.Path) {
		return invalid("must name no more than a database number after the host, such as redis://localhost:6379/1")
	}
	if _, err := url.ParseQuery(u.RawQuery); err != nil || u.Fragment != "" {
		return invalid("must end in well-formed parameters, such as ?master_name=main")
	}
	return nil
}

var databasePath = regexp.MustCompile(`^/?[0-9]*$`)
