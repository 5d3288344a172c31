package okta_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// keySetOf is a JWK set of private keys as settings hold it.
func keySetOf(t *testing.T, keys ...jwk.Key) config.Secret {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	return config.NewSecret(string(text))
}

func withKeys(set config.Secret) func(*config.Config) {
	return func(cfg *config.Config) { cfg.ClientSecret, cfg.ClientKeys = config.Secret{}, set }
}

type assertion struct {
	header jws.Headers
	claims map[string]any
}

// verified reads the client assertion of a form that rp sent, and holds that one of
// the published keys has signed it, the one that it names.
func verified(t *testing.T, rp *okta.RelyingParty, form url.Values) assertion {
	t.Helper()
	document, ok := rp.ClientKeySet()
	if !ok {
		t.Fatal("no keys are published")
	}
	set, err := jwk.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(form.Get("client_assertion"))
	message, err := jws.Parse(raw)
	if err != nil {
		t.Fatalf("no client assertion in %v: %v", form, err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	key, ok := set.LookupKeyID(header.KeyID())
	if !ok {
		t.Fatalf("the assertion names %q, which is not published", header.KeyID())
	}
	payload, err := jws.Verify(raw, jws.WithKey(header.Algorithm(), key))
	if err != nil {
		t.Fatal(err)
	}
	a := assertion{header: header}
	if err := json.Unmarshal(payload, &a.claims); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestEverythingAuthenticatesByKey: code, renewal, revocation and pushed requests,
// each with an assertion of its own, and none with a secret.
func TestEverythingAuthenticatesByKey(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	p.metadata["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic", "private_key_jwt"}
	p.metadata["revocation_endpoint"] = p.server.URL + "/revoke"
	p.metadata["pushed_authorization_request_endpoint"] = p.server.URL + "/par"
	p.answers["/revoke"] = func(http.ResponseWriter, *http.Request) {}
	p.answers["/par"] = pushed("urn:example:1")
	rp := p.relyingParty(withKeys(keySetOf(t, p.jwk("rsa", p.key))))

	if _, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{}); err != nil {
		t.Fatal(err)
	}
	p.answer(nil)
	id, err := rp.SignIn(t.Context(), "code", attempt())
	if err != nil {
		t.Fatal(err)
	}
	code := p.forms["/token"]
	p.answer(map[string]any{"id_token": p.idToken(map[string]any{"nonce": nil})})
	if _, err := rp.Renew(t.Context(), okta.Previous{Claims: id.Claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken}); err != nil {
		t.Fatal(err)
	}
	if err := rp.Revoke(t.Context(), id.RefreshToken); err != nil {
		t.Fatal(err)
	}
	var jtis []string
	for name, form := range map[string]url.Values{"code": code, "renewal": p.forms["/token"], "revocation": p.forms["/revoke"], "push": p.forms["/par"]} {
		a := verified(t, rp, form)
		exp, iat := time.Unix(int64(a.claims["exp"].(float64)), 0), time.Unix(int64(a.claims["iat"].(float64)), 0)
		if a.claims["iss"] != clientID || a.claims["sub"] != clientID || a.claims["aud"] != p.issuer || a.header.Algorithm() != jwa.RS256 {
			t.Errorf("%s: %v, %v", name, a.header.Algorithm(), a.claims)
		}
		if iat.Unix() != p.time.Unix() || exp.Sub(iat) > 5*time.Minute || exp.Sub(iat) < 2*time.Minute {
			t.Errorf("%s: from %v to %v", name, iat, exp)
		}
		if form.Has("client_secret") || form.Get("client_id") != clientID || form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
			t.Errorf("%s: %v", name, form)
		}
		jtis = append(jtis, a.claims["jti"].(string))
	}
	slices.Sort(jtis)
	if len(slices.Compact(jtis)) != 4 || len(jtis[0]) < 43 {
		t.Errorf("jti is there twice, or can be guessed: %v", jtis)
	}
	if len(p.basic) != 0 {
		t.Errorf("an Authorization header beside the assertion: %v", p.basic)
	}
}

// TestAssertionAudience: the endpoint at Okta, and the issuer at any other server, also at
// one whose issuer is an origin alone, as an org's is, or has a path like a custom server's.
func TestAssertionAudience(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		issuer, endpoint string // paths
		okta             bool
	}{
		{"", "/oauth2/v1/token", true},
		{"/oauth2/default", "/oauth2/default/v1/token", true},
		{"", "/token", false},
		{"", "/oauth2/token", false},
		{"", "/oauth2/v2.0/token", false},
		{"/oauth2/default", "/token", false},
		{"/realms/demo", "/oauth2/v1/token", false},
	} {
		p := startProvider(t, tc.issuer)
		p.metadata["token_endpoint_auth_methods_supported"] = []string{"private_key_jwt"}
		p.metadata["revocation_endpoint"] = p.server.URL + tc.endpoint
		p.answers[tc.endpoint] = func(http.ResponseWriter, *http.Request) {}
		rp := p.relyingParty(withKeys(keySetOf(t, p.jwk("rsa", p.key))))
		if err := rp.Revoke(t.Context(), "a token"); err != nil {
			t.Fatal(err)
		}
		want := p.issuer
		if tc.okta {
			want = p.server.URL + tc.endpoint
		}
		if got := verified(t, rp, p.forms[tc.endpoint]).claims["aud"]; got != want {
			t.Errorf("issuer %q, endpoint %s: for %v, want %s", tc.issuer, tc.endpoint, got, want)
		}
	}
}

// TestAssertionAlgorithm: the key's kind and what the server offers decide; what does
// not fit is said before anybody signs in.
func TestAssertionAlgorithm(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	pinned := p.jwk("rsa", p.key)
	pinned.Set(jwk.AlgorithmKey, jwa.PS256)
	for name, tc := range map[string]struct {
		key     jwk.Key
		offered any
		methods []string
		want    jwa.SignatureAlgorithm // empty: it is refused, and says
		says    string
	}{
		"RSA, nothing said":        {key: p.jwk("rsa", p.key), want: jwa.RS256},
		"RSA, both":                {key: p.jwk("rsa", p.key), offered: []string{"ES256", "PS256", "RS256"}, want: jwa.RS256},
		"RSA, PS256 alone":         {key: p.jwk("rsa", p.key), offered: []string{"ES256", "PS256"}, want: jwa.PS256},
		"RSA, for PS256":           {key: pinned, offered: []string{"RS256", "PS256"}, want: jwa.PS256},
		"RSA for PS256, RS256":     {key: pinned, offered: []string{"RS256"}, says: "OKTA_OAUTH2_CLIENT_KEY"},
		"RSA, ES256 alone":         {key: p.jwk("rsa", p.key), offered: []string{"ES256"}, says: "use another key"},
		"RSA, none":                {key: p.jwk("rsa", p.key), offered: []string{"none", "HS256"}, says: "use another key"},
		"P-256, nothing said":      {key: p.jwk("ec", p.curve), want: jwa.ES256},
		"P-256, all":               {key: p.jwk("ec", p.curve), offered: []string{"RS256", "ES256"}, want: jwa.ES256},
		"P-256, RSA alone":         {key: p.jwk("ec", p.curve), offered: []string{"RS256", "PS256"}, says: "use another key"},
		"the server takes no keys": {key: p.jwk("rsa", p.key), methods: []string{"client_secret_post"}, says: "OKTA_OAUTH2_CLIENT_SECRET"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, "/realms/demo")
			p.metadata["token_endpoint_auth_methods_supported"] = []string{"private_key_jwt"}
			if tc.methods != nil {
				p.metadata["token_endpoint_auth_methods_supported"] = tc.methods
			}
			p.metadata["token_endpoint_auth_signing_alg_values_supported"] = tc.offered
			rp := p.relyingParty(withKeys(keySetOf(t, tc.key)))
			p.answer(nil)
			if tc.want == "" {
				if err := rp.Ready(t.Context()); !errors.Is(err, okta.ErrUntrusted) || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("ready: got %v, want %q", err, tc.says)
				}
				if _, err := rp.SignIn(t.Context(), "code", attempt()); err == nil || p.forms["/token"] != nil {
					t.Errorf("sign in: got %v, and sent %v", err, p.forms["/token"])
				}
				return
			}
			if _, err := rp.SignIn(t.Context(), "code", attempt()); err != nil {
				t.Fatal(err)
			}
			if a := verified(t, rp, p.forms["/token"]); a.header.Algorithm() != tc.want {
				t.Errorf("got %s, want %s", a.header.Algorithm(), tc.want)
			}
		})
	}
}

// TestClientKeySet: the public halves of all keys, and nothing of the private ones.
func TestClientKeySet(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/")
	if document, ok := p.relyingParty(nil).ClientKeySet(); ok || document != nil {
		t.Errorf("without a key: %s", document)
	}
	document, ok := p.relyingParty(withKeys(keySetOf(t, p.jwk("one", p.curve), p.jwk("two", p.key)))).ClientKeySet()
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(document, &set); !ok || err != nil || len(set.Keys) != 2 {
		t.Fatalf("%s, %v", document, err)
	}
	for i, want := range []struct {
		kid   string
		names []string
	}{{"one", []string{"crv", "kid", "kty", "use", "x", "y"}}, {"two", []string{"e", "kid", "kty", "n", "use"}}} {
		var names []string
		for name := range set.Keys[i] {
			names = append(names, name)
		}
		slices.Sort(names)
		if set.Keys[i]["kid"] != want.kid || set.Keys[i]["use"] != "sig" || !slices.Equal(names, want.names) {
			t.Errorf("key %d: %v", i, set.Keys[i])
		}
	}
}

func TestClientKeysThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Canary123", `{"keys":[]}`, `{"keys":[{"kty":"RSA","n":"Canary123"}]}`} {
		_, err := okta.New(config.Config{Issuer: "https://acme.okta.com", ClientKeys: config.NewSecret(text)}, okta.Options{RedirectURI: callback})
		if err == nil || strings.Contains(err.Error(), "Canary123") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
