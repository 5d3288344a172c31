package okta

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/oktahttp"
)

// Identity is who signed in, as Okta's tokens prove it.
type Identity struct {
	// Claims are the ID token's, with the other profile claims of userinfo
	// beneath them. Numbers in them, at any depth, are json.Number with the digits
	// that Okta sent, which may be beyond any Go number; whoever decodes what was
	// encoded from them must use json.Number, too. Of members with the same name
	// the last one counts (RFC 7519 section 4).
	Claims map[string]any
	// UserinfoError says why userinfo could not be had at sign-in; the claims are
	// then the ID token's alone. It is nil where there is no userinfo to be had.
	UserinfoError error

	IDToken           string
	AccessToken       string
	RefreshToken      string    // empty without offline_access
	AccessTokenExpiry time.Time // by this app's clock
	// Key is what the access token is bound to, and what Okta wants a proof of with the
	// refresh token; nil where both are plain bearer tokens.
	Key *dpop.Key
}

// Subject is the person's id at the issuer, the stable key of an account. It is
// empty only where there are no claims.
func (i Identity) Subject() string {
	sub, _ := i.Claims["sub"].(string)
	return sub
}

// SignIn redeems the authorization code of attempt a, with one request to the
// token endpoint, and asks userinfo for the claims that Okta leaves out of the
// ID token. Errors: *Refusal (such as invalid_grant for a used code), *StatusError,
// ErrUnreachable, ErrUntrusted (with ErrBadToken if it is the ID token that fails,
// and with ErrUnmet if it does not meet what a asked). If it is after Okta's answer that
// the sign-in fails, the identity beside the error has nil Claims, and tokens that are
// only good for GiveBack.
func (rp *RelyingParty) SignIn(ctx context.Context, code string, a Attempt) (Identity, error) {
	return rp.signIn(ctx, code, a, rp.redeem)
}

// SignInByInteraction is SignIn for the interaction code with which a sign-in on a
// page of the app's own ends where the org has Identity Engine.
func (rp *RelyingParty) SignInByInteraction(ctx context.Context, code string, a Attempt) (Identity, error) {
	return rp.signIn(ctx, code, a, rp.redeemInteraction)
}

func (rp *RelyingParty) signIn(ctx context.Context, code string, a Attempt, redeem func(context.Context, string, Attempt) (*oauth2.Token, error)) (Identity, error) {
	var err error
	if a.Key, err = rp.keyOr(a.Key); err != nil {
		return Identity{}, err
	}
	token, err := redeem(ctx, code, a)
	if err != nil {
		return Identity{}, err
	}
	return rp.identify(ctx, token, a)
}

// identify verifies who a token answer is about.
func (rp *RelyingParty) identify(ctx context.Context, token *oauth2.Token, a Attempt) (Identity, error) {
	id := rp.identity(token, a.Key)
	if err := rp.checkBinding(token, a.Key); err != nil {
		return id, err
	}
	if id.IDToken == "" {
		return id, oktahttp.Untrusted("the token answer has no ID token")
	}
	claims, err := rp.verifyIDToken(ctx, id.IDToken, id.AccessToken, a)
	if err != nil {
		return id, err
	}
	id.Claims = claims
	if err := rp.addUserinfo(ctx, id.Claims, id); !errors.Is(err, errNoUserinfo) {
		id.UserinfoError = err
	}
	return id, nil
}

// identity takes what it needs from a token answer.
func (rp *RelyingParty) identity(token *oauth2.Token, key *dpop.Key) Identity {
	idToken, _ := token.Extra("id_token").(string)
	return Identity{
		IDToken:           idToken,
		AccessToken:       token.AccessToken,
		RefreshToken:      token.RefreshToken,
		AccessTokenExpiry: rp.now().Add(lifetime(token)),
		Key:               key,
	}
}

// addUserinfo adds to claims what userinfo tells of the same person. Errors are
// those of askUserinfo, and of fetching the metadata.
func (rp *RelyingParty) addUserinfo(ctx context.Context, claims map[string]any, id Identity) error {
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return err
	}
	client := *rp.http
	client.Transport = rp.Transport(client.Transport, id.AccessToken, id.Key)
	profile, err := askUserinfo(ctx, &client, meta.UserinfoEndpoint, claims["sub"], len(rp.cfg.Resources) > 0)
	if err != nil {
		return err
	}
	addProfile(claims, profile)
	return nil
}
