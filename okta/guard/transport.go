package guard

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

// againAfter, and up to twice that, is how long a request waits that is sent a second
// time.
const againAfter = 50 * time.Millisecond

// outcome is what a request tells of Okta.
type outcome int

const (
	nothing outcome = iota // whoever asked did not wait
	answered
	failed
	limited // Okta wants to be left alone
)

// Transport returns next, guarded: a transport of requests to Okta, each of whose answers
// is whole or an error. What is not sent fails with an *oktahttp.Resting. A GET that
// comes to no answer, or to a gateway's, is sent once more after a moment, unless it
// has a proof that is good once (DPoP); no other request ever is: a token request that
// was sent may have spent its code.
func (g *Guard) Transport(next http.RoundTripper) http.RoundTripper { return transport{g, next} }

type transport struct {
	*Guard
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint := oktahttp.EndpointOf(r.Context())
	tried, err := t.enter(endpoint)
	if err != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, err
	}
	end, pause := nothing, time.Duration(0)
	defer func() { t.leave(endpoint, tried, end, pause) }()
	resp, err := t.next.RoundTrip(r)
	if !tried && mayGoAgain(r, resp, err) && wait(r.Context()) {
		t.noteAgain(endpoint)
		if resp != nil {
			resp.Body.Close()
		}
		resp, err = t.next.RoundTrip(r)
	}
	end, pause = judge(r.Context(), resp, err)
	return resp, err
}

// mayGoAgain reports whether r is safe to be sent twice and may fare better then.
func mayGoAgain(r *http.Request, resp *http.Response, err error) bool {
	if r.Method != http.MethodGet || r.Body != nil || r.Header.Get("DPoP") != "" {
		return false
	}
	if err != nil {
		return true
	}
	switch resp.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return resp.Header.Get("Retry-After") == ""
	default:
		return false
	}
}

// wait reports whether there was time to wait.
func wait(ctx context.Context) bool {
	timer := time.NewTimer(againAfter + rand.N(againAfter))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func judge(ctx context.Context, resp *http.Response, err error) (outcome, time.Duration) {
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled):
		return nothing, 0
	case err != nil:
		return failed, 0
	case resp.StatusCode == http.StatusTooManyRequests,
		resp.StatusCode == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		return limited, oktahttp.Pause(resp.Header)
	case resp.StatusCode >= http.StatusInternalServerError:
		return failed, 0
	default:
		return answered, 0
	}
}
