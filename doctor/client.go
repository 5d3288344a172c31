package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/clientauth"
)

const (
	atCredentials = "Applications → your app → General → Client Credentials"
	atGrants      = "Applications → your app → General → Grant type"

	// madeUp is no code and no token of anybody.
	madeUp = "okta-gin-doctor-made-this-up"
)

// token asks the token endpoint for what cannot be had: params name a code or a token
// that was never given. What Okta refuses first tells how far it went.
func (e *examiner) token(ctx context.Context, params url.Values) (first, *okta.Refusal) {
	proof, err := e.prover()
	if err != nil {
		return first{err: err}, okta.NewRefusal("", "")
	}
	f, again, refusal := e.tokenOnce(ctx, params, proof)
	if again && refusal.Code == useNonce {
		f, _, refusal = e.tokenOnce(ctx, params, proof)
	}
	return f, refusal
}

// tokenOnce reports whether the answer brought a nonce for proofs.
func (e *examiner) tokenOnce(ctx context.Context, params url.Values, proof *prover) (f first, nonce bool, refusal *okta.Refusal) {
	request, err := e.tokenRequest(ctx, params)
	if err == nil {
		err = proof.prove(request)
	}
	if err != nil {
		return first{err: err}, false, okta.NewRefusal("", "")
	}
	f = e.send(request)
	return f, proof.heard(request, f), f.refusal()
}

func (e *examiner) tokenRequest(ctx context.Context, params url.Values) (*http.Request, error) {
	credential, err := clientauth.New(e.cfg, e.now)
	if err != nil {
		return nil, err
	}
	return credential.Request(ctx, clientauth.Endpoint{
		Name: "token", Address: e.metadata.TokenEndpoint, Methods: e.metadata.TokenAuthMethods, Algorithms: e.metadata.TokenAuthAlgorithms,
	}, params)
}

// client has Okta judge the client's id and secret, by a code that was never given.
func (e *examiner) client(ctx context.Context) {
	const check = "client authentication"
	if !e.hasServer(check) {
		return
	}
	f, refusal := e.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {madeUp}, "redirect_uri": {e.redirectURI()}, "code_verifier": {okta.NewAttempt().Verifier},
	})
	said := fmt.Sprintf("%s (%s)", refusal.Code, refusal.Description)
	switch {
	case refusal.Code == "invalid_grant":
		e.ok(check, "Okta takes the client for what it is: of a made-up code it refuses the code alone")
	case errors.Is(f.err, okta.ErrUntrusted):
		e.tell(check, Fail, f.err.Error(), "Make a key that fits, or use the secret.", atCredentials)
	case refusal.Code == "invalid_client" && e.cfg.ClientKeys.IsSet():
		e.tell(check, Fail, said, "See that Okta has the public half of the first key in OKTA_OAUTH2_CLIENT_KEY, active, and that the app authenticates by public key.", atCredentials)
	case refusal.Code == "invalid_client":
		e.tell(check, Fail, said, "Copy OKTA_OAUTH2_CLIENT_ID and OKTA_OAUTH2_CLIENT_SECRET anew: the secret has been replaced, is not active, or is another app's or another org's, for a preview org has its own; the app must authenticate by a client secret.", atCredentials)
	case refusal.Code == useNonce || refusal.Code == invalidProof:
		e.skip(check, "Okta looks at DPoP first: see there")
	case refusal.Code == "unauthorized_client":
		e.tell(check, Fail, said, "Tick Authorization Code.", atGrants)
	case f.status() == http.StatusTooManyRequests || f.status() >= 500 || f.answer == nil:
		e.tell(check, Unknown, fmt.Sprintf("Okta cannot say at the moment (status %d)", f.status()), "Try again in a minute.", "")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", f.status(), said), "Sign in once, and see what the log says.", "")
	}
}

// refresh looks whether the client may renew.
func (e *examiner) refresh(ctx context.Context) {
	const check = "refresh token grant"
	if !e.cfg.WantsRenewal() {
		e.skip(check, "OKTA_SCOPES is without offline_access: nothing is renewed")
		return
	}
	if !e.hasServer(check) {
		return
	}
	f, refusal := e.token(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {madeUp}})
	switch refusal.Code {
	case "invalid_grant":
		e.ok(check, "the client may use refresh tokens")
	case "unauthorized_client":
		e.tell(check, Fail, "the client may not use refresh tokens: sessions are never renewed", "Tick Refresh Token, or leave offline_access out of OKTA_SCOPES.", atGrants)
	case useNonce, invalidProof:
		e.skip(check, "Okta looks at DPoP first: see there")
	case "invalid_client":
		e.skip(check, "not looked at: client authentication fails")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", f.status(), refusal.Code), "See that Refresh Token is ticked.", atGrants)
	}
}
