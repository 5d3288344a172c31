package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// token is an access token of the org, for a person with scopes.
func (h *host) token(scopes ...string) string {
	now := h.clock.Now().Unix()
	return h.org.Sign(map[string]any{
		"ver": 1, "jti": "AT.1", "iss": h.org.Issuer(), "aud": "api://default", "iat": now, "exp": now + 3600, "cid": mockokta.DefaultClientID,
		"uid": "00u9mockAdaLove1a5d7", "sub": testkit.Ada, "scp": scopes, "groups": []string{"Admins"},
	}, nil)
}

func ruled(t *testing.T) *host {
	return start(t, setup{
		env: map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"},
		app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			who := func(c *gin.Context) {
				known := okta.Known(c)
				c.String(http.StatusOK, "%s %s %v %v", known.Subject, known.ClientID, known.SignedIn(), known.In("Admins"))
			}
			r.GET("/page", okta.RequireLogin(), who)
			r.GET("/orders", okta.RequireScope("orders.read", "orders.list"), who)
			r.GET("/api/any", okta.RequireScope(), who)
			r.GET("/api/admins", okta.RequireScope(), okta.RequireGroup("Admins"), who)
			r.GET("/api/login", okta.RequireLogin(), who)
			r.POST("/api/orders", okta.RequireScope("orders.write"), who)
			r.GET("/strong", okta.RequireACR("urn:okta:loa:2fa:any"), who)
			return nil
		},
	})
}

// TestRequireScope holds RFC 6750 for bearers, and that people signed in pass.
func TestRequireScope(t *testing.T) {
	t.Parallel()
	h := ruled(t)
	good := "Bearer " + h.token("orders.read", "orders.list", "orders.write")
	const program = "application/json"
	for _, tt := range []struct {
		name, target, authorization string
		status                      int
		challenge, body             string
	}{
		{"scopes enough", "/orders", good, http.StatusOK, "", "00u9mockAdaLove1a5d7 " + mockokta.DefaultClientID + " false true"},
		{"one scope", "/orders", "Bearer " + h.token("orders.read"), http.StatusForbidden, `error="insufficient_scope"`, ""},
		{"any token", "/api/any", "Bearer " + h.token("other"), http.StatusOK, "", ""},
		{"a group too", "/api/admins", good, http.StatusOK, "", ""},
		{"no token", "/api/any", "", http.StatusUnauthorized, anyToken, ""},
		{"two tokens", "/api/any", good + " x", http.StatusBadRequest, `error="invalid_request"`, ""},
		{"an empty token", "/api/any", "Bearer ", http.StatusBadRequest, `error="invalid_request"`, ""},
		{"a token in the query", "/api/any?access_token=x", good, http.StatusBadRequest, `error="invalid_request"`, ""},
		{"nonsense", "/api/any", "Bearer nonsense", http.StatusUnauthorized, `error="invalid_token"`, ""},
		{"another scheme", "/api/any", "Basic eDp5", http.StatusUnauthorized, anyToken, ""},
		{"a rule that takes no tokens", "/api/login", good, http.StatusUnauthorized, "Cookie", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			headers := []string{"Accept", program}
			if tt.authorization != "" {
				headers = append(headers, "Authorization", tt.authorization)
			}
			r := h.browser().Get(tt.target, headers...)
			if r.StatusCode != tt.status || !strings.Contains(r.Header.Get("WWW-Authenticate"), tt.challenge) || tt.body != "" && r.Body != tt.body {
				t.Errorf("%d %q %s", r.StatusCode, r.Header.Get("WWW-Authenticate"), r.Body)
			}
			if r.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", r.Header.Get("Cache-Control"))
			}
		})
	}
	b := h.browser()
	if r := b.Arrive("/orders", testkit.Ada); r.Body != "00u9mockAdaLove1a5d7  true true" {
		t.Errorf("a person: %d %q", r.StatusCode, r.Body)
	}
	if r := b.Get("/page", "Accept", program, "Authorization", good); r.StatusCode != http.StatusOK || !strings.HasSuffix(r.Body, "true true") {
		t.Errorf("a rule that goes by the session: %d %q", r.StatusCode, r.Body)
	}
}

// TestChangesComeFromOwnPages holds that a request which another site makes a person's
// browser send changes nothing, and that front ends which the app knows may.
func TestChangesComeFromOwnPages(t *testing.T) {
	t.Parallel()
	h := ruled(t)
	b := h.browser()
	b.Arrive("/page", testkit.Ada)
	for origin, want := range map[string]int{
		strings.TrimSuffix(h.URL, "/"): http.StatusOK, "https://spa.example": http.StatusOK, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden,
	} {
		if r := b.Post("/api/orders", url.Values{}, "Origin", origin); r.StatusCode != want {
			t.Errorf("from %s: %d, want %d", origin, r.StatusCode, want)
		}
	}
}

// TestRequireACR holds that a page asks for more factors, and programs are told.
func TestRequireACR(t *testing.T) {
	t.Parallel()
	h := ruled(t)
	b := h.browser()
	b.Arrive("/page", testkit.Ada)
	u, err := url.Parse(b.Get("/strong").Location())
	if err != nil || u.Query().Get("acr_values") != "urn:okta:loa:2fa:any" || !strings.HasPrefix(u.String(), h.org.URL()) {
		t.Errorf("led to %s", u)
	}
	if r := b.Get("/strong", "Sec-Fetch-Mode", "cors"); r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Header.Get("WWW-Authenticate"), `acr_values="urn:okta:loa:2fa:any"`) {
		t.Errorf("a script: %d %q", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
}

// TestOktasRefusals holds that what Okta says of a sign-in is explained, and that its
// words are shown as its own.
func TestOktasRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code   string
		status int
		want   string
	}{
		{"access_denied", http.StatusForbidden, "Use another account"},
		{"login_required", http.StatusUnauthorized, "Sign in at Okta"},
		{"temporarily_unavailable", http.StatusServiceUnavailable, "Okta has a problem"},
		{"invalid_scope", http.StatusBadGateway, "do not fit together"},
		{"<b>odd</b>", http.StatusBadGateway, "do not fit together"},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			h := ruled(t)
			h.org.Set(func(k *mockokta.Knobs) {
				k.TamperAuthorize = func(params url.Values) {
					params.Del("code")
					params.Set("error", tt.code)
					params.Set("error_description", "<script>Okta's words</script>\r\nmore")
				}
			})
			b := h.browser()
			r := b.Arrive("/page", testkit.Ada)
			if r.StatusCode != tt.status || !strings.Contains(r.Page(t).Text(), tt.want) || r.Page(t).Find("script").Length() != 0 || !strings.Contains(r.Page(t).Find("blockquote").Text(), "Okta's words") {
				t.Errorf("%d\n%s", r.StatusCode, r.Body)
			}
			if r := b.Get("/page"); r.StatusCode != http.StatusSeeOther {
				t.Errorf("signed in: %d", r.StatusCode)
			}
		})
	}
}

// TestWrongCodesAreLimited holds that callbacks with wrong codes do not all cost Okta a
// request.
func TestWrongCodesAreLimited(t *testing.T) {
	t.Parallel()
	h := ruled(t)
	b := h.browser()
	limited := 0
	for range 30 {
		u, err := url.Parse(b.Get(testkit.LoginPath + "?prompt=login").Location())
		if err != nil {
			t.Fatal(err)
		}
		r := b.Get(testkit.CallbackPath + "?" + url.Values{"state": {u.Query().Get("state")}, "code": {"wrong"}}.Encode())
		if r.StatusCode == http.StatusTooManyRequests {
			if limited++; r.Header.Get("Retry-After") == "" || r.Header.Get("Retry-After") == "0" {
				t.Errorf("Retry-After is %q", r.Header.Get("Retry-After"))
			}
		}
	}
	if got := h.org.Count("token"); limited != 20 || got != 10 {
		t.Errorf("%d limited, %d taken to Okta", limited, got)
	}
}
