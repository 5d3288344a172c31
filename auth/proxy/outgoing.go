package proxy

import (
	"net/http"
	"net/http/httputil"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"example.com/okta-gin/web"
)

// notFromBrowsers are the request headers by which services learn who sends a request,
// from where, or which other path is meant. A browser's word for that is worth nothing.
func notFromBrowsers() names {
	return names{
		whole: set(
			// Credentials: RFC 9110 section 11, RFC 9449, RFC 6265, RFC 9440.
			"Authorization", "Proxy-Authorization", "Authentication-Info", "Dpop", "Cookie", "Cookie2", "Client-Cert", "Client-Cert-Chain",
			"X-Access-Token", "X-Id-Token", "X-Jwt-Assertion", "X-Client-Cert", "X-Ssl-Cert",
			// Who came before: RFC 7239, RFC 9110 section 7.6.3, nginx, Akamai, Cloudflare, Fastly, Azure.
			"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
			"Cf-Connecting-Ipv6", "Cf-Pseudo-Ipv4", "Fastly-Client-Ip", "X-Azure-Clientip", "X-Azure-Socketip", "X-Proxyuser-Ip", "Cdn-Loop",
			// What else is meant: IIS and Symfony take the path from these.
			"X-Host", "X-Rewrite-Url",
			// h2c: RFC 9113 dropped the way to HTTP/2 by an upgrade, and it leads around a proxy.
			"Http2-Settings",
			// The pages of the app, which its Referrer-Policy tells no other site.
			"Referer",
		),
		begins: beginnings(
			"X-Forwarded", "X-Original", "X-Envoy-", "X-Appengine-",
			// Who somebody is, as gateways tell services: Apache and Authelia, oauth2-proxy and Keystone, Grafana, Authentik,
			// Kong, Google's IAP, AWS's ALB, Azure's App Service, Cloudflare Access, Pomerium, Tailscale, Kubernetes, nginx.
			"Remote-", "X-Remote-", "X-User", "X-Auth-", "X-Authenticated-", "X-Webauth-", "X-Authentik-", "X-Consumer-", "X-Credential-",
			"X-Anonymous-", "X-Goog-Authenticated-", "X-Goog-Iap-", "X-Amzn-Oidc-", "X-Ms-Client-Principal", "X-Ms-Token-",
			"Cf-Access-", "X-Pomerium-", "Tailscale-", "Impersonate-", "X-Ssl-Client", "Ssl-Client",
		),
	}
}

// rewrite makes the browser's request the service's. What speaks of one hop alone, and
// what the browser's Connection names, is gone already (RFC 9110 section 7.6.1); who the
// person is comes later.
func (x *call) rewrite(pr *httputil.ProxyRequest) {
	out := pr.Out
	cookies := x.proxy.allowed(pr.In.Header["Cookie"])
	x.proxy.incoming.removeFrom(out.Header)
	query := out.URL.RawQuery // without what can't be parsed, which servers read differently
	out.URL, out.Host, out.Trailer = x.url, "", nil
	out.URL.RawQuery = query
	if len(cookies) > 0 {
		out.Header["Cookie"] = []string{strings.Join(cookies, "; ")}
	}
	out.Header.Del("Te") // its trailers would not be passed on
	if !x.upgrade {
		out.Header.Del("Connection")
		out.Header.Del("Upgrade")
	}
	out.Header["Forwarded"] = []string{x.proxy.forwarded(pr.In)}
	out.Header["Via"] = []string{strconv.Itoa(pr.In.ProtoMajor) + "." + strconv.Itoa(pr.In.ProtoMinor) + " " + pseudonym}
}

// pseudonym is this proxy's name in Via: hosts are nobody's business.
const pseudonym = "okta-gin"

// forwarded says for whom and under which name the app was asked (RFC 7239).
func (p *Proxy) forwarded(r *http.Request) string {
	client := "unknown"
	if address, err := netip.ParseAddr(p.site.Client(r)); err == nil {
		if client = address.WithZone("").String(); address.Is6() {
			client = `"[` + client + `]"`
		}
	}
	return "for=" + client + p.hostAndProto
}

func hostAndProto(site web.Site) string {
	proto, host, _ := strings.Cut(site.Origin(), "://")
	return `;host="` + host + `";proto=` + proto
}

// allowed returns the cookies, as they were sent, whose names pass.
func (p *Proxy) allowed(headers []string) []string {
	if len(p.upstream.Cookies) == 0 {
		return nil
	}
	var kept []string
	for _, header := range headers {
		for pair := range strings.SplitSeq(header, ";") {
			pair = strings.Trim(pair, " \t")
			if name, _, ok := strings.Cut(pair, "="); ok && slices.Contains(p.upstream.Cookies, name) {
				kept = append(kept, pair)
			}
		}
	}
	return kept
}
