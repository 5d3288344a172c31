package okta

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/okta/shared"
)

const (
	fuzzIssuer = "https://acme.okta.com/oauth2/default"
	fuzzClient = "0oaFuzz"
	fuzzNonce  = "the nonce of this sign-in"
)

var fuzzNow = time.Unix(1790000000, 0)

// newFuzzed returns a relying party that knows one key and asks nobody.
func newFuzzed(f testing.TB) (*RelyingParty, *rsa.PrivateKey) {
	f.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER": fuzzIssuer, "OKTA_OAUTH2_CLIENT_ID": fuzzClient, "OKTA_OAUTH2_CLIENT_SECRET": "secret-of-the-fuzzer",
	})
	if err != nil {
		f.Fatal(err)
	}
	rp, err := New(cfg, Options{RedirectURI: "https://app.example/cb", Now: fuzzClock})
	if err != nil {
		f.Fatal(err)
	}
	rp.keys = known("k", &private.PublicKey)
	rp.verifier.keys = rp.keys
	return rp, private
}

func fuzzClock() time.Time { return fuzzNow }

// known is the key set of one key, which nobody need be asked for.
func known(kid string, key *rsa.PublicKey) *shared.Document[keySet] {
	return shared.New(func(context.Context) (*keySet, time.Duration, error) {
		return &keySet{{kid, key}}, time.Hour, nil
	}, time.Second, fuzzClock)
}

// FuzzIDToken holds that no header and no claims, signed by Okta itself though
// they are, make verification panic, and that what is accepted is what was asked.
func FuzzIDToken(f *testing.F) {
	rp, private := newFuzzed(f)
	good := fmt.Sprintf(`{"iss":%q,"aud":%q,"sub":"00u","exp":%d,"iat":%d,"nonce":%q}`, fuzzIssuer, fuzzClient, fuzzNow.Unix()+60, fuzzNow.Unix(), fuzzNonce)
	for _, header := range []string{
		`{"alg":"RS256","kid":"k"}`, `{"alg":"RS256"}`, `{"alg":"none"}`, `{"alg":"RS256","kid":"k","crit":["x"]}`, `{"alg":"RS256","kid":"k","typ":"logout+jwt"}`,
		`{"alg":"RS256","kid":"k~1?>"}`, `[]`, `null`, ``, `{"alg":256}`, `{"alg":"RS256","kid":"k"}{}`, `{"alg":"RS256","ALG":"none","kid":"k"}`, `{"alg":"RS256","kid":"k","b64":false}`,
	} {
		f.Add(header, good)
	}
	for _, payload := range []string{
		`{}`, `[]`, `null`, `"x"`, `1`, ``, `{"sub":[]}`, `{"iss":{},"aud":{},"nonce":{}}`, `{"aud":[1,null]}`, `{"exp":"x","iat":[]}`,
		good[:len(good)-1] + `,"aud":["` + fuzzClient + `","other"],"azp":{}}`, good[:len(good)-1] + `,"at_hash":[]}`, good[:len(good)-1] + `,"nbf":1e400}`,
		good[:len(good)-1] + `,"sub":null}`, good[:len(good)-1] + `,"exp":1e400}`, good[:len(good)-1] + `,"x":[1e400,281674916028284931]}`,
		good[:len(good)-1] + `,"iat":-0}`, good[:len(good)-1] + `,"auth_time":[]}`,
	} {
		f.Add(`{"alg":"RS256","kid":"k"}`, payload)
	}
	signer, err := jws.NewSigner(jwa.RS256)
	if err != nil {
		f.Fatal(err)
	}
	var maxAge time.Duration
	f.Fuzz(func(t *testing.T, header, payload string) {
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
		signature, err := signer.Sign([]byte(signed), private)
		if err != nil {
			t.Fatal(err)
		}
		raw := signed + "." + base64.RawURLEncoding.EncodeToString(signature)
		carriesNonce(raw)
		rp.verifyIDToken(t.Context(), raw, "access", Attempt{Nonce: fuzzNonce, ACR: "phr", MaxAge: &maxAge})
		claims, err := rp.verifyIDToken(t.Context(), raw, "access", Attempt{Nonce: fuzzNonce})
		if err != nil {
			return
		}
		var said struct {
			Issuer, Subject, Nonce string
			Audience               any
			Exp, Iat               float64
		}
		var h map[string]any
		all := map[string]any{}
		if json.Unmarshal([]byte(header), &h) != nil || h["alg"] != "RS256" || oktahttp.DecodeJSON([]byte(payload), &all) != nil {
			t.Fatalf("accepted with header %s and payload %s", header, payload)
		}
		said.Issuer, _ = claims["iss"].(string)
		said.Subject, _ = claims["sub"].(string)
		said.Nonce, _ = claims["nonce"].(string)
		said.Exp, _ = claims["exp"].(json.Number).Float64()
		said.Iat, _ = claims["iat"].(json.Number).Float64()
		audiences, many := claims["aud"].([]any)
		forUs := claims["aud"] == any(fuzzClient) || many && slices.Contains(audiences, any(fuzzClient))
		now := float64(fuzzNow.Unix())
		if said.Issuer != fuzzIssuer || said.Subject == "" || said.Nonce != fuzzNonce || !forUs || said.Exp < now-121 || said.Iat > now+121 {
			t.Errorf("accepted: %s", payload)
		}
	})
}

// FuzzToken holds that no text at all makes verification panic, or is accepted:
// nobody but Okta can sign.
func FuzzToken(f *testing.F) {
	rp, _ := newFuzzed(f)
	for _, seed := range []string{"", ".", "..", "a.b.c", "e30.e30.e30", "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30.AAAA", "....", "\x00.\xff.\n", "eyJhbGciOiJSUzI1NiJ9.bnVsbA."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if claims, err := rp.verifyIDToken(t.Context(), raw, "", Attempt{}); err == nil {
			t.Errorf("accepted: %v", claims)
		}
		carriesNonce(raw)
	})
}
