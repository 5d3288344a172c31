package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/okta/oktahttp"
)

// LogoutURL returns where to send the browser so that Okta's own session ends
// too, and then back to returnTo, one of the app's sign-out redirect URIs, with
// state (OpenID Connect RP-Initiated Logout 1.0). Okta demands idToken, which
// may have expired.
func (rp *RelyingParty) LogoutURL(ctx context.Context, idToken, returnTo, state string) (string, error) {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return "", err
	}
	if meta.EndSessionEndpoint == "" {
		return "", errors.New("the metadata names no end_session_endpoint")
	}
	endpoint, err := url.Parse(meta.EndSessionEndpoint)
	if err != nil {
		return "", oktahttp.Untrusted("end_session_endpoint: %w", err)
	}
	query := endpoint.Query()
	query.Set("id_token_hint", idToken)
	query.Set("post_logout_redirect_uri", returnTo)
	query.Set("state", state)
	endpoint.RawQuery = query.Encode()
	return endpoint.String(), nil
}

// Revoke tells Okta to forget a refresh token, and with it the access tokens
// that it gave (RFC 7009). An unknown or spent token is no error.
func (rp *RelyingParty) Revoke(ctx context.Context, refreshToken string) error {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return err
	}
	if meta.RevocationEndpoint == "" {
		return errors.New("the metadata names no revocation_endpoint")
	}
	form := url.Values{"token": {refreshToken}, "token_type_hint": {"refresh_token"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, meta.RevocationEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("build revocation request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(rp.cfg.ClientID), url.QueryEscape(rp.cfg.ClientSecret.Reveal()))
	resp, err := rp.http.Do(req)
	if err != nil {
		return oktahttp.Unreachable("revoke the refresh token", err)
	}
	defer resp.Body.Close()
	if err := oktahttp.CheckStatus(resp, http.StatusOK); err != nil {
		return fmt.Errorf("revoke the refresh token: %w", err)
	}
	return nil
}
