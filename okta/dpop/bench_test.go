package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"

	"example.com/okta-gin/okta/dpop"
)

// BenchmarkVerify is a proof's whole check, beside its signature alone.
func BenchmarkVerify(b *testing.B) {
	for _, s := range []*signer{curveSigner(b), newSigner(b, rsaKey(), jwa.RS256), newSigner(b, rsaKey(), jwa.PS256)} {
		proof := s.proof(nil, nil)
		b.Run(s.alg.String(), func(b *testing.B) {
			now := func() time.Time { return noon }
			c := dpop.NewChecker(now, dpop.NewMemory(1000, now).Claim)
			for b.Loop() {
				p, err := c.Verify([]string{proof}, "GET", here, token)
				if err != nil {
					b.Fatal(err)
				}
				_ = c.Spend(b.Context(), p) // used from the second time on
			}
		})
		b.Run(s.alg.String()+"/signature", func(b *testing.B) {
			end := strings.LastIndexByte(proof, '.')
			signature, err := base64.RawURLEncoding.DecodeString(proof[end+1:])
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				digest := sha256.Sum256([]byte(proof[:end]))
				good := false
				switch key := s.private.(type) {
				case *ecdsa.PrivateKey:
					good = ecdsa.Verify(&key.PublicKey, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
				case *rsa.PrivateKey:
					if good = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) == nil; s.alg == jwa.PS256 {
						good = rsa.VerifyPSS(&key.PublicKey, crypto.SHA256, digest[:], signature, nil) == nil
					}
				}
				if !good {
					b.Fatal("the signature is wrong")
				}
			}
		})
	}
}

// BenchmarkProof is what this app pays for each request that it signs, and for each
// session that it takes a key out of.
func BenchmarkProof(b *testing.B) {
	key, sender := newKey(b), newSender(b)
	to := address(b, here)
	b.Run("sign", func(b *testing.B) {
		for b.Loop() {
			if _, err := sender.Proof(key, "GET", to, token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse key", func(b *testing.B) {
		text := key.Reveal()
		for b.Loop() {
			if _, err := dpop.ParseKey(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new key", func(b *testing.B) {
		for b.Loop() {
			if _, err := dpop.NewKey(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
