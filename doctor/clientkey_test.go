package doctor_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
)

// clientKey returns a private key as settings have it, and its public half in a JWK set.
func clientKey(t *testing.T) (private, public string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	written := func(key any) []byte {
		converted, err := jwk.FromRaw(key)
		if err != nil {
			t.Fatal(err)
		}
		if err := jwk.AssignKeyID(converted); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(converted)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	return string(written(key)), `{"keys":[` + string(written(&key.PublicKey)) + `]}`
}

func TestKeyInPlaceOfTheSecret(t *testing.T) {
	t.Parallel()
	private, public := clientKey(t)
	_, ofAnother := clientKey(t)
	for name, test := range map[string]struct {
		published string
		knobs     func(*mockokta.Knobs)
		mark      doctor.Mark
		words     string
	}{
		"well":          {public, nil, doctor.OK, "the client"},
		"not published": {ofAnother, nil, doctor.Fail, "public half"},
		"not taken": {public, func(k *mockokta.Knobs) {
			k.TamperDiscovery = func(doc map[string]any) {
				doc["token_endpoint_auth_signing_alg_values_supported"] = []string{"RS256"}
			}
		}, doctor.Fail, "OKTA_OAUTH2_CLIENT_KEY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{
				env:    map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "", "OKTA_OAUTH2_CLIENT_KEY": private},
				client: named(func(c *mockokta.Client) { c.JWKS = test.published }), knobs: test.knobs,
			}
			expect(t, p.examine(t), "client authentication", test.mark, test.words)
		})
	}
}
