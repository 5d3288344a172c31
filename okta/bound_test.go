package okta_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
)

// proofSeen is a DPoP proof that came to an endpoint, and by whose key.
type proofSeen struct {
	path, scheme, thumbprint string
	claims                   map[string]any
	form                     url.Values
}

// binding is a provider that binds tokens to the key of their proof, and wants a nonce.
type binding struct {
	*provider
	nonce string // "" for none
	gives string // the nonce that it says it wants; "" for none
	seen  []proofSeen
	// what the next answers are; nil changes nothing
	tokens func(thumbprint string) map[string]any
}

func startBinding(t *testing.T, path string) *binding {
	t.Helper()
	b := &binding{provider: startProvider(t, path), nonce: "n1", gives: "n1"}
	b.metadata["userinfo_endpoint"] = b.server.URL + "/userinfo"
	b.metadata["revocation_endpoint"] = b.server.URL + "/revoke"
	b.answers["/revoke"] = func(http.ResponseWriter, *http.Request) {}
	b.answers["/token"] = func(w http.ResponseWriter, r *http.Request) {
		if refused := b.take(w, r, http.StatusBadRequest); refused {
			fmt.Fprint(w, `{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}`)
			return
		}
		thumbprint := b.seen[len(b.seen)-1].thumbprint
		access := b.accessToken(map[string]any{"jkt": thumbprint})
		answer := map[string]any{"token_type": "DPoP", "access_token": access, "refresh_token": "refresh", "expires_in": 300, "id_token": b.idToken(nil)}
		if r.PostForm.Get("grant_type") == "refresh_token" {
			answer["id_token"] = b.idToken(map[string]any{"nonce": nil})
		}
		if b.tokens != nil {
			answer = b.overlay(answer, b.tokens(thumbprint))
		}
		json.NewEncoder(w).Encode(answer)
	}
	b.answers["/userinfo"] = func(w http.ResponseWriter, r *http.Request) {
		if b.take(w, r, http.StatusUnauthorized) {
			return
		}
		fmt.Fprint(w, `{"sub":"ada","name":"Ada"}`)
	}
	return b
}

// take notes a request, and reports whether it lacks the nonce.
func (b *binding) take(w http.ResponseWriter, r *http.Request, status int) (refused bool) {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	seen := proofSeen{path: r.URL.Path, scheme: scheme, form: r.PostForm}
	if proof := r.Header.Get("DPoP"); proof != "" {
		message, err := jws.Parse([]byte(proof))
		if err != nil {
			b.t.Errorf("proof %q: %v", proof, err)
			return true
		}
		header := message.Signatures()[0].ProtectedHeaders()
		payload, err := jws.Verify([]byte(proof), jws.WithKey(header.Algorithm(), header.JWK()))
		if err != nil {
			b.t.Errorf("proof %q: %v", proof, err)
			return true
		}
		json.Unmarshal(payload, &seen.claims)
		seen.thumbprint = thumbprintOf(b.t, header.JWK())
	}
	b.seen = append(b.seen, seen)
	if b.gives != "" {
		w.Header().Set("DPoP-Nonce", b.gives)
	}
	if b.nonce != "" && seen.claims != nil && seen.claims["nonce"] != b.nonce {
		w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
		w.WriteHeader(status)
		return true
	}
	return false
}

func (b *binding) accessToken(cnf any) string {
	return b.sign(nil, map[string]any{"iss": b.issuer, "sub": "ada", "cnf": cnf})
}

func dpopSetting(value string) func(*config.Config) {
	return func(cfg *config.Config) { cfg.DPoP = value }
}

func (b *binding) paths() string {
	var paths []string
	for _, seen := range b.seen {
		paths = append(paths, seen.path)
	}
	return strings.Join(paths, " ")
}

// TestBoundSignIn: one key from the authorize request to the last renewal, a fresh proof
// for each request, Okta's nonces as they come, and one request more where it wants one.
func TestBoundSignIn(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/oauth2/default", "", "/realms/demo"} {
		b := startBinding(t, path)
		rp := b.relyingParty(dpopSetting("on"))
		a, err := rp.NewAttempt()
		if err != nil || a.Key == nil {
			t.Fatalf("no key: %v", err)
		}
		a.Nonce = nonce
		address, err := rp.AuthorizeURL(t.Context(), a, okta.Hints{})
		if err != nil || queryOf(t, address).Get("dpop_jkt") != a.Key.Thumbprint() {
			t.Errorf("%q: sent to %s, %v", path, address, err)
		}
		id, err := rp.SignIn(t.Context(), "code", a)
		if err != nil || id.UserinfoError != nil || id.Key.Thumbprint() != a.Key.Thumbprint() || id.Claims["name"] != "Ada" {
			t.Fatalf("%q: %v, %v", path, err, id.UserinfoError)
		}
		if got := b.paths(); got != "/token /token /userinfo /userinfo" {
			t.Errorf("%q: asked %s", path, got)
		}
		again, err := rp.Renew(t.Context(), okta.Previous{Claims: id.Claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken, Key: id.Key})
		if err != nil || again.Key.Thumbprint() != a.Key.Thumbprint() {
			t.Fatalf("%q: renewal: %v", path, err)
		}
		if got := b.paths(); got != "/token /token /userinfo /userinfo /token /userinfo" {
			t.Errorf("%q: asked %s", path, got)
		}
		ids := map[any]bool{}
		for _, seen := range b.seen {
			method, ath := "POST", false
			if seen.path == "/userinfo" {
				method, ath = "GET", true
			}
			if seen.thumbprint != a.Key.Thumbprint() || seen.claims["htm"] != method || seen.claims["htu"] != b.server.URL+seen.path ||
				seen.claims["iat"] != float64(b.time.Unix()) || (seen.claims["ath"] != nil) != ath || ids[seen.claims["jti"]] || ath && seen.scheme != "DPoP" {
				t.Errorf("%q: %s: %s %v", path, seen.path, seen.scheme, seen.claims)
			}
			ids[seen.claims["jti"]] = true
		}
		if err := rp.Revoke(t.Context(), id.RefreshToken); err != nil || b.forms["/revoke"].Get("token") != "refresh" {
			t.Errorf("%q: revocation: %v", path, err)
		}
	}
}

// TestTokensThatAreNotBound: what comes back otherwise than asked for is refused, and the
// error tells the operator what to do.
func TestTokensThatAreNotBound(t *testing.T) {
	t.Parallel()
	other, err := dpop.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	const custom, org, elsewhere = "/oauth2/default", "", "/realms/demo"
	for name, tc := range map[string]struct {
		path   string
		answer func(b *binding, thumbprint string) map[string]any
		good   bool
	}{
		"plain bearer":                          {custom, func(*binding, string) map[string]any { return map[string]any{"token_type": "Bearer"} }, false},
		"plain bearer of the org":               {org, func(*binding, string) map[string]any { return map[string]any{"token_type": "Bearer"} }, false},
		"no type":                               {custom, func(*binding, string) map[string]any { return map[string]any{"token_type": nil} }, false},
		"the type in small":                     {custom, func(*binding, string) map[string]any { return map[string]any{"token_type": "dpop"} }, true},
		"another key":                           {custom, with(map[string]any{"jkt": other.Thumbprint()}), false},
		"another key elsewhere":                 {elsewhere, with(map[string]any{"jkt": other.Thumbprint()}), false},
		"no cnf":                                {custom, with(nil), false},
		"no cnf elsewhere":                      {elsewhere, with(nil), false},
		"an empty jkt":                          {custom, with(map[string]any{"jkt": ""}), false},
		"mutual TLS":                            {custom, with(map[string]any{"x5t#S256": other.Thumbprint()}), false},
		"opaque":                                {custom, opaque, false},
		"opaque elsewhere":                      {elsewhere, opaque, true},
		"opaque of the org":                     {org, opaque, true},
		"the org's, which nobody may look into": {org, with(nil), true},
	} {
		b := startBinding(t, tc.path)
		rp := b.relyingParty(dpopSetting("on"))
		a, err := rp.NewAttempt()
		if err != nil {
			t.Fatal(err)
		}
		a.Nonce = nonce
		good, err := rp.SignIn(t.Context(), "code", a)
		if err != nil {
			t.Fatal(err)
		}
		b.tokens = func(thumbprint string) map[string]any { return tc.answer(b, thumbprint) }
		_, err = rp.SignIn(t.Context(), "code", a)
		renewed, renewErr := rp.Renew(t.Context(), okta.Previous{Claims: good.Claims, IDToken: good.IDToken, RefreshToken: good.RefreshToken, Key: good.Key})
		for which, err := range map[string]error{"sign-in": err, "renewal": renewErr} {
			if tc.good != (err == nil) || err != nil && (!errors.Is(err, okta.ErrPlain) || !errors.Is(err, okta.ErrUntrusted)) {
				t.Errorf("%s: %s: %v", name, which, err)
			}
			if strings.HasPrefix(name, "plain") && (!strings.Contains(fmt.Sprint(err), "OKTA_DPOP is on") || !strings.Contains(err.Error(), "Require Demonstrating Proof of Possession")) {
				t.Errorf("%s: %s does not say what to do: %v", name, which, err)
			}
		}
		if !tc.good && renewed.Claims != nil {
			t.Errorf("%s: renewed to %v", name, renewed.Claims)
		}
	}
}

func with(cnf any) func(*binding, string) map[string]any {
	return func(b *binding, _ string) map[string]any { return map[string]any{"access_token": b.accessToken(cnf)} }
}

func opaque(*binding, string) map[string]any { return map[string]any{"access_token": "opaque"} }

// TestNonceAtTheTokenEndpoint: one request more, whatever Okta answers, and none where
// it gives no nonce. Each has an assertion of its own.
func TestNonceAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		gives    string
		requests int
	}{
		"another than it takes": {"wrong", 2},
		"none":                  {"", 1},
		"no nonce at all":       {"a b", 1},
	} {
		b := startBinding(t, "/oauth2/default")
		b.gives = tc.gives
		set := keySetOf(t, b.jwk("ec", b.curve))
		rp := b.relyingParty(func(cfg *config.Config) {
			cfg.DPoP, cfg.ClientSecret, cfg.ClientKeys = "on", config.Secret{}, set
		})
		b.metadata["token_endpoint_auth_methods_supported"] = []string{"private_key_jwt"}
		_, err := rp.SignIn(t.Context(), "code", attempt())
		if refusal := new(okta.Refusal); !errors.As(err, &refusal) || refusal.Code != "use_dpop_nonce" || len(b.seen) != tc.requests {
			t.Errorf("%s: %v after %s", name, err, b.paths())
		}
		assertions := map[string]bool{}
		for _, seen := range b.seen {
			assertions[seen.form.Get("client_assertion")] = true
		}
		if len(assertions) != tc.requests || assertions[""] {
			t.Errorf("%s: %d assertions for %d requests", name, len(assertions), tc.requests)
		}
	}
}

// TestKeysOutliveTheSetting: what was begun with a key goes on with it, and what was begun
// without one is bound when it is next renewed.
func TestKeysOutliveTheSetting(t *testing.T) {
	t.Parallel()
	b := startBinding(t, "/oauth2/default")
	on, off := b.relyingParty(dpopSetting("on")), b.relyingParty(dpopSetting("off"))
	a, err := on.NewAttempt()
	if err != nil {
		t.Fatal(err)
	}
	a.Nonce = nonce
	id, err := off.SignIn(t.Context(), "code", a)
	if err != nil || id.Key != a.Key {
		t.Errorf("an attempt with a key: %v", err)
	}
	previous := okta.Previous{Claims: id.Claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken, Key: id.Key}
	if again, err := off.Renew(t.Context(), previous); err != nil || again.Key != a.Key {
		t.Errorf("a session with a key: %v", err)
	}
	previous.Key = nil
	if again, err := on.Renew(t.Context(), previous); err != nil || again.Key == nil {
		t.Errorf("a session without: %v", err)
	}
	if id, err := on.SignIn(t.Context(), "code", attempt()); err != nil || id.Key == nil {
		t.Errorf("an attempt without: %v", err)
	}
	if a, err := off.NewAttempt(); a.Key != nil || err != nil {
		t.Errorf("off: a key, %v", err)
	}
	b.tokens = func(string) map[string]any { return map[string]any{"token_type": "Bearer"} }
	before := len(b.seen)
	if id, err := off.SignIn(t.Context(), "code", attempt()); err != nil || id.Key != nil {
		t.Errorf("off: %v", err)
	}
	for _, seen := range b.seen[before:] {
		if seen.claims != nil || seen.scheme == "DPoP" {
			t.Errorf("off: %s came with a proof", seen.path)
		}
	}
}

// TestProofDemanded: where Okta wants proofs and the setting is off, the error says so.
func TestProofDemanded(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/oauth2/default")
	for _, code := range []string{"invalid_dpop_proof", "use_dpop_nonce"} {
		p.set(func() {
			p.answers["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprintf(w, `{"error":%q,"error_description":"The DPoP proof JWT header is missing."}`, code)
			}
		})
		_, err := p.relyingParty(nil).SignIn(t.Context(), "code", attempt())
		if err == nil || !strings.Contains(err.Error(), "OKTA_DPOP is off") || !strings.Contains(err.Error(), "Require Demonstrating Proof of Possession") || !errors.As(err, new(*okta.Refusal)) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestProofAlgorithm: a server that takes no ES256 is named at start.
func TestProofAlgorithm(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		setting string
		offered any
		says    string
	}{
		{"on", nil, ""}, {"on", []string{}, ""}, {"on", []string{"RS256", "ES256"}, ""}, {"off", []string{"RS256"}, ""}, {"on", []string{"RS256"}, "OKTA_DPOP is on"},
	} {
		p := startProvider(t, "/oauth2/default")
		p.metadata["dpop_signing_alg_values_supported"] = tc.offered
		err := p.relyingParty(dpopSetting(tc.setting)).Ready(t.Context())
		if (err != nil) != (tc.says != "") || !strings.Contains(fmt.Sprint(err), tc.says) {
			t.Errorf("%s, %v: %v", tc.setting, tc.offered, err)
		}
	}
}

// TestBoundAccessTokens: a token counts with a proof of its own key, and no other.
func TestBoundAccessTokens(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	bound := a.org.Sign(a.claims(map[string]any{"cnf": map[string]any{"jkt": "the key"}}), nil)
	plain := a.org.Sign(a.claims(nil), nil)
	both := a.org.Sign(a.claims(map[string]any{"cnf": map[string]any{"jkt": "the key", "x5t#S256": "x"}}), nil)
	for range 2 { // the second time from memory
		if b, err := a.rp.VerifyBoundAccessToken(t.Context(), bound, "the key"); err != nil || b.ClientID == "" {
			t.Errorf("bound: %v", err)
		}
		if err := a.verify(bound); !errors.Is(err, okta.ErrBound) || !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("bound, as a plain bearer: %v", err)
		}
		for _, thumbprint := range []string{"another key", "", "the ke"} {
			if b, err := a.rp.VerifyBoundAccessToken(t.Context(), bound, thumbprint); !errors.Is(err, okta.ErrUnbound) || b != nil {
				t.Errorf("%q: %v", thumbprint, err)
			}
		}
		for _, thumbprint := range []string{"the key", ""} {
			if _, err := a.rp.VerifyBoundAccessToken(t.Context(), plain, thumbprint); !errors.Is(err, okta.ErrUnbound) {
				t.Errorf("plain, with %q: %v", thumbprint, err)
			}
			if _, err := a.rp.VerifyBoundAccessToken(t.Context(), both, thumbprint); !errors.Is(err, okta.ErrBound) {
				t.Errorf("bound to a certificate too: %v", err)
			}
		}
	}
}

func thumbprintOf(t testing.TB, key jwk.Key) string {
	hash, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Error(err)
	}
	return base64.RawURLEncoding.EncodeToString(hash)
}
