package okta

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/oktahttp"
)

// unsaidLifetime is how long an access token lasts if the answer does not say
// (RFC 6749 section 5.1): Okta's default.
const unsaidLifetime = time.Hour

// oauth2Config is the client in the terms of x/oauth2, and ctx carrying our
// HTTP client, which that library takes from there.
func (rp *RelyingParty) oauth2Config(ctx context.Context) (context.Context, *oauth2.Config, error) {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	return context.WithValue(ctx, oauth2.HTTPClient, rp.http), &oauth2.Config{
		ClientID:     rp.cfg.ClientID,
		ClientSecret: rp.cfg.ClientSecret.Reveal(),
		RedirectURL:  rp.redirect,
		Scopes:       rp.cfg.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:   meta.AuthorizationEndpoint,
			TokenURL:  meta.TokenEndpoint,
			AuthStyle: authStyle(meta.TokenAuthMethods), // or x/oauth2 would find out by failing
		},
	}, nil
}

// redeem trades an authorization code for tokens.
func (rp *RelyingParty) redeem(ctx context.Context, code, pkceVerifier string) (*oauth2.Token, error) {
	ctx, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return nil, err
	}
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(pkceVerifier))
	return token, tokenError("redeem the authorization code", err)
}

// redeemInteraction trades an interaction code of Identity Engine for tokens. The
// request has an empty code too, which counts as none (RFC 6749 section 3.2).
func (rp *RelyingParty) redeemInteraction(ctx context.Context, code, pkceVerifier string) (*oauth2.Token, error) {
	ctx, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return nil, err
	}
	token, err := client.Exchange(ctx, "", oauth2.VerifierOption(pkceVerifier),
		oauth2.SetAuthURLParam("grant_type", "interaction_code"), oauth2.SetAuthURLParam("interaction_code", code))
	return token, tokenError("redeem the interaction code", err)
}

// refresh trades a refresh token for tokens. The answer's refresh token is the
// same one if Okta has not rotated it.
func (rp *RelyingParty) refresh(ctx context.Context, refreshToken string) (*oauth2.Token, error) {
	ctx, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return nil, err
	}
	token, err := client.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	return token, tokenError("renew the tokens", err)
}

// tokenError turns what x/oauth2 says of a token request into one of this
// package's errors: a *Refusal where the body has an OAuth error, whatever else is
// in it, and else a *StatusError.
func tokenError(doing string, err error) error {
	var answer *oauth2.RetrieveError
	var transport *url.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &transport):
		return oktahttp.Failed(doing, transport)
	case errors.As(err, &answer):
		err := oktahttp.WrongStatus(answer.Response.StatusCode)
		if refusal, ok := refusalOf(err, answer.Body); ok {
			err = refusal
		}
		return fmt.Errorf("%s: %w", doing, err)
	default:
		return oktahttp.Untrusted("%s: %w", doing, err)
	}
}

// checkTokenType: a token of another type than Bearer is used otherwise, and one
// of no type must not be used (RFC 6749 sections 5.1 and 7.1).
func checkTokenType(token *oauth2.Token) error {
	if !strings.EqualFold(token.TokenType, "Bearer") {
		return oktahttp.Untrusted("the token answer's token_type is %q, not Bearer", cleanText(token.TokenType, maxQuoted))
	}
	return nil
}

func lifetime(token *oauth2.Token) time.Duration {
	if token.ExpiresIn <= 0 {
		return unsaidLifetime
	}
	return time.Duration(token.ExpiresIn) * time.Second
}
