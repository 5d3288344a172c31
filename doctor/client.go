package doctor

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"example.com/okta-gin/okta"
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
	id, secret := e.cfg.ClientID, e.cfg.ClientSecret.Reveal()
	var headers []string
	if methods := e.metadata.TokenAuthMethods; !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post") {
		params.Set("client_id", id)
		params.Set("client_secret", secret)
	} else { // RFC 6749 section 2.3.1
		pair := url.QueryEscape(id) + ":" + url.QueryEscape(secret)
		headers = []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
	}
	f := e.post(ctx, e.metadata.TokenEndpoint, params, headers...)
	return f, f.refusal()
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
		e.ok(check, "Okta knows the client and its secret: of a made-up code it refuses the code alone")
	case refusal.Code == "invalid_client":
		e.tell(check, Fail, said, "Copy OKTA_OAUTH2_CLIENT_ID and OKTA_OAUTH2_CLIENT_SECRET anew: the secret has been replaced, is not active, or is another app's; the app must authenticate by a client secret.", atCredentials)
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
	case "invalid_client":
		e.skip(check, "not looked at: client authentication fails")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", f.status(), refusal.Code), "See that Refresh Token is ticked.", atGrants)
	}
}
