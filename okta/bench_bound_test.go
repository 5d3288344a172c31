package okta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"net/url"
	"testing"
	"time"

	"example.com/okta-gin/okta/dpop"
)

// BenchmarkBoundAccessToken measures a bound token with its proof, each new, in units of
// the two signatures that any verifier checks: RS256 of the token, ES256 of the proof
// (x-signatures); and a token that was seen before, with a new proof, in units of the
// proof's.
func BenchmarkBoundAccessToken(b *testing.B) {
	const here = "https://app.example/api/orders"
	a := startAPI(b, nil)
	key, err := dpop.NewKey()
	if err != nil {
		b.Fatal(err)
	}
	sender, err := dpop.NewSender(a.now)
	if err != nil {
		b.Fatal(err)
	}
	to, err := url.Parse(here)
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]string, 256)
	for i := range tokens {
		tokens[i] = a.org.Sign(a.claims(map[string]any{
			"jti": fmt.Sprintf("AT.%043d", i), "exp": a.now().AddDate(5, 0, 0).Unix(), "uid": "00u9mockAdaLove1a5d7", "sub": "ada@acme.test",
			"cnf": map[string]any{"jkt": key.Thumbprint()},
		}), nil)
	}
	checker := dpop.NewChecker(a.now, dpop.NewMemory(1_000_000, a.now).Claim)
	proofs := make([]string, len(tokens))
	renew := func() { // proofs are good for minutes
		a.pass(5 * time.Minute)
		for i, token := range tokens {
			if proofs[i], err = sender.Proof(key, "GET", to, token); err != nil {
				b.Fatal(err)
			}
		}
	}
	check := func(token, proof string) error {
		p, err := checker.Verify([]string{proof}, "GET", here, token)
		if err != nil {
			return err
		}
		if _, err := a.rp.VerifyBoundAccessToken(b.Context(), token, p.Thumbprint); err != nil {
			return err
		}
		return checker.Spend(b.Context(), p)
	}
	rsaAlone, curveAlone := rsaVerification(b, len(tokens[0])), curveVerification(b)
	b.Run("first", func(b *testing.B) {
		compare(b, "x-signatures", func(i int) error {
			if i%len(tokens) == 0 {
				renew()
				return nil
			}
			if err := rsaAlone(i); err != nil {
				return err
			}
			return curveAlone(i)
		}, func(i int) error { return check(tokens[i%len(tokens)], proofs[i%len(tokens)]) })
	})
	b.Run("seen", func(b *testing.B) {
		compare(b, "x-signatures", func(i int) error {
			if i%len(tokens) == 0 {
				renew()
				for j := range proofs {
					if proofs[j], err = sender.Proof(key, "GET", to, tokens[0]); err != nil {
						b.Fatal(err)
					}
				}
				return nil
			}
			return curveAlone(i)
		}, func(i int) error { return check(tokens[0], proofs[i%len(tokens)]) })
	})
}

// curveVerification is the least that any verifier of a proof does.
func curveVerification(b *testing.B) func(int) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	proof := make([]byte, 500)
	sum := sha256.Sum256(proof)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	return func(int) error {
		sum := sha256.Sum256(proof)
		if !ecdsa.Verify(&key.PublicKey, sum[:], new(big.Int).Set(r), new(big.Int).Set(s)) {
			return fmt.Errorf("the signature is wrong")
		}
		return nil
	}
}
