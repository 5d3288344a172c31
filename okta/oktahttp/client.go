package oktahttp

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// Timeout bounds a request to Okta from its first byte to the answer's last, where
	// settings say nothing else.
	Timeout = 5 * time.Second
	// MaxBody bounds an answer's body in bytes. It is far above anything Okta
	// sends: a key set is about 2 KB, a person with hundreds of groups about 20 KB.
	MaxBody = 1 << 20
	// MaxHeader bounds an answer's headers in bytes. Okta's are about 2 KB.
	MaxHeader = 64 << 10
	// MaxIdle bounds the connections kept for the next request. It covers a burst
	// of sign-ins without new TLS handshakes.
	MaxIdle = 100
	// MaxConnections bounds the connections at one time. Who comes when all are in
	// use waits for one, at most for the time that a request may take.
	MaxConnections = 200
)

var errBodyTooLarge = fmt.Errorf("response body is over %d bytes", MaxBody)

// NewClient returns a client for requests to Okta, which take timeout at most, or
// Timeout if that is 0. Body, headers and connections are bounded by the constants of
// this package. What goes beyond is an error. An answer comes whole or is an error, see [Failed]: reading its body never
// fails. Redirects are not followed.
func NewClient(timeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxResponseHeaderBytes = MaxHeader
	transport.MaxIdleConns = MaxIdle
	transport.MaxIdleConnsPerHost = MaxIdle
	transport.MaxConnsPerHost = MaxConnections
	return &http.Client{
		Transport:     wholeAnswers{transport},
		Timeout:       cmp.Or(timeout, Timeout),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// wholeAnswers names this app to Okta and reads every body to its end, so that
// a truncated document can't pass for a whole one.
type wholeAnswers struct{ next http.RoundTripper }

func (t wholeAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", "okta-gin")
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := readAll(io.LimitReader(resp.Body, MaxBody+1), resp.ContentLength)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > MaxBody {
		return nil, errBodyTooLarge
	}
	resp.Body = wholeBody{bytes.NewReader(body), body}
	return resp, nil
}

// wholeBody is the body of an answer that was read to its end.
type wholeBody struct {
	*bytes.Reader
	all []byte
}

// Close implements io.Closer.
func (wholeBody) Close() error { return nil }

// usualBody is as long as nearly every answer of Okta, in bytes.
const usualBody = 4 << 10

// readAll is io.ReadAll for a body of that length, -1 for one that is not known. It trusts
// the length for no more than MaxBody.
func readAll(body io.Reader, length int64) ([]byte, error) {
	if length < 0 {
		length = usualBody
	}
	buffer := bytes.NewBuffer(make([]byte, 0, min(length, MaxBody)+bytes.MinRead))
	_, err := buffer.ReadFrom(body)
	return buffer.Bytes(), err
}
