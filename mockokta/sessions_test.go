package mockokta_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestEndUserSessions(t *testing.T) {
	t.Parallel()
	for query, wantTokens := range map[string]bool{"": true, "?oauthTokens=false": true, "?oauthTokens=true&forgetDevices=true": false} {
		b := newBrowser(t, start(t, mockokta.Options{}))
		tokens := b.tokens("ada@acme.test", renewable)
		grace := newBrowser(t, b.org)
		kept := grace.tokens("grace@acme.test", renewable)
		call := func(id, authorization string) reply {
			return b.do(http.MethodDelete, b.org.URL()+"/api/v1/users/"+id+"/sessions"+query, nil, http.Header{"Authorization": {authorization}})
		}
		const admin = "SSWS " + mockokta.DefaultAPIToken
		wantAPIError(t, call("ada", "SSWS wrong"), 401, "E0000011", "Invalid token provided")
		wantAPIError(t, call("nobody", admin), 404, "E0000007", "Not found: Resource not found: nobody (User)")
		if !b.signedIn() {
			t.Fatal("a refused call ended the session")
		}
		if got := call("ada", admin); got.StatusCode != http.StatusNoContent || got.body != "" {
			t.Errorf("%q: %d %s", query, got.StatusCode, got.body)
		}
		if b.authorize(map[string]string{"prompt": "none"}).redirect(t, callback).Get("error") != "login_required" {
			t.Errorf("%q: the session goes on", query)
		}
		access := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]).StatusCode == http.StatusOK
		renewed := b.refresh(tokens["refresh_token"]).StatusCode == http.StatusOK
		if access != wantTokens || renewed != wantTokens {
			t.Errorf("%q: access token works %t, refresh token %t", query, access, renewed)
		}
		if !grace.signedIn() || grace.refresh(kept["refresh_token"]).StatusCode != http.StatusOK {
			t.Errorf("%q ended someone else's", query)
		}
	}
}

func TestEndUserSessionsNeedsTheManageScope(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.OktaScopes = []string{"okta.users.read", "okta.users.read.self", "okta.users.manage"}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}})).atOrg()
	call := func(token any) reply {
		return b.do(http.MethodDelete, b.org.URL()+"/api/v1/users/me/sessions", nil, http.Header{"Authorization": {"Bearer " + token.(string)}})
	}
	for _, scope := range []string{"okta.users.read", "okta.users.read.self"} {
		got := call(newBrowser(t, b.org).atOrg().tokens("ada@acme.test", "openid "+scope)["access_token"])
		if got.StatusCode != http.StatusForbidden || !strings.Contains(got.Header.Get("WWW-Authenticate"), `scope="okta.users.manage", error="insufficient_scope"`) {
			t.Errorf("%s: %d %v", scope, got.StatusCode, got.Header)
		}
	}
	if got := call(b.tokens("ada@acme.test", "openid okta.users.manage")["access_token"]); got.StatusCode != http.StatusNoContent {
		t.Errorf("okta.users.manage: %d %s", got.StatusCode, got.body)
	}
}

func TestMySession(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	wantAPIError(t, b.get("/api/v1/sessions/me"), 404, "E0000007", "Not found: Resource not found: me (Session)")
	token := b.authn(`{"username":"ada","password":"correct-horse-ada"}`, nil).json(t)["sessionToken"].(string)
	create := func() reply {
		return b.json("/api/v1/sessions", map[string]any{"sessionToken": token}, nil)
	}
	created := create().json(t)
	id, _ := created["id"].(string)
	if created["login"] != "ada@acme.test" || created["status"] != "ACTIVE" || created["expiresAt"] != "2026-09-21T16:13:20.000Z" || !strings.HasPrefix(id, "102") || len(id) != 25 {
		t.Errorf("created %v", created)
	}
	wantAPIError(t, create(), 401, "E0000004", "Authentication failed")
	if got := b.get("/api/v1/sessions/me").json(t); got["id"] != id {
		t.Errorf("me: %v", got)
	}
	if !b.signedIn() {
		t.Error("the session does not count at /authorize")
	}
	if got := b.do(http.MethodDelete, b.org.URL()+"/api/v1/sessions/me", nil, nil); got.StatusCode != http.StatusNoContent {
		t.Errorf("delete: %d", got.StatusCode)
	}
	wantAPIError(t, b.get("/api/v1/sessions/me"), 404, "E0000007", "Not found: Resource not found: me (Session)")
}
