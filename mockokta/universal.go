package mockokta

import (
	"context"

	"example.com/okta-gin/mockokta/management"
)

// LogoutToken makes the JWT with which Okta authenticates a Universal Logout request (global token
// revocation) to an endpoint of the first client's app. change, which may be nil, spoils it before it is signed,
// or makes it another client's (claim sub).
func (o *Org) LogoutToken(endpoint string, change func(header, claims map[string]any)) string {
	return management.LogoutToken(o.Org, o.Clients()[0].ID, endpoint, change)
}

// UniversalLogout calls an app's Universal Logout endpoint as Okta does and returns its status. subject is the
// sub_id of the request: {"format":"email","email":…} or {"format":"iss_sub","iss":…,"sub":…}.
func (o *Org) UniversalLogout(ctx context.Context, endpoint, token string, subject map[string]string) (int, error) {
	return management.CallUniversalLogout(ctx, endpoint, token, subject)
}
