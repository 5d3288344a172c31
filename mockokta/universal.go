package mockokta

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// LogoutToken makes the JWT with which Okta authenticates a Universal Logout request (global token
// revocation) to an endpoint of the first client's app. change, which may be nil, spoils it before it is signed.
func (o *Org) LogoutToken(endpoint string, change func(header, claims map[string]any)) string {
	now := o.Now()
	header := map[string]any{"typ": "global-token-revocation+jwt", "alg": "RS256"}
	claims := map[string]any{
		"jti": state.RandomID(), "iss": o.OrgIssuer(), "sub": o.Clients()[0].ID, "aud": endpoint,
		"iat": now.Unix(), "nbf": now.Add(-5 * time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	if change != nil {
		change(header, claims)
	}
	return o.Sign(claims, header)
}

// UniversalLogout calls an app's Universal Logout endpoint as Okta does and returns its status. subject is the
// sub_id of the request: {"format":"email","email":…} or {"format":"iss_sub","iss":…,"sub":…}.
func (o *Org) UniversalLogout(ctx context.Context, endpoint, token string, subject map[string]string) (int, error) {
	body, err := json.Marshal(map[string]any{"sub_id": subject})
	if err != nil {
		return 0, fmt.Errorf("mockokta: encode subject: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("mockokta: universal logout: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("mockokta: universal logout: %w", err)
	}
	return resp.StatusCode, resp.Body.Close()
}
