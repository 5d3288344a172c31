package okta

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"testing"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"
)

// TestVerifierIsShownTheTokenAsItCame: all of it, but for the header of a token
// that names no key.
func TestVerifierIsShownTheTokenAsItCame(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	named, nameless := encode([]byte(`{"kid":"k","alg":"RS256","x":1}`)), encode([]byte(`{"alg":"RS256"}`))
	only := encode([]byte(`{"alg":"RS256","kid":"only"}`))
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	v, err := newVerifier(fuzzIssuer, nil, known("k", &private.PublicKey), fuzzClock)
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]string{
		named + ".e30.AAAA":    named + ".e30.AAAA",
		nameless + ".e30.AAAA": only + ".e30.AAAA",
		named + ".bnVsbA.A_A-": named + ".bnVsbA.A_A-",
		nameless + ".W10.A_A-": only + ".W10.A_A-",
		encode([]byte(`{"kid":"","alg":"RS256"}`)) + ".W10.A_A-": only + ".W10.A_A-",
	} {
		var seen []string
		for _, kind := range []tokenKind{idToken, accessToken} {
			judge := kind.judge
			kind.judge = func(v *jwtverifier.JwtVerifier, raw string) (*jwtverifier.Jwt, error) {
				seen = append(seen, raw)
				return judge(v, raw)
			}
			if _, err := v.verify(t.Context(), kind, raw, nil); err == nil {
				t.Errorf("%s: accepted", raw)
			}
		}
		if len(seen) != 2 || seen[0] != want || seen[1] != want {
			t.Errorf("shown %q, want %s", seen, want)
		}
	}
}
