package mockokta_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"example.com/okta-gin/mockokta"
)

// newKey makes a P-256 key; without a kid it has none.
func newKey(t *testing.T, kid string) jwk.Key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwk.FromRaw(private)
	if err != nil {
		t.Fatal(err)
	}
	if kid != "" {
		key.Set(jwk.KeyIDKey, kid)
	}
	return key
}

// published is the JWK set of the keys' public halves.
func published(t *testing.T, keys ...jwk.Key) string {
	t.Helper()
	var public []jwk.Key
	for _, key := range keys {
		half, err := key.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		public = append(public, half)
	}
	text, err := json.Marshal(map[string]any{"keys": public})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// byKey asks for a machine's token with an assertion that key signs.
func (b *browser) byKey(id string, key jwk.Key, jti string) reply {
	b.t.Helper()
	return b.token(url.Values{
		"grant_type": {"client_credentials"}, "scope": {"messages:read"},
		"client_assertion":      {b.assertion(id, b.as+"/v1/token", key, jti)},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
}

func (b *browser) assertion(id, path string, key jwk.Key, jti string) string {
	b.t.Helper()
	claims, err := jwt.NewBuilder().Issuer(id).Subject(id).Audience([]string{b.org.URL() + path}).Expiration(time.Now().Add(time.Minute)).JwtID(jti).Build()
	if err != nil {
		b.t.Fatal(err)
	}
	raw, err := jwt.Sign(claims, jwt.WithKey(jwa.ES256, key))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(raw)
}

func startMachine(t *testing.T, change func(*mockokta.Client)) *browser {
	t.Helper()
	client := mockokta.Client{ID: "0oamachine", Grants: []string{"client_credentials"}}
	change(&client)
	return newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
}

// TestSeveralClientKeys: kid chooses among them.
func TestSeveralClientKeys(t *testing.T) {
	t.Parallel()
	one, two, unnamed := newKey(t, "one"), newKey(t, "two"), newKey(t, "")
	impostor := newKey(t, "one")
	b := startMachine(t, func(c *mockokta.Client) { c.JWKS = published(t, one, two) })
	for _, key := range []jwk.Key{one, two} {
		if got := b.byKey("0oamachine", key, key.KeyID()); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", key.KeyID(), got.body)
		}
		wantOAuthError(t, b.byKey("0oamachine", key, key.KeyID()), 401, "invalid_client", "The client_assertion token has already been used.")
	}
	wantOAuthError(t, b.byKey("0oamachine", impostor, "3"), 401, "invalid_client", "The client_assertion signature is invalid.")
	wantOAuthError(t, b.byKey("0oamachine", newKey(t, "three"), "4"), 401, "invalid_client", "The client_assertion JWT kid is invalid.")
	wantOAuthError(t, b.byKey("0oamachine", unnamed, "5"), 401, "invalid_client", "The client_assertion JWT kid is invalid.")

	// without a signature, and with the public key taken for a secret
	_, rest, _ := strings.Cut(b.assertion("0oamachine", b.as+"/v1/token", one, "9"), ".")
	claims, _, _ := strings.Cut(rest, ".")
	for alg, want := range map[string]string{
		"none": "The client_assertion JWT signature algorithm is invalid.", "HS256": "The issuer and subject claim for client_assertion is invalid",
		"PS256": "The client_assertion JWT signature algorithm is invalid.", "RS256": "The client_assertion JWT signature algorithm is invalid.",
	} {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + alg + `","kid":"one"}`))
		wantOAuthError(t, b.token(url.Values{
			"grant_type": {"client_credentials"}, "scope": {"messages:read"}, "client_assertion": {header + "." + claims + ".AAAA"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}), 401, "invalid_client", want)
	}

	b = startMachine(t, func(c *mockokta.Client) { c.JWKS = `{"keys":[{"kty":"EC"}]}` })
	wantOAuthError(t, b.byKey("0oamachine", one, "6"), 401, "invalid_client", "The client JWKSet is invalid.")

	b = startMachine(t, func(c *mockokta.Client) {
		half, err := unnamed.PublicKey()
		if err != nil {
			t.Fatal(err)
		}
		var raw crypto.PublicKey
		if err := half.Raw(&raw); err != nil {
			t.Fatal(err)
		}
		c.PublicKey = raw
	})
	if got := b.byKey("0oamachine", unnamed, "7"); got.StatusCode != http.StatusOK {
		t.Errorf("the only key, unnamed: %s", got.body)
	}
	wantOAuthError(t, b.byKey("0oamachine", one, "8"), 401, "invalid_client", "The client_assertion JWT kid is invalid.")
}

// TestClientKeysByAddress: the org fetches them, again when a new kid comes, and not
// for each request.
func TestClientKeysByAddress(t *testing.T) {
	t.Parallel()
	old, next := newKey(t, "old"), newKey(t, "next")
	var asked atomic.Int32
	var answer atomic.Pointer[string]
	set := func(text string) { answer.Store(&text) }
	set(published(t, old))
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if *answer.Load() == "" {
			w.WriteHeader(http.StatusBadGateway)
		}
		w.Write([]byte(*answer.Load()))
	}))
	t.Cleanup(app.Close)
	b := startMachine(t, func(c *mockokta.Client) { c.JWKSURI = app.URL })
	for _, jti := range []string{"1", "2"} {
		if got := b.byKey("0oamachine", old, jti); got.StatusCode != http.StatusOK {
			t.Fatalf("%s", got.body)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("the keys were fetched %d times", asked.Load())
	}
	set(published(t, next, old))
	if got := b.byKey("0oamachine", next, "3"); got.StatusCode != http.StatusOK || asked.Load() != 2 {
		t.Errorf("after rotation, asked %d times: %s", asked.Load(), got.body)
	}
	set("")
	wantOAuthError(t, b.byKey("0oamachine", newKey(t, "other"), "4"), 401, "invalid_client", "Error retrieving the client JWKSet from jwks_uri.")
}
