package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/okta-gin/config/weburl"
)

// oktaDomains are the domains under which Okta itself hosts orgs. An org's custom domain may be
// called anything.
var oktaDomains = []string{
	"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "okta-miltest.com",
	"trexcloud.com", "trex-gov.com", // Okta's own test orgs
}

// oktaPath is the path of an Okta authorization server: none for the org's own.
var oktaPath = regexp.MustCompile(`^(/oauth2/[A-Za-z0-9_-]+)?$`)

// checkIssuer returns the issuer as its tokens carry it. Okta's have a lower-case host and no
// trailing slash; what is not in Okta's shape is taken letter by letter.
func checkIssuer(raw string) (string, error) {
	if raw == "" {
		return "", invalid("is missing; expected a URL such as https://ORG.okta.com/oauth2/default")
	}
	issuer, err := weburl.Parse(raw)
	if err != nil {
		return "", err
	}
	path := issuer.EscapedPath()
	if strings.Contains(path+"/", "/.well-known/") {
		return "", invalid("must be the issuer alone; leave out /.well-known/ and what follows")
	}
	if weburl.HasDotSegment(path) || !strings.HasSuffix(raw, path) {
		return "", invalid("must have a plain path, without /./ or /../ and with special characters as %XX")
	}
	trimmed := strings.TrimRight(path, "/")
	if isOktaHost(issuer.Hostname()) {
		if err := checkOktaIssuer(issuer.Hostname(), trimmed); err != nil {
			return "", err
		}
		return issuer.Scheme + "://" + issuer.Host + trimmed, nil
	}
	if path == "" || trimmed != "" && oktaPath.MatchString(trimmed) {
		return issuer.Scheme + "://" + issuer.Host + trimmed, nil
	}
	return raw, nil
}

// checkOktaIssuer knows what issuers on Okta's own domains look like.
func checkOktaIssuer(host, path string) error {
	if name, _, _ := strings.Cut(host, "."); strings.HasSuffix(name, "-admin") {
		return invalid("is the address of the Admin Console; leave out the -admin in the host name")
	}
	if slices.Contains(oktaDomains, host) {
		return invalid("must name your org, such as https://ORG.okta.com/oauth2/default")
	}
	if !oktaPath.MatchString(path) {
		return invalid("must be https://ORG.okta.com or https://ORG.okta.com/oauth2/ID, without an endpoint such as /v1/authorize")
	}
	return nil
}

// isOktaHost reports whether host is one of Okta's own domains or lies under one.
func isOktaHost(host string) bool {
	return slices.ContainsFunc(oktaDomains, func(domain string) bool { return strings.HasSuffix("."+host, "."+domain) })
}

// OrgKind says what the issuer's host tells of the org: "production", "preview", whose apps and
// people are its own, or "custom domain" where the host is none of Okta's.
func (c Config) OrgKind() string {
	issuer, err := url.Parse(c.Issuer)
	switch {
	case err != nil || !isOktaHost(issuer.Hostname()):
		return "custom domain"
	case strings.HasSuffix(issuer.Hostname(), ".oktapreview.com"):
		return "preview"
	default:
		return "production"
	}
}

// OktaShaped reports whether the issuer looks like an Okta authorization server: an origin alone,
// or one followed by /oauth2/ID. On another issuer, what only Okta has cannot work.
func (c Config) OktaShaped() bool {
	issuer, err := url.Parse(c.Issuer)
	return err == nil && oktaPath.MatchString(issuer.EscapedPath())
}

// IsOrgServer reports whether the issuer is an Okta org's own authorization server, whose access
// tokens only Okta can read.
func (c Config) IsOrgServer() bool {
	issuer, err := url.Parse(c.Issuer)
	return err == nil && issuer.EscapedPath() == ""
}

// OrgURL is the scheme and host of the issuer, where an Okta org has its management API.
func (c Config) OrgURL() string { return weburl.Of(c.Issuer) }

// OktaIsHere reports whether the org is on this machine, where only a stand-in for one can be.
func (c Config) OktaIsHere() bool { return c.Issuer != "" && !weburl.IsElsewhere(c.Issuer) }
