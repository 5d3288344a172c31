package mockokta_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

// TestSettingsOfTheOrg reads what administrators set up, by the API token alone.
func TestSettingsOfTheOrg(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.AdminRoles = []string{"HELP_DESK_ADMIN"} })
	for path, words := range map[string]string{
		"/api/v1/apps/" + mockokta.DefaultClientID:      `"post_logout_redirect_uris":["http://localhost:8080/authorization-code/signed-out"`,
		"/api/v1/authorizationServers/default/policies": `"ALL_CLIENTS"`,
		"/api/v1/authorizationServers/default/claims":   `"claimType":"IDENTITY"`,
		"/api/v1/api-tokens":                            `"userId":"00u9mockAdaLove1a5d7"`,
		"/api/v1/users/me/roles":                        `"type":"HELP_DESK_ADMIN"`,
	} {
		if got := b.ssws(path); got.StatusCode != 200 || !strings.Contains(got.body, words) {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
		wantAPIError(t, b.get(path), 401, "E0000011", "Invalid token provided")
	}
	wantAPIError(t, b.ssws("/api/v1/apps/0oaNobody"), 404, "E0000007", "Not found: Resource not found: 0oaNobody (AppInstance)")
	wantAPIError(t, b.ssws("/api/v1/authorizationServers/aus1/claims"), 404, "E0000007", "Not found: Resource not found: aus1 (AuthorizationServer)")
	b.org.Set(func(k *mockokta.Knobs) { k.NoPolicy, k.OmitGroups = true, true })
	if got := b.ssws("/api/v1/authorizationServers/default/policies"); got.body != "[]" {
		t.Errorf("without a policy: %s", got.body)
	}
	if got := b.ssws("/api/v1/authorizationServers/default/claims"); strings.Contains(got.body, `"claimType":"IDENTITY"`) {
		t.Errorf("without the claim: %s", got.body)
	}
	if got := b.ssws("/api/v1/users/grace@acme.test/roles"); got.body != "[]" {
		t.Errorf("roles of somebody else: %s", got.body)
	}
}
