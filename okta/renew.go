package okta

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/oktahttp"
)

// Previous is what a session knows when it asks for renewal.
type Previous struct {
	Claims       map[string]any // those of the sign-in or of the last renewal
	IDToken      string
	RefreshToken string
	Key          *dpop.Key // of the sign-in or of the last renewal
}

// Renew trades the refresh token for new tokens and current claims (OpenID
// Connect Core section 12).
//
// Nothing about the person is carried over from p: the claims are those of the new
// ID token and of userinfo, and a renewal that could not ask userinfo has failed.
// Where Okta sends no new ID token, as it may, what p says of the sign-in stays
// (iss, sub, aud, auth_time, acr, amr and the like) and userinfo alone tells the
// rest.
//
// Errors are those of SignIn, and ErrForeign; a *Refusal with code invalid_grant
// means that the person's access has ended. If it is after Okta's answer that the
// renewal fails, the identity beside the error has nil Claims and the tokens to go on
// with: Okta may have rotated the refresh token, and the old one be spent. With
// ErrForeign they are only good for Revoke. Its IDToken is p's.
func (rp *RelyingParty) Renew(ctx context.Context, p Previous) (Identity, error) {
	key, err := rp.keyOr(p.Key)
	if err != nil {
		return Identity{}, err
	}
	token, err := rp.refresh(ctx, p.RefreshToken, key)
	if err != nil {
		return Identity{}, err
	}
	id := rp.identity(token, key)
	claims, err := rp.renewedClaims(ctx, token, id, p)
	if err != nil || id.IDToken == "" {
		id.IDToken = p.IDToken
	}
	id.Claims = claims
	return id, err
}

// renewedClaims returns nil beside an error.
func (rp *RelyingParty) renewedClaims(ctx context.Context, token *oauth2.Token, id Identity, p Previous) (map[string]any, error) {
	if err := rp.checkBinding(token, id.Key); err != nil {
		return nil, err
	}
	if id.IDToken == "" {
		claims := protocolClaims(p.Claims)
		if err := rp.addUserinfo(ctx, claims, id); err != nil {
			return nil, fmt.Errorf("renew the claims, for which there is no ID token: %w", asUntrusted(err))
		}
		return claims, nil
	}
	claims, err := rp.verifyRenewed(ctx, id, p.Claims)
	if err != nil {
		return nil, err
	}
	if err := rp.addUserinfo(ctx, claims, id); err != nil && !errors.Is(err, errNoUserinfo) {
		return nil, fmt.Errorf("renew the claims: %w", err)
	}
	return claims, nil
}

// asUntrusted makes errNoUserinfo an answer that falls short.
func asUntrusted(err error) error {
	if errors.Is(err, errNoUserinfo) {
		return oktahttp.Untrusted("%w", err)
	}
	return err
}

// verifyRenewed applies OpenID Connect Core section 12.2 to the ID token of a
// refresh response.
func (rp *RelyingParty) verifyRenewed(ctx context.Context, id Identity, before map[string]any) (map[string]any, error) {
	var a Attempt
	if nonce, ok := before["nonce"].(string); ok && carriesNonce(id.IDToken) {
		a.Nonce = nonce
	}
	claims, err := rp.verifyIDToken(ctx, id.IDToken, id.AccessToken, a)
	if errors.Is(err, ErrBadToken) && !errors.Is(err, errUnknownKey) {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"iss", "sub", "aud", "azp"} {
		if !reflect.DeepEqual(claims[name], before[name]) {
			return nil, oktahttp.Untrusted("renewed ID token: %s has changed: %w", name, ErrForeign)
		}
	}
	if !sameAuthTime(claims["auth_time"], before["auth_time"]) {
		return nil, oktahttp.Untrusted("renewed ID token: auth_time has changed: %w", ErrForeign)
	}
	return claims, nil
}

// sameAuthTime compares two auth_time claims, either of which may be missing.
func sameAuthTime(a, b any) bool {
	if a == nil || b == nil {
		return true
	}
	one, ok := numericDate(a)
	other, alsoOK := numericDate(b)
	return ok && alsoOK && one.Equal(other)
}

// carriesNonce looks into a token that is not verified yet.
func carriesNonce(raw string) bool {
	claims, err := decodePayload(raw)
	return err == nil && claims["nonce"] != nil
}
