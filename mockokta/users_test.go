package mockokta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"example.com/okta-gin/mockokta"
)

func (b *browser) ssws(path string) reply {
	return b.do(http.MethodGet, b.org.URL()+path, nil, http.Header{"Authorization": {"SSWS " + mockokta.DefaultAPIToken}})
}

func wantAPIError(t *testing.T, got reply, status int, code, summary string) {
	t.Helper()
	body := got.json(t)
	if got.StatusCode != status || body["errorCode"] != code || body["errorSummary"] != summary || body["errorLink"] != code || body["errorCauses"] == nil || !strings.HasPrefix(body["errorId"].(string), "oae") {
		t.Errorf("got %d %v, want %d %s %q", got.StatusCode, body, status, code, summary)
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	if user := b.ssws("/api/v1/users/ada@acme.test").json(t); user["lastLogin"] != nil {
		t.Errorf("lastLogin before any: %v", user["lastLogin"])
	}
	b.signIn("ada@acme.test", nil)
	for _, id := range []string{"00u9mockAdaLove1a5d7", "ada@acme.test", url.PathEscape("ADA@acme.test"), "ada", "me"} {
		got := b.ssws("/api/v1/users/" + id)
		user := got.json(t)
		profile, _ := user["profile"].(map[string]any)
		if got.StatusCode != http.StatusOK || user["id"] != "00u9mockAdaLove1a5d7" || user["status"] != "ACTIVE" || user["lastLogin"] != "2026-09-21T14:13:20.000Z" ||
			profile["login"] != "ada@acme.test" || profile["timezone"] != "Europe/London" || profile["locale"] != "en_GB" || profile["department"] != "Research" || profile["address"] != nil {
			t.Errorf("%s: %d %v", id, got.StatusCode, user)
		}
		if got.Header.Get("ETag") == "" {
			t.Error("no ETag")
		}
	}
	b.org.DeactivateUser("ada@acme.test")
	if user := b.ssws("/api/v1/users/ada").json(t); user["status"] != "DEPROVISIONED" {
		t.Errorf("status %v", user["status"])
	}
	wantAPIError(t, b.ssws("/api/v1/users/nobody"), 404, "E0000007", "Not found: Resource not found: nobody (User)")
	wantAPIError(t, b.get("/api/v1/users/ada"), 401, "E0000011", "Invalid token provided")
	wrong := b.do(http.MethodGet, b.org.URL()+"/api/v1/users/ada", nil, http.Header{"Authorization": {"SSWS wrong"}})
	wantAPIError(t, wrong, 401, "E0000011", "Invalid token provided")
	wantAPIError(t, b.do(http.MethodDelete, b.org.URL()+"/api/v1/users/ada", nil, nil), 405, "E0000022", "The endpoint does not support the provided HTTP method")
}

func TestUserGroups(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	next := regexp.MustCompile(`<([^>]+)>; rel="next"`)
	for first, wantPages := range map[string]int{"/api/v1/users/many@acme.test/groups?limit=50": 3, "/api/v1/users/many@acme.test/groups": 1, "/api/v1/users/many@acme.test/groups?limit=100": 2, "/api/v1/users/ada@acme.test/groups": 1} {
		names := map[string]bool{}
		pages := 0
		for path := first; path != ""; pages++ {
			got := b.ssws(path)
			var groups []struct {
				ID, Type string
				Profile  struct{ Name string }
				Links    struct{ Users struct{ Href string } } `json:"_links"`
			}
			if err := json.Unmarshal([]byte(got.body), &groups); err != nil {
				t.Fatalf("%s: %v", got.body, err)
			}
			for _, group := range groups {
				if names[group.Profile.Name] || !strings.HasPrefix(group.ID, "00g") || len(group.ID) != 20 || group.Links.Users.Href != b.org.URL()+"/api/v1/groups/"+group.ID+"/users" || (group.Type == "BUILT_IN") != (group.Profile.Name == "Everyone") {
					t.Errorf("group %+v", group)
				}
				names[group.Profile.Name] = true
			}
			path = ""
			if match := next.FindStringSubmatch(strings.Join(got.Header.Values("Link"), ", ")); match != nil {
				path = strings.TrimPrefix(match[1], b.org.URL())
			}
		}
		want := 120
		if strings.Contains(first, "ada") {
			want = 3
		}
		if pages != wantPages || len(names) != want {
			t.Errorf("%s: %d groups on %d pages", first, len(names), pages)
		}
	}
	wantAPIError(t, b.ssws("/api/v1/users/ada/groups?limit=x"), 400, "E0000001", "Api validation failed: limit")
}

func TestUsersByBearer(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.OktaScopes = []string{"okta.users.read", "okta.users.read.self"}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	token := func(login, scope string) any {
		return newBrowser(t, b.org).atOrg().tokens(login, scope)["access_token"]
	}

	if got := b.bearer("/api/v1/users/grace@acme.test", token("ada@acme.test", "openid okta.users.read")); got.StatusCode != http.StatusOK {
		t.Errorf("administrator: %s", got.body)
	}
	wantAPIError(t, b.bearer("/api/v1/users/ada@acme.test", token("grace@acme.test", "openid okta.users.read")), 403, "E0000006", "You do not have permission to perform the requested action")
	self := token("grace@acme.test", "openid okta.users.read.self")
	if got := b.bearer("/api/v1/users/me", self); got.json(t)["id"] != "00u9mockGraceHop15d7" {
		t.Errorf("me: %s", got.body)
	}
	wantAPIError(t, b.bearer("/api/v1/users/ada@acme.test", self), 403, "E0000006", "You do not have permission to perform the requested action")

	noScope := b.bearer("/api/v1/users/me", token("ada@acme.test", "openid"))
	if noScope.StatusCode != http.StatusForbidden || !strings.Contains(noScope.Header.Get("WWW-Authenticate"), `error="insufficient_scope"`) {
		t.Errorf("without the scope: %d %v", noScope.StatusCode, noScope.Header)
	}
	custom := b.bearer("/api/v1/users/me", b.tokens("ada@acme.test", "openid")["access_token"])
	if custom.StatusCode != http.StatusUnauthorized || custom.Header.Get("WWW-Authenticate") !=
		`Bearer authorization_uri="`+b.org.URL()+`/oauth2/v1/authorize", realm="`+b.org.URL()+`", scope="okta.users.read", error="invalid_token", error_description="The access token provided has an invalid issuer.", resource="/api/v1/users"` {
		t.Errorf("custom server's token: %d %v", custom.StatusCode, custom.Header)
	}
}

func TestUsersByServiceApp(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	service := mockokta.Client{ID: "0oaservice", PublicKey: key.Public(), Grants: []string{"client_credentials"}, OktaScopes: []string{"okta.users.read"}}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{service}})).atOrg()
	claims, err := jwt.NewBuilder().Issuer("0oaservice").Subject("0oaservice").Audience([]string{b.org.URL() + "/oauth2/v1/token"}).Expiration(time.Now().Add(time.Minute)).Build()
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := jwt.Sign(claims, jwt.WithKey(jwa.ES256, key))
	if err != nil {
		t.Fatal(err)
	}
	answer := b.token(url.Values{
		"grant_type": {"client_credentials"}, "scope": {"okta.users.read"}, "client_assertion": {string(assertion)},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
	if got := b.bearer("/api/v1/users/ada", answer.json(t)["access_token"]); got.StatusCode != http.StatusOK {
		t.Errorf("service app: %d %s", got.StatusCode, got.body)
	}
}
