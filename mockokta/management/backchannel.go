package management

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// BackChannelToken makes a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4) of an issuer for a
// client. change, which may be nil, spoils it before it is signed.
func BackChannelToken(o *state.Org, issuer, clientID, userID, sid string, change func(header, claims map[string]any)) string {
	now := o.Now()
	header := map[string]any{"typ": "logout+jwt", "alg": "RS256"}
	claims := map[string]any{
		"iss": issuer, "aud": clientID, "sub": userID, "sid": sid, "jti": state.RandomID(),
		"iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	if change != nil {
		change(header, claims)
	}
	return o.Sign(claims, header)
}

// CallBackChannel posts a logout token to an app's endpoint and returns its status.
func CallBackChannel(ctx context.Context, endpoint, token string) (int, error) {
	form := url.Values{"logout_token": {token}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, fmt.Errorf("mockokta: back-channel logout: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("mockokta: back-channel logout: %w", err)
	}
	return resp.StatusCode, resp.Body.Close()
}

// TellParticipants posts logout tokens to the apps that took part in a session which has ended, but for the one
// that ended it. What they answer is logged and changes nothing.
func TellParticipants(ctx context.Context, o *state.Org, s *state.Session, from *state.Client) {
	for _, p := range s.Participants() {
		if p.Client == from || p.Client.BackChannelLogoutURI == "" {
			continue
		}
		knobs := o.Knobs()
		token := BackChannelToken(o, p.Issuer, p.Client.ID, s.UserID, s.PublicID(), knobs.TamperLogoutToken)
		if knobs.ReplaceLogoutToken != nil {
			token = knobs.ReplaceLogoutToken(token)
		}
		timed, cancel := context.WithTimeout(ctx, callTimeout)
		status, err := CallBackChannel(timed, p.Client.BackChannelLogoutURI, token)
		cancel()
		o.Log().Info("mockokta: back-channel logout", "client", p.Client.ID, "status", status, "error", err)
	}
}
