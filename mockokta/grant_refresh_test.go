package mockokta_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func rotating(leeway time.Duration) mockokta.Options {
	client := mockokta.DefaultClient()
	client.RefreshRotation, client.RefreshLeeway = "ROTATE", leeway
	return mockokta.Options{Clients: []mockokta.Client{client}}
}

const renewable = "openid profile email offline_access"

func TestRefreshTokenOnlyForOfflineAccess(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	if tokens := b.tokens("ada@acme.test", "openid profile"); tokens["refresh_token"] != nil || tokens["scope"] != "openid profile" {
		t.Errorf("got %v", tokens)
	}
	without := mockokta.DefaultClient()
	without.Grants = []string{"authorization_code"}
	b = newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{without}}))
	if tokens := b.tokens("ada@acme.test", renewable); tokens["refresh_token"] != nil || tokens["scope"] != "email openid profile" {
		t.Errorf("without the grant: %v", tokens)
	}
}

func TestStaticRefresh(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	first := b.tokens("ada@acme.test", renewable)
	now.add(time.Hour)
	second := b.refresh(first["refresh_token"]).json(t)
	if second["refresh_token"] != first["refresh_token"] || second["access_token"] == first["access_token"] {
		t.Errorf("static refresh: %v", second)
	}
	before, after := claimsOf(t, first["id_token"]), claimsOf(t, second["id_token"])
	for _, name := range []string{"iss", "sub", "aud", "auth_time"} {
		if before[name] != after[name] {
			t.Errorf("%s changed from %v to %v", name, before[name], after[name])
		}
	}
	if after["nonce"] != nil || after["iat"] != float64(now.Now().Unix()) {
		t.Errorf("renewed claims: %v", after)
	}
	now.add(7*24*time.Hour - time.Second)
	b.refresh(first["refresh_token"])
	now.add(7*24*time.Hour - time.Second)
	if got := b.refresh(first["refresh_token"]); got.StatusCode != http.StatusOK {
		t.Errorf("use does not extend the idle time: %s", got.body)
	}
	now.add(7 * 24 * time.Hour)
	wantOAuthError(t, b.refresh(first["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
}

func TestRefreshScopes(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	tokens := b.tokens("ada@acme.test", renewable)
	ask := func(scope string) reply {
		return b.token(url.Values{
			"grant_type": {"refresh_token"}, "refresh_token": {tokens["refresh_token"].(string)}, "scope": {scope},
			"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
		})
	}
	if got := ask("profile offline_access").json(t); got["id_token"] != nil || got["scope"] != "offline_access profile" {
		t.Errorf("narrower: %v", got)
	}
	if got := ask("openid offline_access").json(t); got["id_token"] == nil {
		t.Errorf("with openid: %v", got)
	}
	wantOAuthError(t, ask("openid phone"), 400, "access_denied", "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: phone.")
	b.org.Set(func(k *mockokta.Knobs) { k.RefreshOmitsIDToken = true })
	if got := b.refresh(tokens["refresh_token"]).json(t); got["id_token"] != nil || got["access_token"] == nil {
		t.Errorf("omitted: %v", got)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	now := newClock()
	o := rotating(0)
	o.Now = now.Now
	b := newBrowser(t, start(t, o))
	first := b.tokens("ada@acme.test", renewable)
	second := b.refresh(first["refresh_token"]).json(t)
	if second["refresh_token"] == first["refresh_token"] {
		t.Fatal("the token did not rotate")
	}
	now.add(29 * time.Second)
	within := b.refresh(first["refresh_token"]).json(t)
	if within["refresh_token"] != second["refresh_token"] {
		t.Errorf("within the grace period: %v", within)
	}
	third := b.refresh(second["refresh_token"]).json(t)
	now.add(time.Second)
	wantOAuthError(t, b.refresh(first["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
	wantOAuthError(t, b.refresh(third["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
	for name, access := range map[string]any{"first": first["access_token"], "third": third["access_token"]} {
		if got := b.bearer(b.as+"/v1/userinfo", access); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s access token outlived the reuse: %d", name, got.StatusCode)
		}
	}
}

func TestRotationWithoutGrace(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, rotating(-1)))
	first := b.tokens("ada@acme.test", renewable)
	second := b.refresh(first["refresh_token"]).json(t)
	wantOAuthError(t, b.refresh(first["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
	wantOAuthError(t, b.refresh(second["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
}

func TestRefreshEndsWithThePerson(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*mockokta.Org){
		"deactivated": func(o *mockokta.Org) { o.DeactivateUser("ada@acme.test") },
		"revoked":     func(o *mockokta.Org) { o.RevokeRefreshTokens("ada@acme.test") },
		"unassigned": func(o *mockokta.Org) {
			ada := o.People()[0]
			ada.Assigned = false
			o.AddPerson(ada)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, start(t, mockokta.Options{}))
			tokens := b.tokens("ada@acme.test", renewable)
			if got := b.refresh(tokens["refresh_token"]); got.StatusCode != http.StatusOK {
				t.Fatalf("before: %s", got.body)
			}
			end(b.org)
			wantOAuthError(t, b.refresh(tokens["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
		})
	}
}

func TestOrgRefreshTokensEndAfter90Days(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now})).atOrg()
	tokens := b.tokens("ada@acme.test", renewable)
	for range 17 {
		now.add(5 * 24 * time.Hour)
		if got := b.refresh(tokens["refresh_token"]); got.StatusCode != http.StatusOK {
			t.Fatalf("refresh: %s", got.body)
		}
	}
	now.add(5 * 24 * time.Hour)
	wantOAuthError(t, b.refresh(tokens["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")
}

func TestRefreshOfOthers(t *testing.T) {
	t.Parallel()
	other := mockokta.Client{ID: "0oaother", Secret: "other-secret", RedirectURIs: []string{callback}, Grants: []string{"refresh_token"}}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{mockokta.DefaultClient(), other}}))
	token := b.tokens("ada@acme.test", renewable)["refresh_token"]
	wantOAuthError(t, b.token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.(string)}, "client_id": {"0oaother"}, "client_secret": {"other-secret"}}), 400, "invalid_grant", "The grant was issued to another client.")
	wantOAuthError(t, b.atOrg().refresh(token), 400, "invalid_request", "The grant was issued for another authorization server.")
	wantOAuthError(t, b.refresh(""), 400, "invalid_request", "The required parameter 'refresh_token' is missing.")
}
