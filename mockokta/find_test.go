package mockokta_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

// TestFindUsers: q finds people as it does at Okta, by the beginning of a name or of the
// email address.
func TestFindUsers(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.OktaScopes = []string{"okta.users.read", "okta.users.read.self"}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	b.org.DeactivateUser("alan@acme.test")
	found := func(query string) []string {
		got := b.ssws("/api/v1/users" + query)
		var users []struct{ Profile struct{ Login string } }
		if err := json.Unmarshal([]byte(got.body), &users); err != nil || got.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", query, got.StatusCode, got.body)
		}
		logins := make([]string, 0, len(users))
		for _, user := range users {
			logins = append(logins, user.Profile.Login)
		}
		return logins
	}
	for q, want := range map[string]string{"ada": "ada@acme.test", "LOVE": "ada@acme.test", "ada@ACME": "ada@acme.test", "ovelace": "", "Ada Lovelace": "", "alan": ""} {
		if got := strings.Join(found("?q="+url.QueryEscape(q)), " "); got != want {
			t.Errorf("%s: found %s, want %s", q, got, want)
		}
	}
	for range 12 {
		b.org.AddPerson(mockokta.Person{Login: "zoe" + strings.Repeat("x", len(found("?q=zoe&limit=200"))) + "@acme.test", FirstName: "Zoe"})
	}
	for query, want := range map[string]int{"?q=zoe": 10, "?q=zoe&limit=3": 3, "?q=zoe&limit=1000": 12} {
		if got := len(found(query)); got != want {
			t.Errorf("%s: %d people, want %d", query, got, want)
		}
	}
	if all := found(""); len(all) < 14 || slices.Contains(all, "alan@acme.test") {
		t.Errorf("everybody: %s", all)
	}

	wantAPIError(t, b.ssws("/api/v1/users?q=a&limit=0"), 400, "E0000001", "Api validation failed: limit")
	wantAPIError(t, b.ssws("/api/v1/users?search=x"), 400, "E0000001", "Api validation failed: search")
	wantAPIError(t, b.get("/api/v1/users?q=ada"), 401, "E0000011", "Invalid token provided")
	token := func(login, scope string) any {
		return newBrowser(t, b.org).atOrg().tokens(login, scope)["access_token"]
	}
	if got := b.bearer("/api/v1/users?q=ada", token("ada@acme.test", "openid okta.users.read")); got.StatusCode != http.StatusOK {
		t.Errorf("administrator: %s", got.body)
	}
	for _, scope := range []string{"openid okta.users.read", "openid okta.users.read.self"} {
		wantAPIError(t, b.bearer("/api/v1/users?q=ada", token("grace@acme.test", scope)), 403, "E0000006", "You do not have permission to perform the requested action")
	}
}
