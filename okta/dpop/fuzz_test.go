package dpop_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/okta-gin/okta/dpop"
)

// FuzzProof holds that nothing which comes as a proof makes its check panic, that it is
// refused as one, and that what is taken is bound to the request: the same proof does
// not pass for another method, address or token.
func FuzzProof(f *testing.F) {
	s := curveSigner(f)
	good := s.proof(nil, nil)
	parts := strings.Split(good, ".")
	for _, seed := range []string{
		good, s.proof(nil, map[string]any{"htu": "HTTPS://app.example:443/portal/api/messages?x#y"}), s.proof(map[string]any{"alg": "none"}, nil),
		"", "..", "a.b.c", parts[0] + "..", parts[0] + "." + parts[1] + ".", part(f, map[string]any{"typ": "dpop+jwt", "alg": "RS256", "jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}}) + ".e30.AA",
		part(f, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": "", "y": ""}}) + ".e30.AA",
		part(f, map[string]any{"typ": "dpop+jwt", "alg": "PS256", "jwk": []any{nil}}) + ".bnVsbA.AA",
	} {
		f.Add(seed)
	}
	c := newChecker()
	f.Fuzz(func(t *testing.T, proof string) {
		p, err := c.Verify([]string{proof}, "GET", here, token)
		if err != nil {
			if !errors.Is(err, dpop.ErrProof) || p.Thumbprint != "" {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if len(p.Thumbprint) != 43 {
			t.Errorf("taken: by %q", p.Thumbprint)
		}
		for _, other := range [][3]string{{"POST", here, token}, {"GET", here + "/", token}, {"GET", here, token + "x"}} {
			if _, err := c.Verify([]string{proof}, other[0], other[1], other[2]); err == nil {
				t.Errorf("taken for %v too", other)
			}
		}
	})
}
