package okta_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// requestObject reads the request object of parameters, and holds that a published key
// has signed it, the one that it names, and that there is nothing beside it.
func requestObject(t *testing.T, rp *okta.RelyingParty, parameters url.Values) map[string]any {
	t.Helper()
	for _, name := range []string{"client_assertion", "client_assertion_type", "tenant"} { // of the push, and of the endpoint itself
		parameters.Del(name)
	}
	if len(parameters) != 2 || parameters.Get("client_id") != clientID {
		t.Errorf("beside the request: %v", parameters)
	}
	document, _ := rp.ClientKeySet()
	set, err := jwk.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(parameters.Get("request"))
	message, err := jws.Parse(raw)
	if err != nil {
		t.Fatalf("no request object in %v: %v", parameters, err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	key, ok := set.LookupKeyID(header.KeyID())
	if !ok || header.Type() != "oauth-authz-req+jwt" {
		t.Fatalf("kid %q, typ %q", header.KeyID(), header.Type())
	}
	payload, err := jws.Verify(raw, jws.WithKey(header.Algorithm(), key))
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestSignedRequest: all that a browser would carry, signed, with what binds it to the
// server and to its time; in the address or in the push.
func TestSignedRequest(t *testing.T) {
	t.Parallel()
	for _, push := range []bool{false, true} {
		p := startProvider(t, "/oauth2/default")
		p.metadata["token_endpoint_auth_methods_supported"] = []string{"private_key_jwt"}
		p.metadata["request_parameter_supported"] = true
		if push {
			p.metadata["pushed_authorization_request_endpoint"] = p.server.URL + "/par"
			p.answers["/par"] = pushed("urn:example:1")
		}
		set := keySetOf(t, p.jwk("ec", p.curve))
		rp := p.relyingParty(func(cfg *config.Config) {
			cfg.ClientSecret, cfg.ClientKeys, cfg.JAR, cfg.DPoP = config.Secret{}, set, "on", "on"
			cfg.Resources = []string{"https://a.example", "https://b.example"}
		})
		a, err := rp.NewAttempt()
		if err != nil {
			t.Fatal(err)
		}
		maxAge := 5 * time.Minute
		a.MaxAge, a.ACR = &maxAge, "phr"
		address, err := rp.AuthorizeURL(t.Context(), a, okta.Hints{LoginHint: "ada@acme.test", Extra: url.Values{"idp": {"0oa"}}})
		if err != nil {
			t.Fatal(err)
		}
		parameters := queryOf(t, address)
		if push {
			if parameters.Get("request_uri") != "urn:example:1" || parameters.Has("request") {
				t.Errorf("the browser carries %v", parameters)
			}
			parameters = p.forms["/par"]
		}
		claims := requestObject(t, rp, parameters)
		now := float64(p.time.Unix())
		id, _ := claims["jti"].(string)
		if len(id) != 43 {
			t.Errorf("jti %q", id)
		}
		want := map[string]any{
			"iss": clientID, "aud": p.issuer, "jti": id, "iat": now, "nbf": now, "exp": now + 300,
			"client_id": clientID, "response_type": "code", "redirect_uri": callback, "state": a.State, "nonce": a.Nonce, "code_challenge": a.Challenge(),
			"code_challenge_method": "S256", "scope": "openid offline_access", "response_mode": "query", "login_hint": "ada@acme.test", "acr_values": "phr",
			"max_age": 300.0, "idp": "0oa", "dpop_jkt": a.Key.Thumbprint(), "resource": []any{"https://a.example", "https://b.example"},
		}
		if fmt.Sprint(claims) != fmt.Sprint(want) {
			t.Errorf("push %v: got\n%v\nwant\n%v", push, claims, want)
		}
	}
}

// TestWhetherToSign: what can't be had is said before anybody signs in, by name.
func TestWhetherToSign(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		setting  string
		secret   bool
		metadata map[string]any
		says     string
	}{
		"on":                            {setting: "on"},
		"on, offered":                   {setting: "on", metadata: map[string]any{"request_parameter_supported": true, "request_object_signing_alg_values_supported": []string{"RS256", "ES256"}}},
		"on, not offered":               {setting: "on", metadata: map[string]any{"request_parameter_supported": false}, says: "OKTA_JAR is on, but by its metadata"},
		"on, not with such a key":       {setting: "on", metadata: map[string]any{"request_object_signing_alg_values_supported": []string{"RS256"}}, says: "use another key"},
		"on, without a key":             {setting: "on", secret: true, says: "no OKTA_OAUTH2_CLIENT_KEY"},
		"off, demanded":                 {setting: "off", metadata: map[string]any{"require_signed_request_object": true}, says: "OKTA_JAR is off"},
		"off, not offered":              {setting: "off", metadata: map[string]any{"request_parameter_supported": false}},
		"on, none but unsigned offered": {setting: "on", metadata: map[string]any{"request_object_signing_alg_values_supported": []string{"none", "HS256"}}, says: "use another key"},
	} {
		p := startProvider(t, "/oauth2/default")
		p.metadata["token_endpoint_auth_methods_supported"] = []string{"private_key_jwt", "client_secret_post"}
		for member, value := range tc.metadata {
			p.metadata[member] = value
		}
		set := keySetOf(t, p.jwk("ec", p.curve))
		rp := p.relyingParty(func(cfg *config.Config) {
			cfg.JAR = tc.setting
			if !tc.secret {
				cfg.ClientSecret, cfg.ClientKeys = config.Secret{}, set
			}
		})
		err := rp.Ready(t.Context())
		address, addressErr := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{})
		if (err != nil) != (tc.says != "") || (addressErr != nil) != (err != nil) || (address == "") != (err != nil) || !strings.Contains(fmt.Sprint(err), tc.says) {
			t.Errorf("%s: %v; sent to %q, %v", name, err, address, addressErr)
		}
		if err == nil && strings.Contains(address, "request=") != (tc.setting == "on") {
			t.Errorf("%s: sent to %s", name, address)
		}
	}
}

// TestResources are named in the authorize request, at the token endpoint and at each
// renewal (RFC 8707 section 2), and nowhere else.
func TestResources(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/oauth2/default")
	p.metadata["revocation_endpoint"] = p.server.URL + "/revoke"
	p.answers["/revoke"] = func(http.ResponseWriter, *http.Request) {}
	want := []string{"https://a.example", "https://b.example/x"}
	rp := p.relyingParty(func(cfg *config.Config) { cfg.Resources = want })
	address, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{})
	if got := queryOf(t, address)["resource"]; err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("authorize: %v, %v", got, err)
	}
	p.answer(nil)
	id, err := rp.SignIn(t.Context(), "code", attempt())
	if got := p.forms["/token"]["resource"]; err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("token: %v, %v", got, err)
	}
	p.answer(map[string]any{"id_token": p.idToken(map[string]any{"nonce": nil})})
	_, err = rp.Renew(t.Context(), okta.Previous{Claims: id.Claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken})
	if got := p.forms["/token"]["resource"]; err != nil || fmt.Sprint(got) != fmt.Sprint(want) || p.forms["/token"].Get("grant_type") != "refresh_token" {
		t.Errorf("renewal: %v, %v", got, err)
	}
	if err := rp.Revoke(t.Context(), "refresh"); err != nil || p.forms["/revoke"]["resource"] != nil {
		t.Errorf("revocation: %v, %v", p.forms["/revoke"], err)
	}
	plain := p.relyingParty(nil)
	if address, _ := plain.AuthorizeURL(t.Context(), attempt(), okta.Hints{}); queryOf(t, address).Has("resource") {
		t.Error("none is set, and one is sent")
	}
	if err := okta.CheckExtra(url.Values{"resource": {"https://a.example"}}); err == nil {
		t.Error("an extra parameter is the setting's")
	}
}
