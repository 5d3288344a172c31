package dpop

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxDiscarded bounds what is read of an answer that is asked for again, so that its
// connection can be used again.
const maxDiscarded = 64 << 10

// Transport sends each request by next with accessToken in the header Authorization:
// with a fresh proof of key where the token is bound to one, and as a plain bearer token
// where key is nil. It replaces what the request has of these headers. A server that
// wants a nonce gets the request once more, if that has no body or a GetBody.
//
// A request that follows a redirect to another origin goes without the token.
func (s *Sender) Transport(next http.RoundTripper, key *Key, accessToken string) http.RoundTripper {
	return &transport{sender: s, next: next, key: key, accessToken: accessToken}
}

type transport struct {
	sender      *Sender
	next        http.RoundTripper
	key         *Key
	accessToken string
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, nonce, err := t.send(r)
	if err != nil || !nonce || !wantsNonce(answer) {
		return answer, err
	}
	again, ok := repeated(r)
	if !ok {
		return answer, nil
	}
	_, _ = io.CopyN(io.Discard, answer.Body, maxDiscarded) // what fails here is not asked for
	_ = answer.Body.Close()
	answer, _, err = t.send(again)
	return answer, err
}

// send makes one request of r, which it leaves as it is, and reports whether the answer
// brought a nonce.
func (t *transport) send(r *http.Request) (answer *http.Response, nonce bool, err error) {
	out := r.Clone(r.Context())
	out.Header.Del("Authorization")
	out.Header.Del(Header)
	switch {
	case ledElsewhere(r):
	case t.key == nil:
		out.Header.Set("Authorization", "Bearer "+t.accessToken)
	default:
		proof, err := t.sender.Proof(t.key, cmp.Or(r.Method, http.MethodGet), r.URL, t.accessToken)
		if err != nil {
			closeBody(r)
			return nil, false, err
		}
		out.Header.Set("Authorization", Scheme+" "+t.accessToken)
		out.Header.Set(Header, proof)
	}
	if answer, err = t.next.RoundTrip(out); err != nil {
		return nil, false, err
	}
	return answer, out.Header.Get(Header) != "" && t.sender.Heard(r.URL, t.accessToken, answer.Header), nil
}

// ledElsewhere reports whether r follows a redirect away from the origin that was asked
// first.
func ledElsewhere(r *http.Request) bool {
	first := r
	for first.Response != nil && first.Response.Request != nil {
		first = first.Response.Request
	}
	return !sameOrigin(first.URL, r.URL)
}

func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Host, b.Host)
}

// wantsNonce: RFC 9449 section 9.
func wantsNonce(answer *http.Response) bool {
	if answer.StatusCode != http.StatusUnauthorized {
		return false
	}
	for _, challenge := range answer.Header.Values("WWW-Authenticate") {
		if strings.Contains(challenge, `error="use_dpop_nonce"`) {
			return true
		}
	}
	return false
}

// repeated returns r for another time.
func repeated(r *http.Request) (*http.Request, bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	again := r.Clone(r.Context())
	again.Body = body
	return again, true
}

func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
