package doctor

import (
	"context"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/clientauth"
)

// madeUp is no code and no token of anybody.
const madeUp = "okta-gin-doctor-made-this-up"

// askToken asks the token endpoint for what cannot be had: params name a code or a token
// that was never given. What Okta refuses first tells how far it went.
func askToken(ctx context.Context, e *examiner, params url.Values) (reply, *okta.Refusal) {
	proof, err := newProver(e.cfg, e.now)
	if err != nil {
		return reply{err: err}, okta.NewRefusal("", "")
	}
	r, again, refusal := askTokenOnce(ctx, e, params, proof)
	if again && refusal.Code == useNonce {
		r, _, refusal = askTokenOnce(ctx, e, params, proof)
	}
	return r, refusal
}

// askTokenOnce reports whether the answer brought a nonce for proofs.
func askTokenOnce(ctx context.Context, e *examiner, params url.Values, proof *prover) (r reply, nonce bool, refusal *okta.Refusal) {
	request, err := tokenRequest(ctx, e, params)
	if err == nil {
		err = proof.prove(request)
	}
	if err != nil {
		return reply{err: err}, false, okta.NewRefusal("", "")
	}
	r = e.send(request)
	return r, proof.heard(request, r), r.refusal()
}

func tokenRequest(ctx context.Context, e *examiner, params url.Values) (*http.Request, error) {
	credential, err := clientauth.New(e.cfg, e.now)
	if err != nil {
		return nil, err
	}
	return credential.Request(ctx, e.metadata.tokenEndpoint(), params)
}
