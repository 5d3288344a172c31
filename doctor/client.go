package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta"
)

// checkClient has Okta judge the client's id and secret, by a code that was never given.
func checkClient(ctx context.Context, e *examiner) {
	const check = "client authentication"
	if !e.hasServer(check) {
		return
	}
	r, refusal := askToken(ctx, e, url.Values{
		"grant_type": {"authorization_code"}, "code": {madeUp}, "redirect_uri": {e.redirectURI()}, "code_verifier": {okta.NewAttempt().Verifier},
	})
	said := fmt.Sprintf("%s (%s)", refusal.Code, refusal.Description)
	switch {
	case refusal.Code == "invalid_grant":
		e.ok(check, "Okta takes the client for what it is: of a made-up code it refuses the code alone")
	case errors.Is(r.err, okta.ErrUntrusted):
		e.tell(check, Fail, r.err.Error(), "Make a key that fits, or use the secret.", atCredentials)
	case refusal.Code == "invalid_client" && e.cfg.ClientKeys.IsSet():
		e.tell(check, Fail, said, "See that Okta has the public half of the first key in OKTA_OAUTH2_CLIENT_KEY, active, and that the app authenticates by public key.", atCredentials)
	case refusal.Code == "invalid_client":
		e.tell(check, Fail, said, "Copy OKTA_OAUTH2_CLIENT_ID and OKTA_OAUTH2_CLIENT_SECRET anew: the secret has been replaced, is not active, or is another app's or another org's, for a preview org has its own; the app must authenticate by a client secret.", atCredentials)
	case refusal.Code == useNonce || refusal.Code == invalidProof:
		e.skip(check, "Okta looks at DPoP first: see there")
	case refusal.Code == "unauthorized_client":
		e.tell(check, Fail, said, "Tick Authorization Code.", atGrants)
	case r.status() == http.StatusTooManyRequests || r.status() >= 500 || r.answer == nil:
		e.tell(check, Unknown, fmt.Sprintf("Okta cannot say at the moment (status %d)", r.status()), "Try again in a minute.", "")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", r.status(), said), "Sign in once, and see what the log says.", "")
	}
}

// checkRefresh looks whether the client may renew.
func checkRefresh(ctx context.Context, e *examiner) {
	const check = "refresh token grant"
	if !e.cfg.WantsRenewal() {
		e.skip(check, "OKTA_SCOPES is without offline_access: nothing is renewed")
		return
	}
	if !e.hasServer(check) {
		return
	}
	r, refusal := askToken(ctx, e, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {madeUp}})
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
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", r.status(), refusal.Code), "See that Refresh Token is ticked.", atGrants)
	}
}
