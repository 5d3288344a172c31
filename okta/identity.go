package okta

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/oktahttp"
)

// Identity is who signed in, as Okta's tokens prove it.
type Identity struct {
	// Claims are the ID token's, with the other profile claims of userinfo
	// beneath them.
	Claims map[string]any
	// UserinfoError says why userinfo could not be had; nil when it could. The
	// claims are then the ID token's alone.
	UserinfoError error

	IDToken           string
	AccessToken       string
	RefreshToken      string    // empty without offline_access
	AccessTokenExpiry time.Time // by this app's clock
}

// Subject is the person's id at the issuer, the stable key of an account. It is
// never empty.
func (i Identity) Subject() string {
	sub, _ := i.Claims["sub"].(string)
	return sub
}

// SignIn redeems the authorization code of attempt a, with one request to the
// token endpoint, and asks userinfo for the claims that Okta leaves out of the
// ID token. Errors: *Refusal (such as invalid_grant for a used code),
// ErrUnreachable, ErrUntrusted.
func (rp *RelyingParty) SignIn(ctx context.Context, code string, a Attempt) (Identity, error) {
	oauthCtx, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := client.Exchange(oauthCtx, code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return Identity{}, tokenError("redeem the authorization code", err)
	}
	id := rp.identity(token)
	if id.IDToken == "" {
		return Identity{}, oktahttp.Untrusted("the token response has no ID token")
	}
	id.Claims, err = rp.verifyIDToken(ctx, id.IDToken, id.AccessToken, a)
	if err != nil {
		return Identity{}, err
	}
	id.UserinfoError = rp.addUserinfo(ctx, id)
	return id, nil
}

// Previous is what a session knows when it asks for renewal.
type Previous struct {
	Claims       map[string]any
	IDToken      string
	RefreshToken string
}

// Renew trades the refresh token for new tokens and current claims (OpenID
// Connect Core section 12). Okta may rotate the refresh token: the identity
// carries the one to use from now on. Errors are those of SignIn, and ErrForeign;
// a *Refusal with code invalid_grant means that the person's access has ended.
func (rp *RelyingParty) Renew(ctx context.Context, p Previous) (Identity, error) {
	oauthCtx, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return Identity{}, err
	}
	token, err := client.TokenSource(oauthCtx, &oauth2.Token{RefreshToken: p.RefreshToken}).Token()
	if err != nil {
		return Identity{}, tokenError("renew the tokens", err)
	}
	id := rp.identity(token)
	if id.IDToken == "" { // allowed by section 12.2
		id.IDToken, id.Claims = p.IDToken, protocolClaims(p.Claims)
	} else if id.Claims, err = rp.verifyRenewed(ctx, id, p.Claims); err != nil {
		return Identity{}, err
	}
	renewed := id.IDToken != p.IDToken
	if id.UserinfoError = rp.addUserinfo(ctx, id); id.UserinfoError != nil || !renewed {
		addProfile(id.Claims, p.Claims)
	}
	return id, nil
}

// identity takes what x/oauth2 read from the token response.
func (rp *RelyingParty) identity(token *oauth2.Token) Identity {
	idToken, _ := token.Extra("id_token").(string)
	return Identity{
		IDToken:           idToken,
		AccessToken:       token.AccessToken,
		RefreshToken:      token.RefreshToken,
		AccessTokenExpiry: rp.now().Add(lifetime(token)),
	}
}

// lifetime is how long an access token lasts: an hour, Okta's default, if the
// response does not say (RFC 6749 section 5.1).
func lifetime(token *oauth2.Token) time.Duration {
	if token.ExpiresIn <= 0 {
		return time.Hour
	}
	return time.Duration(token.ExpiresIn) * time.Second
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
	for _, name := range []string{"iss", "sub", "aud", "azp", "auth_time"} {
		_, present := claims[name]
		if name == "auth_time" && (!present || before[name] == nil) {
			continue
		}
		if fmt.Sprint(claims[name]) != fmt.Sprint(before[name]) {
			return nil, oktahttp.Untrusted("renewed ID token: %s has changed: %w", name, ErrForeign)
		}
	}
	return claims, nil
}

// protocolClaims are those of claims that speak of the sign-in, not of the person.
func protocolClaims(claims map[string]any) map[string]any {
	kept := map[string]any{"sub": claims["sub"]}
	for name, value := range claims {
		if protocol[name] {
			kept[name] = value
		}
	}
	return kept
}

// addUserinfo asks userinfo and adds its claims to id.Claims. The answer must
// be about the same person (OpenID Connect Core section 5.3.2).
func (rp *RelyingParty) addUserinfo(ctx context.Context, id Identity) error {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return err
	}
	if meta.UserinfoEndpoint == "" {
		return errors.New("the metadata names no userinfo endpoint")
	}
	var profile map[string]any
	if _, err := oktahttp.GetJSON(ctx, rp.http, meta.UserinfoEndpoint, "Bearer "+id.AccessToken, &profile); err != nil {
		return err
	}
	if profile["sub"] != id.Claims["sub"] {
		return oktahttp.Untrusted("userinfo speaks of another subject")
	}
	addProfile(id.Claims, profile)
	return nil
}

// protocol are the claims that speak of a token or an authentication, not of
// the person. Only the ID token may state them.
var protocol = map[string]bool{
	"iss": true, "aud": true, "azp": true, "exp": true, "iat": true, "nbf": true, "jti": true, "ver": true,
	"nonce": true, "auth_time": true, "acr": true, "amr": true, "at_hash": true, "c_hash": true, "sid": true, "idp": true,
}

// addProfile adds the claims of profile that claims does not have yet.
func addProfile(claims, profile map[string]any) {
	for name, value := range profile {
		if _, stated := claims[name]; !stated && !protocol[name] {
			claims[name] = value
		}
	}
}
