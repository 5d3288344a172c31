package mockokta_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestInteract(t *testing.T) {
	t.Parallel()
	plain := mockokta.Client{ID: "0oaplain", RedirectURIs: []string{callback}}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{mockokta.DefaultClient(), plain}}))
	for name, tt := range map[string]struct {
		changes map[string]string
		status  int
		code    string
		text    string
	}{
		"unknown client":   {map[string]string{"client_id": "x"}, 401, "invalid_client", "Invalid value for 'client_id' parameter."},
		"wrong secret":     {map[string]string{"client_secret": "x"}, 401, "invalid_client", "The client secret supplied for a confidential client is invalid."},
		"grant not given":  {map[string]string{"client_id": "0oaplain"}, 400, "unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: [authorization_code]."},
		"redirect URI":     {map[string]string{"redirect_uri": "https://evil.example"}, 400, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
		"no challenge":     {map[string]string{"code_challenge": ""}, 400, "invalid_request", "PKCE code challenge is required to use the interaction code flow."},
		"plain challenge":  {map[string]string{"code_challenge_method": "plain"}, 400, "invalid_request", "PKCE code challenge method is not supported."},
		"no scope":         {map[string]string{"scope": ""}, 400, "invalid_scope", "No scopes were requested."},
		"recovery token":   {map[string]string{"recovery_token": "x"}, 400, "invalid_request", "The recovery token is invalid"},
		"activation token": {map[string]string{"activation_token": "x"}, 400, "invalid_request", "The activation token is invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			wantOAuthError(t, b.interact(tt.changes), tt.status, tt.code, tt.text)
		})
	}
	if got := b.interact(map[string]string{"client_secret": mockokta.DefaultClientSecret}); got.StatusCode != http.StatusOK {
		t.Errorf("with the secret: %s", got.body)
	}
	pipeline := func() any { return b.get("/.well-known/okta-organization").json(t)["pipeline"] }
	if pipeline() != "idx" {
		t.Errorf("pipeline %v", pipeline())
	}
	b.org.Set(func(k *mockokta.Knobs) { k.NoInteractionCode = true })
	wantOAuthError(t, b.interact(nil), 400, "access_denied", "The requested feature (Interaction Code flow) isn't enabled in this environment.")
	b.org.Set(func(k *mockokta.Knobs) { k.Classic = true })
	wantOAuthError(t, b.interact(nil), 400, "access_denied", "The requested feature is not enabled in this environment.")
	if pipeline() != "v1" {
		t.Errorf("pipeline %v", pipeline())
	}
}

func TestInteractionCodes(t *testing.T) {
	t.Parallel()
	now := newClock()
	other := mockokta.DefaultClient()
	other.ID = "0oaother"
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now, Clients: []mockokta.Client{mockokta.DefaultClient(), other}}))
	finish := func() *script {
		s := b.begin(map[string]string{"scope": renewable})
		s.fill(0, map[string]any{"identifier": "ada"})
		s.fill(0, passcodeOf("correct-horse-ada"))
		return s
	}
	s := finish()
	wantOAuthError(t, s.redeem(map[string]string{"client_id": "0oaother"}), 400, "invalid_grant", "The grant was issued to another client.")
	tokens := s.redeem(map[string]string{"redirect_uri": ""}).json(t)
	if tokens["id_token"] == nil {
		t.Fatalf("tokens %v", tokens)
	}
	wantOAuthError(t, s.redeem(nil), 400, "invalid_grant", "The interaction code is invalid or has expired.")
	if b.refresh(tokens["refresh_token"]).StatusCode != http.StatusBadRequest {
		t.Error("tokens of a code that was used twice go on")
	}
	wantOAuthError(t, finish().redeem(map[string]string{"code_verifier": strings.Repeat("x", 50)}), 400, "invalid_grant", "PKCE verification failed.")
	wantOAuthError(t, finish().redeem(map[string]string{"redirect_uri": "https://evil.example"}), 400, "invalid_grant", "The 'redirect_uri' does not match")
	late := finish()
	now.add(time.Minute)
	wantOAuthError(t, late.redeem(nil), 400, "invalid_grant", "The interaction code is invalid or has expired.")
	none := tokenParams("", map[string]string{"grant_type": "interaction_code"})
	wantOAuthError(t, b.token(none), 400, "invalid_request", "The required parameter 'interaction_code' is missing.")
	none.Set("interaction_code", "x")
	wantOAuthError(t, b.token(none), 400, "invalid_grant", "The interaction code is invalid or has expired.")
}
