package proxy

import (
	"context"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/config/proxyroute"
	"example.com/okta-gin/session"
)

const (
	dialTimeout = 5 * time.Second  // and again for TLS
	keepIdle    = 90 * time.Second // a connection that nobody uses
	maxIdle     = 256              // such connections
	maxHeader   = 64 << 10         // bytes of an answer's headers
)

// service is the one that a Proxy leads to, and what calls to it have in common.
type service struct {
	upstream       proxyroute.Upstream
	target         target
	scripts        scripts
	people         people
	requests       requests
	answers        answers
	as             func(next http.RoundTripper, s *session.Session) (http.RoundTripper, error)
	sessions       *session.Sessions
	journal        journal.Journal
	patience, look time.Duration
	transport      *http.Transport
	buffers        buffers
	errors         *log.Logger // of the reverse proxies, whose errors are in the calls' own notes
}

// newTransport returns what connects to the service, and to nothing else: it follows no
// redirect and asks no other proxy. Its connections are everybody's; each request says
// whose it is.
func newTransport(upstream proxyroute.Upstream) *http.Transport {
	dialer := net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return impatient{conn, upstream.Wait}, nil
		},
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: upstream.Wait, ExpectContinueTimeout: time.Second,
		IdleConnTimeout: keepIdle, MaxIdleConns: maxIdle, MaxIdleConnsPerHost: maxIdle, MaxResponseHeaderBytes: maxHeader,
		DisableCompression: true, ForceAttemptHTTP2: true,
	}
}
