package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Errors of an issuer that has no such endpoint.
var (
	ErrNoSignOut    = errors.New("the issuer's metadata name no end_session_endpoint")
	ErrNoRevocation = errors.New("the issuer's metadata name no revocation_endpoint")
)

// SignOut is a request of the browser that ends the session at Okta (OpenID
// Connect RP-Initiated Logout 1.0). It may be sent either way: by GET to URL, or as a
// form posted to Endpoint, which takes an ID token of any length. It holds the ID
// token: not for logs.
type SignOut struct {
	Endpoint string
	Fields   url.Values // each name once
}

// URL is the request as one address.
func (s SignOut) URL() string { return withQuery(s.Endpoint, s.Fields) }

// SignOut returns what the browser is to send so that Okta's own session ends
// too, and it comes back to returnTo, one of the app's sign-out redirect URIs, with
// state. Okta demands idToken, which may have expired. What is empty is left out.
// Errors: ErrNoSignOut, and those of fetching the metadata.
func (rp *RelyingParty) SignOut(ctx context.Context, idToken, returnTo, state string) (SignOut, error) {
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return SignOut{}, err
	}
	if meta.EndSessionEndpoint == "" {
		return SignOut{}, ErrNoSignOut
	}
	endpoint, _, _ := strings.Cut(meta.EndSessionEndpoint, "#")
	fields := url.Values{}
	for name, value := range map[string]string{"id_token_hint": idToken, "post_logout_redirect_uri": returnTo, "state": state} {
		if value != "" {
			fields.Set(name, value)
		}
	}
	return SignOut{Endpoint: endpoint, Fields: fields}, nil
}

// Answers returns ErrUnreachable where Okta does not answer now, or only with 5xx,
// whatever of it is at hand. Use it before somebody is sent there who can't come back
// from a dead end.
func (rp *RelyingParty) Answers(ctx context.Context) error {
	_, _, err := fetchMetadata(rp.http, rp.cfg.Issuer, rp.fits)(ctx)
	status := new(StatusError)
	if !errors.Is(err, ErrUnreachable) || errors.As(err, &status) && status.Status < http.StatusInternalServerError {
		return nil
	}
	return err
}

// Revoke tells Okta to forget a refresh token, and with it the access tokens
// that it gave (RFC 7009). An unknown or spent token is no error. Errors: *Refusal
// if Okta declines, such as with invalid_client; *StatusError; ErrUnreachable;
// ErrNoRevocation; ErrUntrusted.
func (rp *RelyingParty) Revoke(ctx context.Context, refreshToken string) error {
	return rp.revoke(ctx, "refresh_token", refreshToken)
}

// GiveBack tells Okta to forget the tokens of a sign-in that came to nothing: by its
// refresh token, as Revoke does, or by its access token where there is no other. Errors
// are those of Revoke.
func (rp *RelyingParty) GiveBack(ctx context.Context, refreshToken, accessToken string) error {
	switch {
	case refreshToken != "":
		return rp.Revoke(ctx, refreshToken)
	case accessToken != "":
		return rp.revoke(ctx, "access_token", accessToken)
	default:
		return nil
	}
}

func (rp *RelyingParty) revoke(ctx context.Context, kind, token string) error {
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return err
	}
	if meta.RevocationEndpoint == "" {
		return ErrNoRevocation
	}
	form := url.Values{"token": {token}, "token_type_hint": {kind}}
	if _, err := rp.post(ctx, meta.revocationEndpoint(), form, http.StatusOK); err != nil {
		return fmt.Errorf("revoke the %s: %w", strings.ReplaceAll(kind, "_", " "), err)
	}
	return nil
}
