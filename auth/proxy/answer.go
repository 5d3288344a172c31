package proxy

import (
	"net/http"
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
			"Authorization", "Dpop", "Dpop-Nonce", "Authentication-Info", "Proxy-Authentication-Info", "Set-Cookie2",
			// Of the origin: what it stores, how it is reached, what it reports, who may read or frame it.
			"Clear-Site-Data", "Strict-Transport-Security", "Public-Key-Pins", "Public-Key-Pins-Report-Only", "Expect-Ct", "Alt-Svc",
			"Service-Worker-Allowed", "Nel", "Report-To", "Reporting-Endpoints", "Origin-Agent-Cluster", "Accept-Ch", "Critical-Ch",
			"Set-Login", "Speculation-Rules", "Refresh", "Timing-Allow-Origin",
			"Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Frame-Options", "X-Content-Type-Options",
			"Permissions-Policy", "Referrer-Policy",
			// How long others keep it: not at all, it is for one person.
			"Cache-Control", "Pragma", "Expires", "Age", "Cdn-Cache-Control", "Surrogate-Control",
			// What a proxy in front of the app would act on, and the id of the app's own log line.
			"X-Accel-Redirect", "X-Accel-Expires", "X-Sendfile", "X-Lighttpd-Send-File", "X-Reproxy-Url", "X-Request-Id",
		),
		begins: beginnings("Access-Control-", "Cross-Origin-", "Sec-Session-", "Secure-Session-"),
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

// clean takes out of a service's answer what is not for the browser. It returns an
// error for one that leads elsewhere.
func (x *call) clean(answer *http.Response) error {
	header := answer.Header
	x.proxy.outgoing.removeFrom(header)
	x.proxy.cleanCookies(header)
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
		if local, ok := x.local(where); ok {
			header.Set(name, local)
		} else if name == "Location" && answer.StatusCode/100 == 3 {
			return redirectedElsewhere()
		}
	}
	return nil
}

// local returns where a browser finds what the service calls where.
func (x *call) local(where string) (string, bool) {
	u, err := x.url.Parse(where)
	if err != nil {
		return "", false
	}
	path, ok := x.proxy.target.back(x.prefix, u)
	return x.proxy.site.URL(path), ok
}

// cleanCookies leaves the cookies whose names pass.
func (p *Proxy) cleanCookies(header http.Header) {
	lines, sent := header["Set-Cookie"]
	if !sent {
		return
	}
	kept := slices.DeleteFunc(lines, func(line string) bool {
		name, _, _ := strings.Cut(line, "=")
		return !slices.Contains(p.upstream.Cookies, strings.Trim(name, " \t"))
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
