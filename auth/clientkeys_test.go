package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

const clientKeysPath = "/authorization-code/jwks.json"

// keyFile makes a private key and returns the name of the file it is in.
func keyFile(t testing.TB, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// byKeys are settings with the keys in these files in place of a secret.
func byKeys(files ...string) map[string]string {
	return map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "", "OKTA_OAUTH2_CLIENT_KEY_FILE": strings.Join(files, ",")}
}

// fetchesKeys makes the org have the app's keys from the app.
func fetchesKeys(c *mockokta.Client) {
	base := strings.TrimSuffix(c.RedirectURIs[0], testkit.CallbackPath)
	c.Secret, c.AuthMethod, c.JWKSURI = "", "private_key_jwt", base+clientKeysPath
}

// kids are those that the app publishes, in their order.
func kids(b *testkit.Browser) []string {
	b.T.Helper()
	r := b.Get(clientKeysPath)
	var set struct{ Keys []struct{ Kid, D string } }
	if err := json.Unmarshal([]byte(r.Body), &set); err != nil || r.StatusCode != http.StatusOK {
		b.T.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	var kids []string
	for _, key := range set.Keys {
		if key.D != "" {
			b.T.Error("a private key is published")
		}
		kids = append(kids, key.Kid)
	}
	return kids
}

// TestClientKeyRotation goes from one key to another in three restarts of the app,
// with an org that fetches the keys. People sign in, are renewed and sign out all the
// way.
func TestClientKeyRotation(t *testing.T) {
	t.Parallel()
	old, next := keyFile(t, "old"), keyFile(t, "next")
	var current atomic.Pointer[gin.Engine]
	add := func(okta *auth.Auth, engine *gin.Engine) {
		mount(t, okta, engine)
		engine.GET("/closed", okta.RequireLogin(), say(okta, "closed"))
		current.Store(engine)
	}
	env := byKeys(old)
	maps.Copy(env, renewing)
	h := start(t, setup{env: env, client: fetchesKeys, app: func(okta *auth.Auth, engine *gin.Engine) http.Handler {
		add(okta, engine)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) })
	}})
	stays := h.browser()
	if r := stays.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	published := [][]string{kids(stays)}
	for _, files := range [][]string{{old, next}, {next, old}, {next}} {
		maps.Copy(env, byKeys(files...))
		add(newAuth(t, h, setup{env: env}), gin.New())
		published = append(published, kids(stays))

		h.clock.Add(h.tokenLife())
		renewed := h.org.Count("token")
		if r := stays.Get("/closed"); r.StatusCode != http.StatusOK || h.org.Count("token") != renewed+1 {
			t.Errorf("%v: the session was not renewed: %d, %s", files, r.StatusCode, h.logs)
		}
		b := h.browser()
		if r := b.Arrive("/closed", testkit.Grace); r.StatusCode != http.StatusOK {
			t.Errorf("%v: sign-in: %d %s", files, r.StatusCode, r.Body)
		}
		revoked := h.org.Count("revoke")
		b.Submit(b.Get(testkit.LogoutPath), nil)
		testkit.Await(t, "the token to be revoked", func() bool { return h.org.Count("revoke") == revoked+1 })
	}
	if one, both, swapped, last := published[0], published[1], published[2], published[3]; len(one) != 1 || len(both) != 2 || len(last) != 1 ||
		both[0] != one[0] || swapped[0] != both[1] || swapped[1] != one[0] || last[0] != both[1] {
		t.Errorf("published %v", published)
	}
	if strings.Contains(h.logs.String(), "invalid_client") {
		t.Errorf("Okta refused the app: %s", h.logs)
	}
}

// TestClientKeysRoute: Okta may keep the keys for an hour; nothing else comes along.
func TestClientKeysRoute(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: byKeys(keyFile(t, "key")), client: fetchesKeys})
	r := h.browser().Get(clientKeysPath)
	if r.Header.Get("Cache-Control") != "public, max-age=3600" || r.Header.Get("Content-Type") != "application/jwk-set+json" || len(r.Cookies()) != 0 {
		t.Errorf("%v", r.Header)
	}
	if r := start(t, setup{}).browser().Get(clientKeysPath); r.StatusCode != http.StatusNotFound {
		t.Errorf("with a secret: %d", r.StatusCode)
	}
}

// TestAnotherAppsKey: Okta takes no assertion of a key that it does not know, and the
// person is told whose fault it is.
func TestAnotherAppsKey(t *testing.T) {
	t.Parallel()
	stranger := startPublisher(t)
	h := start(t, setup{env: byKeys(keyFile(t, "key")), client: func(c *mockokta.Client) {
		fetchesKeys(c)
		c.JWKSURI = stranger
	}, app: page(t)})
	r := h.browser().Arrive("/closed", testkit.Ada)
	if r.StatusCode != http.StatusBadGateway || !strings.Contains(r.Body, "The client_assertion JWT kid is invalid.") {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// startPublisher is where another app publishes its keys.
func startPublisher(t *testing.T) string {
	t.Helper()
	return start(t, setup{env: byKeys(keyFile(t, "another")), client: fetchesKeys}).URL + clientKeysPath
}
