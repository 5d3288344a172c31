package management

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// LogoutToken makes the JWT with which Okta authenticates a Universal Logout request to an endpoint of a client's
// app. change, which may be nil, spoils it before it is signed.
func LogoutToken(o *state.Org, clientID, endpoint string, change func(header, claims map[string]any)) string {
	now := o.Now()
	header := map[string]any{"typ": "global-token-revocation+jwt", "alg": "RS256"}
	claims := map[string]any{
		"jti": state.RandomID(), "iss": o.OrgIssuer(), "sub": clientID, "aud": endpoint,
		"iat": now.Unix(), "nbf": now.Add(-5 * time.Minute).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	if change != nil {
		change(header, claims)
	}
	return o.Sign(claims, header)
}

// CallUniversalLogout calls an app's Universal Logout endpoint as Okta does and returns its status. subject is the
// sub_id of the request: {"format":"email","email":…} or {"format":"iss_sub","iss":…,"sub":…}.
func CallUniversalLogout(ctx context.Context, endpoint, token string, subject map[string]string) (int, error) {
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

// callTimeout bounds each call of an app's endpoint.
const callTimeout = 5 * time.Second

// RevokeEverything answers POST /oauth2/v1/global-token-revocation: it ends the person's sessions and tokens and
// calls the endpoint of every app that has one. What the apps answer is logged and changes nothing.
func RevokeEverything(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := identify(o, w, r, scopeLogout); !ok {
			return
		}
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			wire.WriteAPIError(w, wire.ErrMediaType)
			return
		}
		var body struct {
			Subject struct {
				Format  string `json:"format"`
				ID      string `json:"id"`
				Issuer  string `json:"iss"`
				Subject string `json:"sub"`
			} `json:"sub_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			wire.WriteAPIError(w, wire.ErrMalformed)
			return
		}
		id := body.Subject.ID
		if body.Subject.Format == "iss_sub" && body.Subject.Issuer == o.OrgIssuer() {
			id = body.Subject.Subject
		}
		entry, found := o.Find(id)
		if !found {
			wire.WriteAPIError(w, wire.Invalid("sub_id"))
			return
		}
		o.EndSessionsOf(entry.ID)
		o.RevokeGrantsOf(entry.ID)
		for _, client := range o.Clients() {
			if client.UniversalLogoutURI != "" {
				tellApp(r.Context(), o, client, entry)
			}
		}
		wire.NoStore(w)
		w.WriteHeader(http.StatusNoContent)
	}
}

// tellApp calls one app's Universal Logout endpoint.
func tellApp(ctx context.Context, o *state.Org, client state.Client, entry state.Entry) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	subject := map[string]string{"format": "iss_sub", "iss": o.OrgIssuer(), "sub": entry.ID}
	if client.UniversalLogoutByEmail {
		subject = map[string]string{"format": "email", "email": entry.Email}
	}
	token := LogoutToken(o, client.ID, client.UniversalLogoutURI, nil)
	status, err := CallUniversalLogout(ctx, client.UniversalLogoutURI, token, subject)
	o.Log().Info("mockokta: universal logout", "client", client.ID, "status", status, "error", err)
}
