package auth_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// rolesOf bends the org: its ID tokens carry roles in the places where providers put
// them.
func rolesOf(org *mockokta.Org, roles ...any) {
	org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken = func(_, claims map[string]any) {
			claims["https://acme.example/roles"] = roles
			claims["realm_access"] = map[string]any{"roles": roles, "other": "x"}
			claims["role"] = roles[0]
			claims["shoe_size"] = 43
		}
	})
}

func TestGroupsClaim(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		claim []string
		keep  func(string) bool
		want  int // status of a page for the role Cooks
	}{
		{"default", nil, nil, http.StatusForbidden},
		{"namespaced", []string{"https://acme.example/roles"}, nil, http.StatusOK},
		{"nested", []string{"realm_access", "roles"}, nil, http.StatusOK},
		{"one text", []string{"role"}, nil, http.StatusOK},
		{"kept although the app keeps nothing", []string{"realm_access", "roles"}, func(string) bool { return false }, http.StatusOK},
		{"no list", []string{"realm_access", "other", "deeper"}, nil, http.StatusForbidden},
		{"not there", []string{"missing", "roles"}, nil, http.StatusForbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{options: func(o *auth.Options) { o.GroupsClaim, o.KeepClaim = tt.claim, tt.keep }, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				mount(t, okta, r)
				r.GET("/kitchen", okta.RequireGroup("Cooks"), say(okta, "kitchen"))
				return nil
			}})
			rolesOf(h.org, "Cooks", 7, "Waiters")
			if r := h.browser().Arrive("/kitchen", testkit.Ada); r.StatusCode != tt.want {
				t.Errorf("status %d, want %d", r.StatusCode, tt.want)
			}
		})
	}
}

// TestKeepClaim holds that a session keeps what the app wants, and what rules and
// renewals need.
func TestKeepClaim(t *testing.T) {
	t.Parallel()
	var claims map[string]any
	h := start(t, setup{
		env:     map[string]string{"OKTA_SCOPES": "openid profile email offline_access"},
		options: func(o *auth.Options) { o.KeepClaim = func(name string) bool { return name == "shoe_size" } },
		app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			r.GET("/me", okta.RequireGroup("Admins"), okta.RequireRecentLogin(24*time.Hour), func(c *gin.Context) {
				claims = okta.Caller(c).Claims
				c.String(http.StatusOK, okta.Caller(c).Name())
			})
			return nil
		},
	})
	rolesOf(h.org, "Cooks")
	b := h.browser()
	check := func(when string, r testkit.Reply) {
		t.Helper()
		if r.StatusCode != http.StatusOK || r.Body != claims["sub"] {
			t.Fatalf("%s: %d %q", when, r.StatusCode, r.Body)
		}
		for _, gone := range []string{"name", "email", "role", "realm_access"} {
			if claims[gone] != nil {
				t.Errorf("%s: the session keeps %s", when, gone)
			}
		}
		for _, kept := range []string{"shoe_size", "groups", "sub", "iss", "auth_time"} {
			if claims[kept] == nil {
				t.Errorf("%s: the session lacks %s", when, kept)
			}
		}
	}
	check("signed in", b.Arrive("/me", testkit.Ada))
	h.clock.Add(h.tokenLife())
	h.org.SetGroups(testkit.Ada, "Everyone", "Admins", "Cooks")
	check("renewed", b.Arrive("/me", testkit.Ada))
	if groups, _ := claims["groups"].([]any); len(groups) != 3 || groups[2] != "Cooks" && groups[1] != "Cooks" && groups[0] != "Cooks" {
		t.Errorf("groups after renewal: %v", claims["groups"])
	}
}

// tokenLife is when an access token of the org's is due for renewal.
func (h *host) tokenLife() time.Duration { return h.org.Knobs().AccessTokenLifetime }
