package handlers_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/testkit"
)

// BenchmarkBearer measures what an access token costs in units of one RSA-2048
// verification over as many bytes (x-rsa), when it is seen for the first time and
// when it was seen before; and what a request with it costs in units of a request
// to a bare Gin endpoint that answers with the same JSON (x-gin).
func BenchmarkBearer(b *testing.B) {
	app := apptest.Start(b, apptest.Setup{})
	rp, err := okta.New(app.Cfg, okta.Options{RedirectURI: app.Cfg.BaseURL + testkit.CallbackPath, Now: app.Clock.Now})
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]string, 256)
	for i := range tokens {
		tokens[i] = app.Sign(map[string]any{"jti": i, "exp": app.Clock.Now().AddDate(5, 0, 0).Unix()})
	}
	verify := func(i int) error {
		_, err := rp.VerifyAccessToken(b.Context(), tokens[i%len(tokens)])
		return err
	}
	request := func(url string) func(int) error {
		client := app.Browser()
		return func(int) error {
			if r := client.Get(url, "Authorization", "Bearer "+tokens[0]); r.StatusCode != http.StatusOK {
				return fmt.Errorf("status %d", r.StatusCode)
			}
			return nil
		}
	}
	bare := httptest.NewServer(bareJSON())
	defer bare.Close()
	verifyRSA, requestBare := rsaVerification(b, len(tokens[0])), request(bare.URL)
	for _, m := range []struct {
		name string
		unit string
		base func(i int) error
		cost func(i int) error
	}{
		{"first", "x-rsa", verifyRSA, func(i int) error {
			if i%len(tokens) == 0 {
				app.Clock.Add(2 * time.Minute) // by then every token is forgotten
			}
			return verify(i)
		}},
		{"seen", "x-rsa", verifyRSA, func(int) error { return verify(0) }},
		{"request", "x-gin", requestBare, request(app.URL + "/api/messages")},
	} {
		b.Run(m.name, func(b *testing.B) { compare(b, m.unit, m.base, m.cost) })
	}
}

// compare runs base and cost by turns, so that both have the machine under the
// same load, and reports the median of what cost takes, also in units of base's.
func compare(b *testing.B, unit string, base, cost func(i int) error) {
	var baseTook, costTook []time.Duration
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
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	token := make([]byte, size)
	sum := sha256.Sum256(token)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	return func(int) error {
		sum := sha256.Sum256(token)
		return rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
	}
}

// bareJSON answers as GET /api/messages does, and does nothing else.
func bareJSON() http.Handler {
	engine := gin.New()
	engine.GET("/", func(c *gin.Context) {
		now := time.Now().UTC().Truncate(time.Second)
		c.JSON(http.StatusOK, gin.H{"messages": []gin.H{
			{"date": now.Add(-time.Hour), "text": "I am a robot."},
			{"date": now, "text": "Hello, world!"},
		}})
	})
	return engine
}
