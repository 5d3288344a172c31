package proxy

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"example.com/okta-gin/web"
)

// notFromServices are the answer headers that speak for the whole origin, which is the
// app's and not the service's, or that tell what only the app is to know.
func notFromServices() names {
	return names{
		whole: set(
			// Tokens, and what is said to who sends them.
			"authorization", "dpop", "dpop-nonce", "authentication-info", "proxy-authentication-info", "set-cookie2",
			// Of the origin: what it stores, how it is reached, what it reports, who may read or frame it.
			"clear-site-data", "strict-transport-security", "public-key-pins", "public-key-pins-report-only", "expect-ct", "alt-svc",
			"service-worker-allowed", "nel", "report-to", "reporting-endpoints", "origin-agent-cluster", "accept-ch", "critical-ch",
			"set-login", "speculation-rules", "refresh", "timing-allow-origin",
			"content-security-policy", "content-security-policy-report-only", "x-frame-options", "x-content-type-options",
			"permissions-policy", "referrer-policy",
			// How long others keep it: not at all, it is for one person.
			"cache-control", "pragma", "expires", "age", "cdn-cache-control", "surrogate-control",
			// What a proxy in front of the app would act on, and the id of the app's own log line.
			"x-accel-redirect", "x-accel-expires", "x-sendfile", "x-lighttpd-send-file", "x-reproxy-url", "x-request-id",
		),
		begins: beginnings("access-control-", "cross-origin-", "sec-session-", "secure-session-"),
	}
}

// policy is what a browser may do with an answer that it takes for a page: nothing.
const policy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// setHeaders sets what every answer has, the service's and our own.
func setHeaders(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
}

// answers makes a service's answers browsers'.
type answers struct {
	site    web.Site
	target  target
	dropped names
	cookies []string // that the service may set
}

func newAnswers(site web.Site, target target, cookies []string) answers {
	return answers{site, target, notFromServices(), cookies}
}

// clean takes out of the answer to what was asked for at asked, which the app has below
// prefix, what is not for the browser. It returns an error for one that leads elsewhere.
func (a answers) clean(answer *http.Response, asked *url.URL, prefix string) error {
	header := answer.Header
	a.dropped.removeFrom(header)
	a.cleanCookies(header)
	if challenges := slices.DeleteFunc(header["Www-Authenticate"], isForBrowsers); len(challenges) == 0 {
		delete(header, "Www-Authenticate")
	} else {
		header["Www-Authenticate"] = challenges
	}
	for _, name := range []string{"Location", "Content-Location"} {
		where := header.Get(name)
		if where == "" {
			continue
		}
		header.Del(name)
		if local, ok := a.local(where, asked, prefix); ok {
			header.Set(name, local)
		} else if name == "Location" && answer.StatusCode/100 == 3 {
			return redirectedElsewhere()
		}
	}
	return nil
}

// local returns where a browser finds what the service calls where.
func (a answers) local(where string, asked *url.URL, prefix string) (string, bool) {
	u, err := asked.Parse(where)
	if err != nil {
		return "", false
	}
	path, ok := a.target.back(prefix, u)
	return a.site.URL(path), ok
}

// cleanCookies leaves the cookies whose names pass.
func (a answers) cleanCookies(header http.Header) {
	lines, sent := header["Set-Cookie"]
	if !sent {
		return
	}
	kept := slices.DeleteFunc(lines, func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return !slices.Contains(a.cookies, strings.Trim(name, " \t"))
	})
	if len(kept) == 0 {
		delete(header, "Set-Cookie")
		return
	}
	header["Set-Cookie"] = kept
}

// forScripts matches one challenge that only scripts do something with. For others,
// such as Basic and Negotiate, browsers ask people for passwords or send their own.
var forScripts = regexp.MustCompile(`^(?i:bearer|dpop)( +` + parameter + `( *, *` + parameter + `)*)?$`)

const parameter = `[A-Za-z0-9_-]+=("([^"\\]|\\.)*"|[^\s",]+)`

func isForBrowsers(challenge string) bool { return !forScripts.MatchString(challenge) }

func redirectedElsewhere() *web.Problem {
	return &web.Problem{
		Status: http.StatusBadGateway, Heading: "The service leads elsewhere",
		Detail: "It redirects to a place that this app does not lead to.", Reason: "service_redirects",
	}
}
