package conformance_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"net/http"
	"slices"
	"sync"

	"example.com/okta-gin/mockokta"
)

// provider is one that every module runs at.
type provider struct {
	name       string
	issuerPath string                            // "" is Okta's
	shape      func(*mockokta.Knobs, *lastToken) // how it answers when nothing is bent
}

var providers = []provider{
	{"okta", "", func(*mockokta.Knobs, *lastToken) {}},
	{"suite", "/test/a/okta-gin/", likeTheSuite},
}

// likeTheSuite makes the stand-in answer as the suite's provider does: metadata for all that the suite can do,
// keys of every kind without alg, ID tokens with nothing but sid and what OpenID Connect Core section 2 demands, opaque
// access tokens, and claims about people from userinfo alone.
func likeTheSuite(k *mockokta.Knobs, last *lastToken) {
	k.TamperDiscovery = func(doc map[string]any) {
		for name := range doc {
			if !slices.Contains([]string{"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"}, name) {
				delete(doc, name)
			}
		}
		doc["registration_endpoint"] = doc["issuer"].(string) + "register"
		doc["scopes_supported"] = []string{"openid", "phone", "profile", "email", "address", "offline_access"}
		doc["response_types_supported"] = []string{"code", "id_token code", "token code id_token", "id_token", "token id_token", "token code", "token"}
		doc["response_modes_supported"] = []string{"query", "fragment", "form_post"}
		doc["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic"}
		doc["grant_types_supported"] = []string{"authorization_code", "implicit"}
		doc["claims_parameter_supported"] = true
		doc["acr_values_supported"] = []string{"PASSWORD"}
		doc["subject_types_supported"] = []string{"public", "pairwise"}
		doc["claim_types_supported"] = []string{"normal", "aggregated", "distributed"}
		doc["id_token_signing_alg_values_supported"] = []string{"none", "RS256", "RS512", "ES256K", "ES256", "PS256", "EdDSA"}
		doc["request_object_signing_alg_values_supported"] = []string{"none", "RS256", "ES256"}
	}
	k.TamperKeys = func(set map[string]any) {
		keys := set["keys"].([]any)
		for _, key := range keys {
			delete(key.(map[string]any), "alg")
		}
		set["keys"] = append(keys, otherKeys(true)...)
	}
	k.TamperIDToken = func(_, claims map[string]any) {
		for name := range claims {
			if !slices.Contains([]string{"iss", "sub", "aud", "nonce", "iat", "exp", "sid"}, name) {
				delete(claims, name)
			}
		}
		claims["exp"] = claims["iat"].(int64) + 300
		claims["at_hash"] = leftHalfHash(last.draw())
	}
	k.TamperToken = func(answer map[string]any) {
		real := answer["access_token"].(string)
		for name := range answer {
			if name != "id_token" && name != "token_type" {
				delete(answer, name)
			}
		}
		answer["access_token"] = last.stands(real)
	}
	k.TamperUserinfo = func(claims map[string]any) { delete(claims, "groups") }
}

// lastToken is the opaque access token that was given last, and the stand-in's own behind it.
type lastToken struct {
	mu           sync.Mutex
	opaque, real string
}

func (l *lastToken) draw() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.opaque, l.real = rand.Text(), ""
	return l.opaque
}

func (l *lastToken) stands(real string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.real = real
	return l.opaque
}

// unwrap puts the stand-in's own token into a request to userinfo that has the opaque one.
func (l *lastToken) unwrap(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opaque != "" && r.Header.Get("Authorization") == "Bearer "+l.opaque {
		r.Header.Set("Authorization", "Bearer "+l.real)
	}
}

// leftHalfHash is at_hash (OpenID Connect Core section 3.1.3.6).
func leftHalfHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return encoded(sum[:16])
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// otherKeys are the keys in the suite's set that sign nothing here: EC on two curves, Ed25519, and two for
// encryption. The signing ones have ids only if named.
func otherKeys(named bool) []any {
	var keys []any
	for i, key := range unusedKeys() {
		copied := map[string]any{}
		for name, value := range key {
			copied[name] = value
		}
		if named || key["use"] == "enc" {
			copied["kid"] = "other-" + string(rune('a'+i))
		}
		keys = append(keys, copied)
	}
	return keys
}

var unusedKeys = sync.OnceValue(func() []map[string]any {
	elliptical := func(use string) map[string]any {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			panic(err)
		}
		point, err := key.PublicKey.Bytes() // 4, x, y
		if err != nil {
			panic(err)
		}
		return map[string]any{"kty": "EC", "crv": "P-256", "use": use, "x": encoded(point[1:33]), "y": encoded(point[33:])}
	}
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	encryption := elliptical("enc")
	encryption["alg"] = "ECDH-ES"
	return []map[string]any{
		elliptical("sig"),
		elliptical("sig"),
		{"kty": "EC", "crv": "secp256k1", "use": "sig", "x": "eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g", "y": "SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg"},
		{"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": encoded(edwards)},
		{"kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "n": encoded(rsaKey.N.Bytes()), "e": encoded(big.NewInt(int64(rsaKey.E)).Bytes())},
		encryption,
	}
})
