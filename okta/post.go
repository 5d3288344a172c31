package okta

import (
	"context"
	"net/url"

	"example.com/okta-gin/okta/oktahttp"
)

// post sends form to one of Okta's endpoints as this client and returns the body of an
// answer with one of the wanted statuses. Errors: *Refusal where the body has an OAuth
// error, whatever else is in it, and else *StatusError; ErrUnreachable; ErrUntrusted.
func (rp *RelyingParty) post(ctx context.Context, e Endpoint, form url.Values, want ...int) ([]byte, error) {
	req, err := rp.credential.Request(oktahttp.WithEndpoint(ctx, e.Name), e, form)
	if err != nil {
		return nil, err
	}
	_, body, err := oktahttp.Do(rp.http, req, want...)
	if refusal, ok := refusalOf(err, body); ok {
		return nil, refusal
	}
	if err != nil {
		return nil, err
	}
	return body, nil
}

// ClientKeySet is the JWK set of this client's public keys, for Okta to fetch (RFC
// 7517). ok is false where the client has a secret in place of a key.
func (rp *RelyingParty) ClientKeySet() (document []byte, ok bool) {
	return rp.credential.public, rp.credential.public != nil
}

// tokenEndpoint is where tokens come from.
func (m *metadata) tokenEndpoint() Endpoint {
	return Endpoint{"token", m.TokenEndpoint, m.TokenAuthMethods, m.TokenAuthAlgorithms}
}

// pushEndpoint takes what the token endpoint takes (RFC 9126 section 2).
func (m *metadata) pushEndpoint() Endpoint {
	return Endpoint{"par", m.PushEndpoint, m.TokenAuthMethods, m.TokenAuthAlgorithms}
}

// revocationEndpoint takes what the token endpoint takes where the metadata are silent.
func (m *metadata) revocationEndpoint() Endpoint {
	e := Endpoint{"revoke", m.RevocationEndpoint, m.RevocationAuthMethods, m.RevocationAuthAlgorithms}
	if len(e.Methods) == 0 {
		e.Methods = m.TokenAuthMethods
	}
	if len(e.Algorithms) == 0 {
		e.Algorithms = m.TokenAuthAlgorithms
	}
	return e
}
