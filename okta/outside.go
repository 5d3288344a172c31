package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/shared"
)

var (
	// ErrNotSetUp says that nobody's Universal Logout requests are taken: the issuer is not
	// Okta's and no other is configured.
	ErrNotSetUp = errors.New("no Universal Logout is set up")
	// ErrOtherClient says that a good token is for another client than this app.
	ErrOtherClient = errors.New("the token is for another client")
)

// longestRevocation is how far ahead the end of a revocation token may be. Okta's is five
// minutes.
const longestRevocation = time.Hour

// revocationToken and logoutToken have types of their own, so that none passes for
// another; OpenID providers may leave that of the logout token out.
var (
	revocationToken = tokenKind{"revocation token", []string{"global-token-revocation+jwt"}, idToken.judge}
	logoutToken     = tokenKind{"logout token", []string{"", "jwt", "logout+jwt"}, idToken.judge}
)

// TokenUse is what makes one token that revokes different from all others: take it once,
// and remember ID until Expires.
type TokenUse struct {
	ID      string
	Expires time.Time
}

// LogoutToken is what a provider's logout token says: whose sessions end. One of Subject
// and SessionID may be empty.
type LogoutToken struct {
	TokenUse
	Subject   string
	SessionID string // the `sid` of ID tokens
}

// newRevocations returns the verifier of Universal Logout requests, nil where nobody may
// send any.
func newRevocations(cfg config.Config, client *http.Client, now func() time.Time) (*verifier, error) {
	issuer, keys, ok := cfg.UniversalLogout()
	if !ok {
		return nil, nil
	}
	return newVerifier(issuer, client, shared.New(fetchKeysAt(client, keys), client.Timeout, now), now)
}

// VerifyRevocationToken verifies the JWT with which Okta authenticates a Universal Logout
// request (global token revocation) to endpoint: typ, RS256, the org's key, iss, aud
// exactly endpoint, exp within the hour, iat, nbf, jti, and sub this app's client id.
// Errors: ErrNotSetUp, ErrBadToken, ErrOtherClient, ErrUnreachable, ErrUntrusted.
func (rp *RelyingParty) VerifyRevocationToken(ctx context.Context, raw, endpoint string) (TokenUse, error) {
	if rp.revocations == nil {
		return TokenUse{}, ErrNotSetUp
	}
	token, err := rp.revocations.verify(ctx, revocationToken, raw, map[string]string{"aud": endpoint, "nonce": ""})
	if err != nil {
		return TokenUse{}, err
	}
	use, err := useOf(token.claims)
	if err == nil && !only(token.claims["aud"], endpoint) {
		err = errors.New("aud names other endpoints too")
	}
	if err == nil && use.Expires.After(rp.now().Add(longestRevocation)) {
		err = fmt.Errorf("it is good for longer than %v", longestRevocation)
	}
	if err != nil {
		return TokenUse{}, badToken("revocation token: %w", err)
	}
	if token.claims["sub"] != rp.cfg.ClientID {
		return TokenUse{}, ErrOtherClient
	}
	return use, nil
}

// logoutEvent is the member of events that makes a token a logout token.
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// VerifyLogoutToken makes the checks of OpenID Connect Back-Channel Logout 1.0 section
// 2.6, but for taking the token once, which is the caller's. Errors: ErrBadToken,
// ErrUnreachable, ErrUntrusted.
func (rp *RelyingParty) VerifyLogoutToken(ctx context.Context, raw string) (LogoutToken, error) {
	token, err := rp.verifier.verify(ctx, logoutToken, raw, map[string]string{"aud": rp.cfg.ClientID, "nonce": ""})
	if err != nil {
		return LogoutToken{}, err
	}
	out, err := logoutOf(token.claims)
	if err == nil {
		err = checkAuthorizedParty(token.claims, rp.cfg.ClientID)
	}
	if err != nil {
		return LogoutToken{}, badToken("logout token: %w", err)
	}
	return out, nil
}

func logoutOf(claims map[string]any) (out LogoutToken, err error) {
	if out.TokenUse, err = useOf(claims); err != nil {
		return LogoutToken{}, err
	}
	if out.Subject, err = optionalText(claims, "sub"); err != nil {
		return LogoutToken{}, err
	}
	if out.SessionID, err = optionalText(claims, "sid"); err != nil {
		return LogoutToken{}, err
	}
	if out.Subject == "" && out.SessionID == "" {
		return LogoutToken{}, errors.New("it names neither a person nor a session")
	}
	if _, present := claims["nonce"]; present {
		return LogoutToken{}, errors.New("it has a nonce, as ID tokens have")
	}
	events, _ := claims["events"].(map[string]any)
	if _, ok := events[logoutEvent].(map[string]any); !ok {
		return LogoutToken{}, errors.New("its events do not say that it is a logout token")
	}
	return out, nil
}

// useOf reads jti and exp, which has been verified.
func useOf(claims map[string]any) (TokenUse, error) {
	id, err := optionalText(claims, "jti")
	if err != nil {
		return TokenUse{}, err
	}
	if id == "" {
		return TokenUse{}, errors.New("it has no jti")
	}
	expires, ok := numericDate(claims["exp"])
	if !ok {
		return TokenUse{}, errors.New("exp is no time")
	}
	return TokenUse{ID: id, Expires: expires.Add(leeway)}, nil
}

// only reports whether aud names audience and no other.
func only(aud any, audience string) bool {
	if list, ok := aud.([]any); ok && len(list) == 1 {
		aud = list[0]
	}
	return aud == audience
}
