package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// soon is how long before its end a certificate is worth a word.
	soon = 14 * 24 * time.Hour
	// clockLeeway is what the app forgives between Okta's clock and its own.
	clockLeeway = 2 * time.Minute
	// clockDrift is more than a clock that is kept right is off.
	clockDrift = 10 * time.Second
)

// checkNetwork looks the org's name up and asks it for its metadata.
func checkNetwork(ctx context.Context, e *examiner) {
	issuer, err := url.Parse(e.cfg.Issuer)
	if err != nil {
		return
	}
	proxied := checkProxy(e, issuer)
	if !proxied && !resolves(ctx, e, issuer.Hostname()) {
		e.first.err = errors.New("the name is not known")
		return
	}
	e.first = e.ask(ctx, strings.TrimSuffix(e.cfg.Issuer, "/")+wellKnown)
	if err := e.first.err; err != nil {
		unreachable(e, err, proxied)
		return
	}
	if e.first.answer.TLS == nil {
		e.skip("tls", "plain http, on this machine")
		return
	}
	chain(e, e.first.answer.TLS)
}

// checkProxy says by which proxy Okta is reached, and reports whether it is by one.
func checkProxy(e *examiner, issuer *url.URL) bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: issuer})
	switch {
	case err != nil || proxy == nil && passesOverProxy(e.cfg.Environ()):
		e.tell("proxy", Fail, "HTTPS_PROXY is no address, and passed over", "Write it as http://HOST:PORT, or remove it.", "")
	case proxy != nil:
		e.ok("proxy", "Okta is asked by way of "+plain(proxy.Host))
		return true
	default:
		e.skip("proxy", "none: HTTPS_PROXY is not set, or not for this host")
	}
	return false
}

// passesOverProxy reports whether HTTPS_PROXY is set to something that net/http takes for
// nothing without a word.
func passesOverProxy(environ []string) bool {
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.EqualFold(name, "HTTPS_PROXY") && value != "" {
			if _, err := url.Parse("http://" + value); err != nil {
				return true
			}
		}
	}
	return false
}

func resolves(ctx context.Context, e *examiner, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, e.http.Timeout)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		e.tell("dns", Fail, "the name "+plain(host)+" cannot be looked up: "+cause(err),
			"Compare OKTA_OAUTH2_ISSUER with the Issuer URI, and see that this machine has a name server.", atIssuer)
		return false
	}
	e.ok("dns", plain(host)+" is "+strings.Join(addresses, ", "))
	return true
}

// unreachable says why there is no answer.
func unreachable(e *examiner, err error, proxied bool) {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		e.tell("tls", Fail, "the certificate is of an authority that this machine does not trust",
			"If a company proxy opens TLS, name its certificate in SSL_CERT_FILE; if not, somebody else answers in Okta's place.", "")
	case errors.As(err, &host):
		e.tell("tls", Fail, "the certificate is for another host", "Compare the host in OKTA_OAUTH2_ISSUER with the Issuer URI.", atIssuer)
	case errors.As(err, &invalid):
		e.tell("tls", Fail, "the certificate cannot be used: "+cause(err), "See that this machine's clock is right; the certificate is the server's.", "")
	case strings.Contains(err.Error(), "HTTP response to HTTPS client"): // net/http has no error of a type for it
		e.tell("tls", Fail, "what answers there speaks no TLS", "See the host and the port in OKTA_OAUTH2_ISSUER, and HTTPS_PROXY.", "")
	case proxied:
		e.tell("connection", Fail, "no answer by the proxy: "+cause(err), "See that HTTPS_PROXY is right, and that the proxy lets the host in OKTA_OAUTH2_ISSUER through.", "")
	default:
		e.tell("connection", Fail, "no answer: "+cause(err), "Let this machine reach the host in OKTA_OAUTH2_ISSUER, on port 443 unless it names another, or set HTTPS_PROXY.", "")
	}
}

// chain says by which certificates Okta's server was believed.
func chain(e *examiner, state *tls.ConnectionState) {
	leaf := state.PeerCertificates[0]
	authority := leaf.Issuer.String()
	if len(state.VerifiedChains) > 0 {
		verified := state.VerifiedChains[0]
		authority = verified[len(verified)-1].Subject.String()
	}
	seen := fmt.Sprintf("%s, certificate good until %s, by %s", tls.VersionName(state.Version), leaf.NotAfter.UTC().Format(time.DateOnly), plain(authority))
	if left := leaf.NotAfter.Sub(e.now()); left < soon {
		e.tell("tls", Warn, seen, "It ends soon. A custom domain's certificate that you manage is renewed there.", "Customizations → Brands → your brand → Domains")
		return
	}
	e.ok("tls", seen)
}

// checkClock compares ours with Okta's, by the Date of its first answer.
func checkClock(_ context.Context, e *examiner) {
	if e.first.answer == nil {
		e.skip("clock", "not looked at: there is no answer of Okta")
		return
	}
	date, err := http.ParseTime(e.first.answer.Header.Get("Date"))
	if err != nil {
		e.tell("clock", Unknown, "the answer has no Date", "Compare this machine's clock with another.", "")
		return
	}
	e.findings = append(e.findings, Clock(e.first.at.Sub(date)))
}

// Clock judges how far this machine's clock is ahead of Okta's.
func Clock(ahead time.Duration) Finding {
	ahead = ahead.Round(time.Second)
	seen := fmt.Sprintf("this machine is %s ahead of Okta", ahead)
	if ahead < 0 {
		seen = fmt.Sprintf("this machine is %s behind Okta", -ahead)
	}
	const next = "Set this machine's clock by NTP: tokens are judged by their time, to two minutes."
	switch {
	case ahead.Abs() > clockLeeway:
		return Finding{"clock", Fail, seen, next, ""}
	case ahead.Abs() > clockDrift:
		return Finding{"clock", Warn, seen, next, ""}
	default:
		return Finding{"clock", OK, seen, "", ""}
	}
}
