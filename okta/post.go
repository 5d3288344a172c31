package okta

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta/clientauth"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/oktahttp"
)

// post sends form to one of Okta's endpoints as this client and returns the body of an
// answer with one of the wanted statuses. Errors: *Refusal where the body has an OAuth
// error, whatever else is in it, and else *StatusError; ErrUnreachable; ErrUntrusted.
func (rp *RelyingParty) post(ctx context.Context, e clientauth.Endpoint, form url.Values, want ...int) ([]byte, error) {
	return rp.postProved(ctx, e, form, nil, want...)
}

// postProved is post with a proof of key (RFC 9449 section 5), and once more where Okta
// wants its nonce in that. A nil key proves nothing.
func (rp *RelyingParty) postProved(ctx context.Context, e clientauth.Endpoint, form url.Values, key *dpop.Key, want ...int) ([]byte, error) {
	return rp.withEither(func(credential *clientauth.Credential) ([]byte, error) {
		body, nonce, err := rp.postOnce(ctx, credential, e, form, key, want...)
		if refusal := new(Refusal); nonce && errors.As(err, &refusal) && refusal.Code == useNonce {
			body, _, err = rp.postOnce(ctx, credential, e, form, key, want...)
		}
		return body, err
	})
}

// postOnce reports whether the answer brought a nonce for proofs.
func (rp *RelyingParty) postOnce(ctx context.Context, credential *clientauth.Credential, e clientauth.Endpoint, form url.Values, key *dpop.Key, want ...int) (body []byte, nonce bool, err error) {
	req, err := credential.Request(oktahttp.WithEndpoint(ctx, e.Name), e, form)
	if err != nil {
		return nil, false, err
	}
	if key != nil {
		proof, err := rp.sender.Proof(key, req.Method, req.URL, "")
		if err != nil {
			return nil, false, err
		}
		req.Header.Set(dpop.Header, proof)
	}
	var header http.Header
	header, body, err = oktahttp.Do(rp.http, req, want...)
	nonce = key != nil && rp.sender.Heard(req.URL, "", header)
	if refusal, ok := refusalOf(err, body); ok {
		return nil, nonce, refusal
	}
	if err != nil {
		return nil, nonce, err
	}
	return body, nonce, nil
}

// ClientKeySet is the JWK set of this client's public keys, for Okta to fetch (RFC
// 7517). ok is false where the client has a secret in place of a key.
func (rp *RelyingParty) ClientKeySet() (document []byte, ok bool) {
	return rp.credential.Load().PublicKeys()
}

// tokenEndpoint is where tokens come from.
func (m *metadata) tokenEndpoint() clientauth.Endpoint {
	return clientauth.Endpoint{Name: "token", Address: m.TokenEndpoint, Methods: m.TokenAuthMethods, Algorithms: m.TokenAuthAlgorithms}
}

// pushEndpoint takes what the token endpoint takes (RFC 9126 section 2).
func (m *metadata) pushEndpoint() clientauth.Endpoint {
	return clientauth.Endpoint{Name: "par", Address: m.PushEndpoint, Methods: m.TokenAuthMethods, Algorithms: m.TokenAuthAlgorithms}
}

// revocationEndpoint takes what the token endpoint takes where the metadata are silent.
func (m *metadata) revocationEndpoint() clientauth.Endpoint {
	e := clientauth.Endpoint{Name: "revoke", Address: m.RevocationEndpoint, Methods: m.RevocationAuthMethods, Algorithms: m.RevocationAuthAlgorithms}
	if len(e.Methods) == 0 {
		e.Methods = m.TokenAuthMethods
	}
	if len(e.Algorithms) == 0 {
		e.Algorithms = m.TokenAuthAlgorithms
	}
	return e
}
