package watch

import (
	"context"
	"errors"
	"net"
	"net/http"

	"go.opentelemetry.io/otel/attribute"

	"example.com/okta-gin/okta/oktahttp"
)

// Okta returns next, watched: a transport of requests to Okta, each of whose answers
// is whole or an error. Okta is told nothing of traces.
func (w *Watch) Okta(next http.RoundTripper) http.RoundTripper { return oktaTransport{w, next} }

type oktaTransport struct {
	*Watch
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t oktaTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	endpoint := oktahttp.EndpointOf(r.Context())
	done, sent := t.upstreams.begin(okta, endpoint), t.clock.now()
	ctx, end := t.spans.asks(r.Context(), okta, endpoint, attribute.String("http.request.method", r.Method), attribute.String("server.address", r.URL.Hostname()))
	resp, err := t.next.RoundTrip(r.WithContext(ctx))
	outcome := outcomeOf(resp, err)
	done(outcome)
	if err != nil {
		end(outcome)
		return nil, err
	}
	end(outcome, attribute.Int("http.response.status_code", resp.StatusCode))
	t.limits.note(endpoint, resp.Header)
	t.clock.note(sent, resp.Header)
	return resp, nil
}

func outcomeOf(resp *http.Response, err error) string {
	switch {
	case err != nil:
		return outcomeOfError(err)
	case resp.StatusCode == http.StatusTooManyRequests:
		return rateLimited
	case resp.StatusCode >= http.StatusInternalServerError:
		return failed
	case resp.StatusCode >= http.StatusBadRequest:
		return refused
	default:
		return ok
	}
}

// outcomeOfError is for a request without an answer.
func outcomeOfError(err error) string {
	timeout := net.Error(nil)
	switch {
	case errors.Is(err, context.Canceled):
		return givenUp
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return timedOut
	default:
		return unreachable
	}
}
