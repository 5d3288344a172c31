package mockokta_test

import (
	"net/http"
	"net/url"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestIntrospectAndRevoke(t *testing.T) {
	t.Parallel()
	other := mockokta.Client{ID: "0oaother", Secret: "other-secret"}
	b := newBrowser(t, start(t, mockokta.Options{Now: newClock().Now, Clients: []mockokta.Client{mockokta.DefaultClient(), other}}))
	call := func(endpoint string, token any, id, secret string) reply {
		t.Helper()
		return b.post(b.as+"/v1/"+endpoint, url.Values{"token": {token.(string)}, "client_id": {id}, "client_secret": {secret}})
	}
	ask := func(token any) map[string]any {
		t.Helper()
		got := call("introspect", token, mockokta.DefaultClientID, mockokta.DefaultClientSecret)
		if got.StatusCode != http.StatusOK {
			t.Fatalf("introspect: %d %s", got.StatusCode, got.body)
		}
		return got.json(t)
	}
	revoke := func(token any) {
		t.Helper()
		if got := call("revoke", token, mockokta.DefaultClientID, mockokta.DefaultClientSecret); got.StatusCode != http.StatusOK || got.body != "" {
			t.Errorf("revoke: %d %q", got.StatusCode, got.body)
		}
	}

	tokens := b.tokens("ada@acme.test", renewable)
	access := ask(tokens["access_token"])
	if access["active"] != true || access["username"] != "ada@acme.test" || access["uid"] != "00u9mockAdaLove1a5d7" || access["token_type"] != "Bearer" ||
		access["scope"] != "email offline_access openid profile" || access["client_id"] != mockokta.DefaultClientID || access["aud"] != "api://default" {
		t.Errorf("access token: %v", access)
	}
	if got := ask(tokens["refresh_token"]); got["active"] != true || got["aud"] != nil || got["jti"] != nil || got["exp"] != 1790604800.0 {
		t.Errorf("refresh token: %v", got)
	}
	if got := ask(tokens["id_token"]); got["active"] != true || got["sub"] != "00u9mockAdaLove1a5d7" {
		t.Errorf("ID token: %v", got)
	}
	foreign := call("introspect", tokens["access_token"], "0oaother", "other-secret").json(t)
	if len(foreign) != 1 || foreign["active"] != false || ask("garbage")["active"] != false {
		t.Errorf("foreign: %v", foreign)
	}
	wantOAuthError(t, call("introspect", "", mockokta.DefaultClientID, mockokta.DefaultClientSecret), 400, "invalid_request", "The 'token' parameter is required.")
	wantOAuthError(t, call("revoke", "x", mockokta.DefaultClientID, "wrong"), 401, "invalid_client", "The client secret supplied for a confidential client is invalid.")

	if got := call("revoke", tokens["refresh_token"], "0oaother", "other-secret"); got.StatusCode != http.StatusOK || ask(tokens["refresh_token"])["active"] != true {
		t.Error("a client revoked another's token")
	}
	revoke("garbage")
	revoke(tokens["access_token"])
	if ask(tokens["access_token"])["active"] != false || ask(tokens["refresh_token"])["active"] != true {
		t.Error("revoking the access token")
	}
	renewed := b.refresh(tokens["refresh_token"]).json(t)
	revoke(tokens["refresh_token"])
	revoke(tokens["refresh_token"])
	if ask(tokens["refresh_token"])["active"] != false || ask(renewed["access_token"])["active"] != false {
		t.Error("revoking the refresh token")
	}
	wantOAuthError(t, b.refresh(tokens["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
}
