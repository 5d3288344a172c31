package conformance_test

import (
	"encoding/base64"
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta"
)

// oidcc-client-test: the happy path.
func testSuccess(r *run) {
	r.accepted(r.browser.open(closedPath+"?module=1"), closedPath+"?module=1")
	r.asked(1, 1)
}

// oidcc-client-test-invalid-iss: the ID token's iss is another. The client must reject it.
func testInvalidIssuer(r *run) {
	r.bendIDToken(func(_, claims map[string]any) { claims["iss"] = claims["iss"].(string) + "1" })
	r.refusesIDToken()
}

// oidcc-client-test-missing-sub: the ID token has no sub. The client must reject it.
func testMissingSubject(r *run) {
	r.bendIDToken(func(_, claims map[string]any) { delete(claims, "sub") })
	r.refusesIDToken()
}

// oidcc-client-test-invalid-aud: the ID token's aud is another. The client must reject it.
func testInvalidAudience(r *run) {
	r.bendIDToken(func(_, claims map[string]any) { claims["aud"] = claims["aud"].(string) + "1" })
	r.refusesIDToken()
}

// oidcc-client-test-missing-iat: the ID token has no iat. The client must reject it.
func testMissingIssuedAt(r *run) {
	r.bendIDToken(func(_, claims map[string]any) { delete(claims, "iat") })
	r.refusesIDToken()
}

// oidcc-client-test-kid-absent-single-jwks: no key has an id, nor does the ID token name one, and one key alone
// can have signed it. The client must find that key.
func testNoKeyIDOneKey(r *run) {
	r.bendIDToken(func(header, _ map[string]any) { delete(header, "kid") })
	r.bendKeys(func(set map[string]any) {
		only := set["keys"].([]any)[0].(map[string]any) // which is the one that signs
		delete(only, "kid")
		delete(only, "alg")
		set["keys"] = append([]any{only}, otherKeys(false)...)
	})
	r.accepted(r.browser.open(closedPath), closedPath)
	r.asked(1, 1)
}

// oidcc-client-test-kid-absent-multiple-jwks: no key has an id, nor does the ID token name one, and several can
// have signed it. The client may reject it, or try each key. This one rejects it.
func testNoKeyIDManyKeys(r *run) {
	r.org.PublishNextKey()
	r.bendIDToken(func(header, _ map[string]any) { delete(header, "kid") })
	r.bendKeys(func(set map[string]any) {
		var keys []any
		for _, key := range set["keys"].([]any) {
			if key := key.(map[string]any); key["kty"] == "RSA" && key["use"] == "sig" {
				delete(key, "kid")
				delete(key, "alg")
				keys = append(keys, key)
			}
		}
		set["keys"] = append(keys, otherKeys(false)...)
	})
	r.refusesIDToken()
}

// oidcc-client-test-idtoken-sig-rs256: the provider signs with RS256 alone. The client must accept it.
func testRS256(r *run) {
	r.bendDiscovery(func(doc map[string]any) { doc["id_token_signing_alg_values_supported"] = []string{"RS256"} })
	r.accepted(r.browser.open(closedPath), closedPath)
	r.asked(1, 1)
}

// oidcc-client-test-idtoken-sig-none: the ID token is not signed. The client may accept it from the token
// endpoint, or reject it. This one rejects it.
func testUnsigned(r *run) {
	r.bendIDToken(func(header, _ map[string]any) {
		delete(header, "kid")
		header["alg"] = "none"
	})
	r.refusesIDToken()
}

// oidcc-client-test-invalid-sig-rs256: the ID token's signature is wrong. The client must reject it, or may
// leave signatures unchecked at the token endpoint. This one rejects it.
func testInvalidSignature(r *run) {
	r.org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string {
			dot := strings.LastIndexByte(raw, '.')
			signature, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
			if err != nil {
				r.Error(err)
			}
			for i := range signature {
				signature[i] ^= 0x5a
			}
			return raw[:dot+1] + encoded(signature)
		}
	})
	r.refusesIDToken()
}

// oidcc-client-test-userinfo-invalid-sub: userinfo speaks of another person. The client must reject that
// answer. This one uses nothing of it, says so in the log, and goes by the ID token alone.
func testUserinfoOfAnother(r *run) {
	r.org.Set(func(k *mockokta.Knobs) {
		k.TamperUserinfo = func(claims map[string]any) {
			claims["sub"] = claims["sub"].(string) + "invalid"
			claims["nickname"], claims["zoneinfo"], claims["groups"] = "Mallory", "Mallory/Mallory", []string{"Mallory"}
		}
	})
	r.accepted(r.browser.open(closedPath), closedPath)
	if page := r.browser.get(profilePath); strings.Contains(page.body, "Mallory") {
		r.Errorf("the profile has something of the other person: %s", page.body)
	}
	if !r.logs.has("userinfo speaks of another subject") {
		r.Error("nothing is logged")
	}
	r.asked(1, 1)
}

// oidcc-client-test-nonce-invalid: the ID token's nonce is another. The client must reject it.
func testInvalidNonce(r *run) {
	r.bendIDToken(func(_, claims map[string]any) { claims["nonce"] = claims["nonce"].(string) + "1" })
	r.refusesIDToken()
}

// oidcc-client-test-scope-userinfo-claims: the client asks for claims by scope, and uses what userinfo says.
func testScopeClaims(r *run) {
	r.accepted(r.browser.open(closedPath), closedPath)
	for _, req := range r.record.of("authorize") {
		if scope := " " + req.query.Get("scope") + " "; !strings.Contains(scope, " profile ") || !strings.Contains(scope, " email ") {
			r.Errorf("scope %q", scope)
		}
	}
	for name, want := range map[string]string{"email": login, "nickname": "Countess", "family_name": "Lovelace"} {
		if got := r.claim(name); got != want {
			r.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	r.asked(1, 1)
}

// oidcc-client-test-client-secret-basic: the provider takes client_secret_basic alone. The client must use it.
func testClientSecretBasic(r *run) {
	r.bendDiscovery(func(doc map[string]any) {
		doc["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic"}
	})
	r.accepted(r.browser.open(closedPath), closedPath)
	r.asked(1, 1) // and how the client authenticated
}

// refusesIDToken demands that a sign-in fails at the ID token: the client has redeemed the code, and does not
// use the access token that came along.
func (r *run) refusesIDToken() {
	r.Helper()
	r.refused(r.browser.open(closedPath), http.StatusUnauthorized, unverified)
	r.asked(1, 0)
}
