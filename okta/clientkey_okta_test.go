package okta_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/okta"
)

// startByKey is a relying party of an org that knows it by key known, and signs with
// key. sent are the forms that come to the org, by endpoint.
func startByKey(t *testing.T, key, known jwk.Key) (rp *okta.RelyingParty, org *mockokta.Org, sent map[string]url.Values) {
	t.Helper()
	half, err := known.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(map[string]any{"keys": []jwk.Key{half}})
	if err != nil {
		t.Fatal(err)
	}
	client := mockokta.DefaultClient()
	client.Secret, client.AuthMethod, client.JWKS = "", "private_key_jwt", string(set)
	if org, err = mockokta.Start(mockokta.Options{Clients: []mockokta.Client{client}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	sent = map[string]url.Values{}
	org.Set(func(k *mockokta.Knobs) {
		k.PAR = true
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPost {
				return false
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			sent[endpoint], _ = url.ParseQuery(string(body))
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			return false
		}
	})
	cfg := config.Config{
		Issuer: org.Issuer(), ClientID: client.ID, ClientKeys: keySetOf(t, key), Scopes: []string{"openid"}, ResponseMode: "query",
	}
	if rp, err = okta.New(cfg, okta.Options{RedirectURI: callback}); err != nil {
		t.Fatal(err)
	}
	return rp, org, sent
}

// TestAssertionsAtOkta: Okta takes each at the endpoint that it was made for, once.
func TestAssertionsAtOkta(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/") // for its keys
	for _, key := range []jwk.Key{p.jwk("rsa", p.key), p.jwk("ec", p.curve)} {
		rp, org, sent := startByKey(t, key, key)
		if _, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{}); err != nil {
			t.Fatal(err)
		}
		if err := rp.Revoke(t.Context(), "a token that nobody knows"); err != nil {
			t.Fatal(err)
		}
		var refusal *okta.Refusal
		if _, err := rp.SignIn(t.Context(), "a code that nobody knows", attempt()); !errors.As(err, &refusal) || refusal.Code != "invalid_grant" {
			t.Errorf("got %v, want a client that is known and a code that is not", err)
		}
		v1 := org.Issuer() + "/v1/"
		for endpoint, audience := range map[string]string{"par": "par", "revoke": "revoke", "token": "token"} {
			if got := verified(t, rp, sent[endpoint]).claims["aud"]; got != v1+audience {
				t.Errorf("%s: audience %v", endpoint, got)
			}
		}
		stolen := sent["par"]
		for endpoint, want := range map[string]string{"par": "has already been used", "revoke": "must be the endpoint invoked", "token": "must be the endpoint invoked"} {
			resp, err := http.PostForm(v1+endpoint, stolen)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), want) {
				t.Errorf("replayed at %s: %d %s, want %q", endpoint, resp.StatusCode, body, want)
			}
		}
	}
}

func TestAnotherKeyAtOkta(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/")
	for name, tc := range map[string]struct {
		known jwk.Key
		says  string
	}{
		"under another kid":    {p.jwk("another", p.curve), "kid is invalid"},
		"under the same kid":   {p.jwk("rsa", p.curve), "signature algorithm is invalid"},
		"of the same kind too": {anotherRSA(t, "rsa"), "signature is invalid"},
	} {
		rp, _, _ := startByKey(t, p.jwk("rsa", p.key), tc.known)
		_, err := rp.SignIn(t.Context(), "code", attempt())
		var refusal *okta.Refusal
		if !errors.As(err, &refusal) || refusal.Code != "invalid_client" || !strings.Contains(refusal.Description, tc.says) {
			t.Errorf("%s: got %v, want %q", name, err, tc.says)
		}
	}
}

// anotherRSA is a key that nothing else signs with.
func anotherRSA(t *testing.T, kid string) jwk.Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwk.FromRaw(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Set(jwk.KeyIDKey, kid); err != nil {
		t.Fatal(err)
	}
	return key
}
