package oktahttp

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// Timeout bounds a request to Okta from its first byte to the answer's last.
	Timeout = 5 * time.Second
	// MaxBody bounds an answer's body in bytes. It is far above anything Okta
	// sends: a key set is about 2 KB, a person with hundreds of groups about 20 KB.
	MaxBody = 1 << 20
	// MaxHeader bounds an answer's headers in bytes. Okta's are about 2 KB.
	MaxHeader = 64 << 10
	// MaxIdle bounds the connections kept for the next request. It covers a burst
	// of sign-ins without new TLS handshakes.
	MaxIdle = 100
	// MaxConnections bounds the connections at one time, and so the requests under
	// way where the server speaks HTTP/1.1. Who comes when all are in use waits for
	// one, at most Timeout.
	MaxConnections = 200
)

var errBodyTooLarge = fmt.Errorf("response body is over %d bytes", MaxBody)

// NewClient returns a client for requests to Okta. Time, body, headers and
// connections are bounded by the constants of this package; what goes beyond is an
// error. It follows no redirect.
func NewClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = MaxHeader
	transport.MaxIdleConns = MaxIdle
	transport.MaxIdleConnsPerHost = MaxIdle
	transport.MaxConnsPerHost = MaxConnections
	return &http.Client{
		Transport:     limitedTransport{transport},
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// limitedTransport names this app to Okta and cuts every body off at MaxBody
// with an error, so that a truncated document can't pass for a whole one.
type limitedTransport struct{ next http.RoundTripper }

func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "okta-gin")
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: MaxBody}
	return resp, nil
}

// limitedBody fails once more than left bytes have been read.
type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		return b.left, errBodyTooLarge
	}
	b.left -= n
	return n, err
}
