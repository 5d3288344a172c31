package mockokta_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// What the provider of each relying-party test of the OpenID Foundation does can be done with the knobs.
func TestBentIDTokens(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		bend func(header, claims map[string]any)
		want func(raw string, header, claims map[string]any) bool
	}{
		"claim missing": {func(_, c map[string]any) { delete(c, "sub"); delete(c, "iat"); delete(c, "aud"); delete(c, "nonce") }, func(_ string, _, c map[string]any) bool {
			return c["sub"] == nil && c["iat"] == nil && c["aud"] == nil && c["nonce"] == nil
		}},
		"claim wrong": {func(_, c map[string]any) {
			c["iss"], c["at_hash"], c["c_hash"], c["exp"] = "https://x.example", "x", "y", 1
		}, func(_ string, _, c map[string]any) bool {
			return c["iss"] == "https://x.example" && c["at_hash"] == "x" && c["c_hash"] == "y" && c["exp"] == 1.0
		}},
		"audiences":      {func(_, c map[string]any) { c["aud"], c["azp"] = []string{"a", "b"}, "b" }, func(_ string, _, c map[string]any) bool { return len(c["aud"].([]any)) == 2 && c["azp"] == "b" }},
		"no kid":         {func(h, _ map[string]any) { delete(h, "kid") }, func(_ string, h, _ map[string]any) bool { _, has := h["kid"]; return !has && h["alg"] == "RS256" }},
		"alg none":       {func(h, _ map[string]any) { h["alg"] = "none" }, func(raw string, h, _ map[string]any) bool { return h["alg"] == "none" && strings.HasSuffix(raw, ".") }},
		"another alg":    {func(h, _ map[string]any) { h["alg"] = "PS256" }, func(_ string, h, _ map[string]any) bool { return h["alg"] == "PS256" }},
		"header added":   {func(h, _ map[string]any) { h["typ"] = "JWT" }, func(_ string, h, _ map[string]any) bool { return h["typ"] == "JWT" }},
		"nothing at all": {func(_, _ map[string]any) {}, func(_ string, h, c map[string]any) bool { return h["kid"] != nil && c["sub"] == "00u9mockAdaLove1a5d7" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, start(t, mockokta.Options{}))
			b.org.Set(func(k *mockokta.Knobs) { k.TamperIDToken = tt.bend })
			raw := b.tokens("ada@acme.test", "openid")["id_token"].(string)
			if header, claims := part(t, raw, 0), part(t, raw, 1); !tt.want(raw, header, claims) {
				t.Errorf("header %v, claims %v", header, claims)
			}
		})
	}
}

func TestBentAnswers(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperToken = func(resp map[string]any) { delete(resp, "token_type") }
		k.TamperUserinfo = func(claims map[string]any) { claims["sub"] = "someone else" }
		k.ReplaceUserinfo = func(claims map[string]any) (string, string) { return "application/jwt", b.org.Sign(claims, nil) }
		k.TamperDiscovery = func(doc map[string]any) {
			doc["issuer"], doc["authorization_response_iss_parameter_supported"] = "https://x.example", true
		}
		k.TamperKeys = func(set map[string]any) {
			keys := set["keys"].([]any)
			delete(keys[0].(map[string]any), "alg")
			set["keys"] = append(keys, map[string]any{"kty": "OKP", "crv": "Ed25519", "use": "enc", "x": "AAAA"})
		}
	})
	tokens := b.tokens("ada@acme.test", "openid")
	if _, has := tokens["token_type"]; has {
		t.Errorf("tokens %v", tokens)
	}
	if got := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]); got.Header.Get("Content-Type") != "application/jwt" || claimsOf(t, got.body)["sub"] != "someone else" {
		t.Errorf("userinfo %v %s", got.Header, got.body)
	}
	if doc := b.get(b.as + "/.well-known/openid-configuration").json(t); doc["issuer"] != "https://x.example" || doc["authorization_response_iss_parameter_supported"] != true {
		t.Errorf("metadata %v", doc)
	}
	if keys := b.get(b.as + "/v1/keys").json(t)["keys"].([]any); len(keys) != 3 || keys[0].(map[string]any)["alg"] != nil || keys[2].(map[string]any)["kty"] != "OKP" {
		t.Errorf("keys %v", keys)
	}
}

func TestBentAuthorizeAnswers(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperAuthorize = func(params url.Values) { params.Set("iss", "https://x.example") }
	})
	if got := b.submit(b.authorize(nil), "ada@acme.test", "correct-horse-ada").redirect(t, callback); got.Get("iss") != "https://x.example" || !got.Has("code") {
		t.Errorf("answer %v", got)
	}
	const text = "<b>two\nlines</b>"
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperAuthorize = func(params url.Values) {
			params.Del("code")
			params.Set("error", "access_denied")
			params.Set("error_description", text)
		}
	})
	if got := b.authorize(nil).redirect(t, callback); got.Get("error_description") != text || got.Has("code") || got.Get("state") != "state-1" {
		t.Errorf("answer %v", got)
	}
	page := b.authorize(map[string]string{"response_mode": "form_post"}).doc(t)
	if got := page.Find("input[name=error_description]").AttrOr("value", ""); got != text {
		t.Errorf("posted %q", got)
	}
}

func TestAuthMethod(t *testing.T) {
	t.Parallel()
	for method, want := range map[string][2]int{"": {200, 200}, "client_secret_basic": {200, 401}, "client_secret_post": {401, 200}, "private_key_jwt": {401, 401}} {
		client := mockokta.MachineClient()
		client.AuthMethod = method
		b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {"messages:read"}}
		basic := b.do(http.MethodPost, b.org.URL()+b.as+"/v1/token", form, http.Header{"Authorization": {"Basic " + basicAuth(client.ID, client.Secret)}})
		form.Set("client_id", client.ID)
		form.Set("client_secret", client.Secret)
		if post := b.token(form); basic.StatusCode != want[0] || post.StatusCode != want[1] {
			t.Errorf("%q: basic %d, post %d", method, basic.StatusCode, post.StatusCode)
		}
	}
	if _, err := mockokta.New(mockokta.Options{Clients: []mockokta.Client{{ID: "x", AuthMethod: "password"}}}); err == nil {
		t.Error("an unknown method was taken")
	}
	if _, err := mockokta.New(mockokta.Options{Clients: []mockokta.Client{{ID: "x", RefreshLeeway: time.Minute + 1}}}); err == nil {
		t.Error("a leeway above Okta's was taken")
	}
}

func TestIssuerPath(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/realms/demo", "/a/b/", "/"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			org := start(t, mockokta.Options{IssuerPath: path})
			if org.Issuer() != org.URL()+path {
				t.Fatalf("issuer %q", org.Issuer())
			}
			b := newBrowser(t, org)
			doc := b.get(strings.TrimSuffix(path, "/") + "/.well-known/openid-configuration").json(t)
			endpoint, _ := doc["token_endpoint"].(string)
			if doc["issuer"] != org.Issuer() || !strings.HasPrefix(endpoint, org.URL()) {
				t.Fatalf("metadata %v", doc)
			}
			b.as = strings.TrimSuffix(strings.TrimPrefix(endpoint, org.URL()), "/v1/token")
			tokens := b.tokens("ada@acme.test", "openid profile")
			if claims := claimsOf(t, tokens["id_token"]); claims["iss"] != org.Issuer() {
				t.Errorf("claims %v", claims)
			}
			if got := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]); got.json(t)["name"] != "Ada Lovelace" {
				t.Errorf("userinfo %s", got.body)
			}
		})
	}
	for _, path := range []string{"realms", "/a//b", "/a/../b", "/a?b", "/{x}", "/a#b"} {
		if _, err := mockokta.New(mockokta.Options{IssuerPath: path}); err == nil {
			t.Errorf("%q was taken", path)
		}
	}
}

// Every OAuth error of Okta's catalogue can be had where programs ask.
func TestRefuse(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	for endpoint, refusal := range map[string]mockokta.Refusal{
		"token":      {Status: 403, Code: "access_denied", Description: "The request is made from outside the client's permitted network zones."},
		"par":        {Status: 400, Code: "invalid_request_object", Description: "The request object is expired."},
		"introspect": {Status: 401, Code: "invalid_client", Description: "The client secret supplied for a confidential client is invalid."},
		"revoke":     {Status: 503, Code: "temporarily_unavailable", Description: "Try again."},
		"interact":   {Status: 400, Code: "access_denied", Description: "The requested feature is not enabled in this environment."},
	} {
		b.org.Set(func(k *mockokta.Knobs) { k.Refuse = map[string]mockokta.Refusal{endpoint: refusal} })
		wantOAuthError(t, b.post(b.as+"/v1/"+endpoint, tokenParams("x", nil)), refusal.Status, refusal.Code, refusal.Description)
	}
	if got := b.get(b.as + "/v1/keys"); got.StatusCode != 200 {
		t.Errorf("keys: %d", got.StatusCode)
	}
}
