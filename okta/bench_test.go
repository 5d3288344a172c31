package okta_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// BenchmarkVerifyAccessToken measures what an access token costs in units of one
// RSA-2048 verification over as many bytes (x-rsa), when it is seen for the first
// time and when it was seen before.
func BenchmarkVerifyAccessToken(b *testing.B) {
	a := startAPI(b, nil)
	tokens := make([]string, 256)
	for i := range tokens {
		tokens[i] = a.org.Sign(a.claims(map[string]any{
			"jti": fmt.Sprintf("AT.%043d", i), "exp": a.now().AddDate(5, 0, 0).Unix(), "uid": "00u9mockAdaLove1a5d7", "sub": "ada@acme.test",
			"cid": mockokta.DefaultClientID, "auth_time": a.now().Unix(), "scp": []string{"openid", "profile", "email"},
		}), nil)
	}
	rsaAlone := rsaVerification(b, len(tokens[0]))
	b.Run("first", func(b *testing.B) {
		compare(b, "x-rsa", rsaAlone, func(i int) error {
			if i%len(tokens) == 0 {
				a.pass(2 * time.Minute) // by then every token is forgotten
			}
			return a.verify(tokens[i%len(tokens)])
		})
	})
	b.Run("seen", func(b *testing.B) {
		compare(b, "x-rsa", rsaAlone, func(int) error { return a.verify(tokens[0]) })
	})
}

// compare runs base and cost by turns, so that both have the machine under the
// same load, and reports the median of what cost takes, also in units of base's.
func compare(b *testing.B, unit string, base, cost func(i int) error) {
	var baseTook, costTook []time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		if err := base(i); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if err := cost(i); err != nil {
			b.Fatal(err)
		}
		costTook = append(costTook, time.Since(between))
		baseTook = append(baseTook, between.Sub(began))
	}
	b.ReportMetric(median(costTook), "ns/op")
	b.ReportMetric(median(costTook)/median(baseTook), unit)
}

func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Nanoseconds())
}

// rsaVerification is the least that any verifier does: SHA-256 and RSA over a
// token of size bytes.
func rsaVerification(b *testing.B, size int) func(int) error {
	key := testKeys().rsa
	token := make([]byte, size)
	sum := sha256.Sum256(token)
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	return func(int) error {
		sum := sha256.Sum256(token)
		return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
	}
}
