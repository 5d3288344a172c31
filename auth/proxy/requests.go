package proxy

import (
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
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
			"authorization", "proxy-authorization", "authentication-info", "dpop", "cookie", "cookie2", "client-cert", "client-cert-chain",
			"x-access-token", "x-id-token", "x-jwt-assertion", "teleport-jwt-assertion", "x-client-cert", "x-client-dn", "x-client-verify", "x-ssl-cert", "x-arr-clientcert",
			// Who came before: RFC 9110 section 7.6.3, nginx, Akamai, Cloudflare, Fastly, Azure, WebLogic, mail.
			"via", "x-originating-ip", "proxy-client-ip", "wl-proxy-client-ip", "x-real-ip", "x-client-ip", "client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
			"cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip", "x-azure-clientip", "x-azure-socketip", "x-proxyuser-ip", "cdn-loop",
			// What else is meant: IIS and Symfony take the path from these.
			"x-host", "x-rewrite-url",
			// CGI programs take this for where their own requests go (httpoxy).
			"proxy",
			// h2c: RFC 9113 dropped the way to HTTP/2 by an upgrade, and it leads around a proxy.
			"http2-settings",
			// The pages of the app, which its Referrer-Policy tells no other site.
			"referer",
		),
		begins: beginnings(
			"forwarded", "x-forwarded", "x-original", "x-envoy-", "x-appengine-",
			// Who somebody is, as gateways tell services: Apache and Authelia, oauth2-proxy and Keystone, Grafana, Authentik,
			// Kong, Google's IAP and API gateways, AWS's ALB, Azure's App Service, Cloudflare Access, Pomerium, Tailscale, Kubernetes,
			// nginx, Vouch; mod_auth_openidc, Shibboleth, SiteMinder, IBM's WebSEAL, Oracle's Access Manager.
			"remote-", "x-remote-", "x-user", "x-auth-", "x-authenticated-", "x-webauth-", "x-authentik-", "x-consumer-", "x-credential-",
			"x-anonymous-", "x-goog-authenticated-", "x-goog-iap-", "x-amzn-oidc-", "x-ms-client-principal", "x-ms-token-",
			"cf-access-", "x-pomerium-", "tailscale-", "impersonate-", "x-ssl-client", "ssl-client", "x-endpoint-api-userinfo", "x-apigateway-api-userinfo", "x-vouch-",
			"oidc-", "shib-", "sm-", "smuser", "iv-", "oam-",
		),
	}
}

// requests makes browsers' requests a service's.
type requests struct {
	site         web.Site
	dropped      names
	cookies      []string // that the service may have
	hostAndProto string
}

func newRequests(site web.Site, cookies []string) requests {
	proto, host, _ := strings.Cut(site.Origin(), "://")
	return requests{site, notFromBrowsers(), cookies, `;host="` + host + `";proto=` + proto}
}

// rewrite makes the browser's request one for target. What speaks of one hop alone, and
// what the browser's Connection names, is gone already (RFC 9110 section 7.6.1); who the
// person is comes later.
func (q requests) rewrite(pr *httputil.ProxyRequest, target *url.URL, upgrade bool) {
	out := pr.Out
	cookies := q.allowed(pr.In.Header["Cookie"])
	q.dropped.removeFrom(out.Header)
	query := out.URL.RawQuery // without what can't be parsed, which servers read differently
	out.URL, out.Host, out.Trailer = target, "", nil
	out.URL.RawQuery = query
	if len(cookies) > 0 {
		out.Header["Cookie"] = []string{strings.Join(cookies, "; ")}
	}
	out.Header.Del("Te") // its trailers would not be passed on
	if !upgrade {
		out.Header.Del("Connection")
		out.Header.Del("Upgrade")
	}
	out.Header["Forwarded"] = []string{q.forwarded(pr.In)}
	out.Header["Via"] = []string{strconv.Itoa(pr.In.ProtoMajor) + "." + strconv.Itoa(pr.In.ProtoMinor) + " " + pseudonym}
}

// pseudonym is this proxy's name in Via: hosts are nobody's business.
const pseudonym = "okta-gin"

// forwarded says for whom and under which name the app was asked (RFC 7239).
func (q requests) forwarded(r *http.Request) string {
	client := "unknown"
	if address, err := netip.ParseAddr(q.site.Client(r)); err == nil {
		if client = address.WithZone("").String(); address.Is6() {
			client = `"[` + client + `]"`
		}
	}
	return "for=" + client + q.hostAndProto
}

// allowed returns the cookies, as they were sent, whose names pass.
func (q requests) allowed(headers []string) []string {
	if len(q.cookies) == 0 {
		return nil
	}
	var kept []string
	for _, header := range headers {
		for pair := range strings.SplitSeq(header, ";") {
			pair = strings.Trim(pair, " \t")
			if name, _, ok := strings.Cut(pair, "="); ok && slices.Contains(q.cookies, name) {
				kept = append(kept, pair)
			}
		}
	}
	return kept
}
