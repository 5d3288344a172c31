package mockokta_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"

	"example.com/okta-gin/mockokta"
)

func TestThinIDToken(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	tokens := b.tokens("ada@acme.test", "openid profile email phone address")
	claims := claimsOf(t, tokens["id_token"])
	want := []string{"amr", "at_hash", "aud", "auth_time", "email", "exp", "groups", "iat", "idp", "iss", "jti", "name", "nonce", "preferred_username", "sub", "ver"}
	if got := slices.Sorted(maps.Keys(claims)); !slices.Equal(got, want) {
		t.Errorf("thin ID token has %v, want %v", got, want)
	}
	sum := sha256.Sum256([]byte(tokens["access_token"].(string)))
	if claims["at_hash"] != base64.RawURLEncoding.EncodeToString(sum[:16]) {
		t.Errorf("at_hash %v", claims["at_hash"])
	}
	jti := claims["jti"].(string)
	if claims["iss"] != b.org.Issuer() || claims["aud"] != mockokta.DefaultClientID || claims["sub"] != "00u9mockAdaLove1a5d7" || claims["nonce"] != "nonce-1" ||
		claims["ver"] != 1.0 || claims["exp"].(float64)-claims["iat"].(float64) != 3600 || !strings.HasPrefix(jti, "ID.") || len(jti) != 46 {
		t.Errorf("claims %v", claims)
	}
	header := part(t, tokens["id_token"], 0)
	if len(header) != 2 || header["alg"] != "RS256" || len(header["kid"].(string)) != 43 {
		t.Errorf("header %v", header)
	}
	if tokens["token_type"] != "Bearer" || tokens["expires_in"] != 3600.0 || tokens["scope"] != "address email openid phone profile" {
		t.Errorf("answer %v", tokens)
	}
}

func TestFatIDTokenAndGroupsKnobs(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.FatIDToken, k.OmitGroups, k.OmitAccessGroups = true, true, true })
	tokens := b.tokens("ada@acme.test", "openid profile email")
	claims := claimsOf(t, tokens["id_token"])
	if claims["given_name"] != "Ada" || claims["email_verified"] != true || claims["groups"] != nil || claims["phone_number"] != nil {
		t.Errorf("fat ID token %v", claims)
	}
	if access := claimsOf(t, tokens["access_token"]); access["groups"] != nil {
		t.Errorf("access token groups %v", access["groups"])
	}
}

func TestAccessToken(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	claims := claimsOf(t, b.tokens("ada@acme.test", "openid profile")["access_token"])
	if claims["sub"] != "ada@acme.test" || claims["uid"] != "00u9mockAdaLove1a5d7" || claims["cid"] != mockokta.DefaultClientID ||
		claims["aud"] != "api://default" || claims["iss"] != b.org.Issuer() || !strings.HasPrefix(claims["jti"].(string), "AT.") {
		t.Errorf("claims %v", claims)
	}
	if scp := claims["scp"].([]any); len(scp) != 2 || scp[0] != "openid" {
		t.Errorf("scp %v", scp)
	}
	if groups := claims["groups"].([]any); len(groups) != 3 {
		t.Errorf("groups %v", groups)
	}
}

// Okta's own verifier believes the custom server's tokens, and not the org server's access tokens.
func TestOktaVerifier(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	verifier := func(issuer string, claims map[string]string) *jwtverifier.JwtVerifier {
		v, err := (&jwtverifier.JwtVerifier{Issuer: issuer, ClaimsToValidate: claims, Client: &http.Client{Timeout: 5 * time.Second}}).New()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	idClaims := map[string]string{"aud": mockokta.DefaultClientID, "nonce": "nonce-1"}
	custom := b.tokens("ada@acme.test", "openid")
	if _, err := verifier(b.org.Issuer(), idClaims).VerifyIdToken(custom["id_token"].(string)); err != nil {
		t.Errorf("custom ID token: %v", err)
	}
	if _, err := verifier(b.org.Issuer(), map[string]string{"aud": "api://default", "cid": mockokta.DefaultClientID}).VerifyAccessToken(custom["access_token"].(string)); err != nil {
		t.Errorf("custom access token: %v", err)
	}
	own := newBrowser(t, b.org).atOrg().tokens("ada@acme.test", "openid")
	if _, err := verifier(b.org.OrgIssuer(), idClaims).VerifyIdToken(own["id_token"].(string)); err != nil {
		t.Errorf("org ID token: %v", err)
	}
	if _, err := verifier(b.org.OrgIssuer(), nil).VerifyAccessToken(own["access_token"].(string)); err == nil {
		t.Error("the org server's access token can be verified")
	}
	if claims := claimsOf(t, own["access_token"]); claims["iss"] != b.org.URL() || claims["aud"] != b.org.URL() {
		t.Errorf("org access token %v", claims)
	}
}

func TestUserinfo(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	path := b.as + "/v1/userinfo"
	access := b.tokens("ada@acme.test", "openid profile email phone address")["access_token"]
	got := b.bearer(path, access)
	claims := got.json(t)
	if claims["sub"] != "00u9mockAdaLove1a5d7" || claims["given_name"] != "Ada" || claims["zoneinfo"] != "Europe/London" || claims["email_verified"] != true ||
		claims["updated_at"] != 1789000000.0 || claims["address"].(map[string]any)["locality"] != "London" || len(claims["groups"].([]any)) != 3 || claims["picture"] != nil || claims["department"] != nil {
		t.Errorf("claims %v", claims)
	}
	if got.Header.Get("Cache-Control") != "no-cache, no-store" {
		t.Error("userinfo may be stored")
	}

	refused := func(name string, got reply, status int, rest string) {
		t.Helper()
		issuer, as := b.org.Issuer(), "/oauth2/default"
		if name == "wrong server" {
			issuer, as = b.org.OrgIssuer(), "/oauth2"
		}
		challenge := fmt.Sprintf(`Bearer authorization_uri="%s/v1/authorize", realm="%s", scope="openid", %s, resource="%s/v1/userinfo"`, b.org.URL()+as, issuer, rest, as)
		if got.StatusCode != status || got.Header.Get("WWW-Authenticate") != challenge || got.body != "" || got.Header.Get("Content-Length") != "0" ||
			got.Header.Get("Access-Control-Expose-Headers") != "WWW-Authenticate" {
			t.Errorf("%s: %d %q %v\n want %q", name, got.StatusCode, got.body, got.Header, challenge)
		}
	}
	refused("none", b.get(path), 401, `error="invalid_request", error_description="The access token is missing."`)
	refused("garbage", b.bearer(path, "x"), 401, `error="invalid_token", error_description="The access token is invalid."`)
	refused("wrong server", b.bearer("/oauth2/v1/userinfo", access), 401, `error="invalid_token", error_description="The access token is invalid."`)
	scoped := newBrowser(t, b.org).tokens("grace@acme.test", "messages:read")
	if scoped["id_token"] != nil {
		t.Error("ID token without openid")
	}
	refused("no openid", b.bearer(path, scoped["access_token"]), 403, `error="insufficient_scope", error_description="The access token must provide access to at least one of these scopes - profile, email, address or phone"`)
	now.add(time.Hour)
	refused("expired", b.bearer(path, access), 401, `error="invalid_token", error_description="The token has expired."`)
}

func TestGroupsAtTheOrgServer(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{})).atOrg()
	tokens := b.tokens("many@acme.test", "openid profile groups")
	if claims := claimsOf(t, tokens["id_token"]); claims["groups"] != nil {
		t.Error("thin ID token with groups")
	}
	if claims := b.bearer("/oauth2/v1/userinfo", tokens["access_token"]).json(t); len(claims["groups"].([]any)) != 120 {
		t.Errorf("groups %v", claims["groups"])
	}
}

func TestTamperKnobs(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken = func(header, claims map[string]any) {
			header["typ"] = "odd"
			delete(header, "kid")
			claims["sub"] = "someone"
		}
		k.TamperUserinfo = func(claims map[string]any) { claims["sub"] = "else" }
		k.TamperToken = func(resp map[string]any) { resp["token_type"] = "mac" }
	})
	tokens := b.tokens("ada@acme.test", "openid")
	header := part(t, tokens["id_token"], 0)
	if _, has := header["kid"]; has || header["typ"] != "odd" || claimsOf(t, tokens["id_token"])["sub"] != "someone" || tokens["token_type"] != "mac" {
		t.Errorf("header %v, answer %v", header, tokens)
	}
	if claims := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]).json(t); claims["sub"] != "else" {
		t.Errorf("userinfo %v", claims)
	}
	b.org.Set(func(k *mockokta.Knobs) { k.ReplaceIDToken = func(raw string) string { return "not." + raw } })
	if raw := newBrowser(t, b.org).tokens("ada@acme.test", "openid")["id_token"].(string); !strings.HasPrefix(raw, "not.") {
		t.Errorf("ID token %q", raw)
	}
}
