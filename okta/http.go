package okta

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	requestTimeout = 5 * time.Second
	// maxBody is far above anything Okta sends: a key set is about 2 KB, a
	// person with hundreds of groups about 20 KB.
	maxBody = 1 << 20
	// idleConnections covers a burst of sign-ins without new TLS handshakes.
	idleConnections = 100
)

var errBodyTooLarge = fmt.Errorf("response body is over %d bytes", maxBody)

// newHTTPClient returns the client for every request to Okta: bounded in time
// and size, following no redirect, keeping enough connections alive.
func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = idleConnections
	transport.MaxIdleConns = idleConnections
	return &http.Client{
		Transport:     limitedTransport{transport},
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// limitedTransport names this app to Okta and cuts every body off at maxBody
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
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: maxBody}
	return resp, nil
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errBodyTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// getJSON decodes the JSON object at url into v and returns the response's
// headers. Any status but 200 is an error. 429, 5xx and an answer that breaks off
// are ErrUnreachable, anything but JSON is ErrUntrusted.
func getJSON(ctx context.Context, client *http.Client, url, authorization string, v any) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, unreachable("ask "+req.URL.Path, withoutURL(err))
	}
	defer resp.Body.Close()
	if err := statusError(resp); err != nil {
		return resp.Header, fmt.Errorf("ask %s: %w", req.URL.Path, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, errBodyTooLarge) {
		return resp.Header, unreachable("read the answer of "+req.URL.Path, err)
	}
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return resp.Header, untrusted("%s does not answer with JSON: %w", req.URL.Path, err)
	}
	return resp.Header, nil
}

// statusError is nil for 200 only.
func statusError(resp *http.Response) error {
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case temporary(resp.StatusCode):
		return fmt.Errorf("%w: %w", ErrUnreachable, &StatusError{Status: resp.StatusCode})
	default:
		return &StatusError{Status: resp.StatusCode}
	}
}

// StatusError is an answer of Okta with another status than 200. With 429 and
// 5xx it comes wrapped in ErrUnreachable.
type StatusError struct{ Status int }

func (e *StatusError) Error() string { return fmt.Sprintf("okta answered with status %d", e.Status) }

func temporary(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

// withoutURL drops the address that net/http puts in front of its errors: it
// may carry what must not be logged.
func withoutURL(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}
