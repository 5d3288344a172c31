package config_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/config"
)

type keys struct {
	rsa, short           *rsa.PrivateKey
	curve, other, larger *ecdsa.PrivateKey
	edwards              ed25519.PrivateKey
}

// someKeys are made once, for they take long to make.
var someKeys = sync.OnceValue(func() keys {
	rsaKey := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		return key
	}
	curve := func(c elliptic.Curve) *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			panic(err)
		}
		return key
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return keys{rsaKey(2048), rsaKey(1024), curve(elliptic.P256()), curve(elliptic.P256()), curve(elliptic.P384()), edwards}
})

func toPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return toPEM("PRIVATE KEY", der)
}

func sec1(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return toPEM("EC PRIVATE KEY", der)
}

// jwkOf is key as a JWK with changes; nil removes a member.
func jwkOf(t *testing.T, key any, changes map[string]any) string {
	t.Helper()
	made, err := jwk.FromRaw(key)
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]any{}
	if err := json.Unmarshal([]byte(toJSON(t, made)), &members); err != nil {
		t.Fatal(err)
	}
	for name, value := range changes {
		members[name] = value
		if value == nil {
			delete(members, name)
		}
	}
	return toJSON(t, members)
}

// secretOf is the member d of the key's JWK.
func secretOf(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	secret, err := key.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(secret)
}

// withKey are settings with a client key in place of the secret.
func withKey(changes map[string]string) map[string]string {
	env := required(changes)
	delete(env, "OKTA_OAUTH2_CLIENT_SECRET")
	return env
}

func keySet(t *testing.T, cfg config.Config) jwk.Set {
	t.Helper()
	set, err := jwk.ParseString(cfg.ClientKeys.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func thumbprint(t *testing.T, key any) string {
	t.Helper()
	made, err := jwk.FromRaw(key)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := made.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

func TestClientKeyForms(t *testing.T) {
	t.Parallel()
	k := someKeys()
	parameters := toPEM("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7})
	for name, tc := range map[string]struct {
		text string
		key  crypto.Signer
		kid  string // empty: the thumbprint
		alg  jwa.KeyAlgorithm
	}{
		"PKCS#8 RSA":                  {text: pkcs8(t, k.rsa), key: k.rsa},
		"PKCS#8 P-256":                {text: pkcs8(t, k.curve), key: k.curve},
		"PKCS#1":                      {text: toPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k.rsa)), key: k.rsa},
		"SEC 1":                       {text: sec1(t, k.curve), key: k.curve},
		"SEC 1 behind its parameters": {text: parameters + sec1(t, k.curve), key: k.curve},
		"words before the PEM":        {text: "\n# the app's key\n" + pkcs8(t, k.rsa) + "\n\n", key: k.rsa},
		"JWK":                         {text: jwkOf(t, k.rsa, nil), key: k.rsa},
		"JWK with a kid of its own":   {text: jwkOf(t, k.curve, map[string]any{"kid": "mine", "use": "sig"}), key: k.curve, kid: "mine"},
		"JWK for PS256":               {text: jwkOf(t, k.rsa, map[string]any{"alg": "PS256"}), key: k.rsa, alg: jwa.PS256},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(file, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			for how, env := range map[string]map[string]string{
				"value": {"OKTA_OAUTH2_CLIENT_KEY": tc.text}, "file": {"OKTA_OAUTH2_CLIENT_KEY_FILE": file},
			} {
				cfg, err := config.Load(withKey(env))
				if err != nil {
					t.Fatalf("%s: %v", how, err)
				}
				set := keySet(t, cfg)
				key, _ := set.Key(0)
				var raw crypto.Signer
				if err := key.Raw(&raw); err != nil || set.Len() != 1 || !raw.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(tc.key.Public()) {
					t.Errorf("%s: not the key that was given: %v", how, err)
				}
				want := tc.kid
				if want == "" {
					want = thumbprint(t, tc.key)
				}
				if key.KeyID() != want {
					t.Errorf("%s: kid %q, want %q", how, key.KeyID(), want)
				}
				if tc.alg != nil && key.Algorithm() != tc.alg {
					t.Errorf("%s: alg %v", how, key.Algorithm())
				}
			}
		})
	}
}

// TestClientKeyInEnvFile: a PEM block is a quoted value of many lines there.
func TestClientKeyInEnvFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "OKTA_OAUTH2_ISSUER=https://acme.okta.com\nOKTA_OAUTH2_CLIENT_ID=0oa\nOKTA_OAUTH2_CLIENT_KEY=\"" + pkcs8(t, someKeys().rsa) + "\"\n"
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Read(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if keySet(t, cfg).Len() != 1 {
		t.Error("no key")
	}
}

// TestClientKeyFiles: the first signs, so the order stays.
func TestClientKeyFiles(t *testing.T) {
	t.Parallel()
	dir, k := t.TempDir(), someKeys()
	var files []string
	for i, text := range []string{pkcs8(t, k.other), pkcs8(t, k.rsa), jwkOf(t, k.curve, nil)} {
		files = append(files, filepath.Join(dir, fmt.Sprint(i)))
		if err := os.WriteFile(files[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func(names ...string) (config.Config, error) {
		return config.Load(withKey(map[string]string{"OKTA_OAUTH2_CLIENT_KEY_FILE": strings.Join(names, " , ")}))
	}
	cfg, err := load(files...)
	if err != nil {
		t.Fatal(err)
	}
	set := keySet(t, cfg)
	for i, key := range []any{k.other, k.rsa, k.curve} {
		if got, _ := set.Key(i); got.KeyID() != thumbprint(t, key) {
			t.Errorf("key %d is another", i)
		}
	}
	for name, tc := range map[string]struct {
		files []string
		want  string
	}{
		"no such file":   {[]string{files[0], filepath.Join(dir, "none")}, "no such file"},
		"an empty name":  {[]string{files[0], ""}, "one of the names is empty"},
		"the same twice": {[]string{files[0], files[0]}, "the same key twice"},
	} {
		if _, err := load(tc.files...); err == nil || !strings.Contains(err.Error(), "OKTA_OAUTH2_CLIENT_KEY") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

// TestClientKeyProblems: what cannot work is said at start, with its place in the
// Admin Console and without a piece of the key.
func TestClientKeyProblems(t *testing.T) {
	t.Parallel()
	k := someKeys()
	public, err := x509.MarshalPKIXPublicKey(k.rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ text, want string }{
		"RSA of 1024 bits":         {pkcs8(t, k.short), "2048 to 8192 bits, but has 1024"},
		"JWK, RSA of 1024 bits":    {jwkOf(t, k.short, nil), "2048 to 8192 bits, but has 1024"},
		"P-384":                    {pkcs8(t, k.larger), "curve P-256"},
		"Ed25519":                  {pkcs8(t, k.edwards), "RSA or P-256"},
		"a public key":             {toPEM("PUBLIC KEY", public), "another type, such as a public key"},
		"JWK, a public key":        {jwkOf(t, k.rsa.Public(), nil), "not a public or a symmetric one"},
		"JWK, symmetric":           {`{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"}`, "not a public or a symmetric one"},
		"encrypted, PKCS#8":        {toPEM("ENCRYPTED PRIVATE KEY", []byte("x")), "encrypted"},
		"encrypted, the old way":   {"-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "encrypted"},
		"PEM of rubbish":           {toPEM("PRIVATE KEY", []byte("Canary123")), "cannot be read"},
		"half a PEM":               {pkcs8(t, k.rsa)[:400], "must be a private key"},
		"two keys":                 {pkcs8(t, k.rsa) + pkcs8(t, k.curve), "more than one key"},
		"half a JWK":               {`{"kty":"RSA","n":"Canary123",`, "must be a JWK"},
		"JWK of another key":       {jwkOf(t, k.curve, map[string]any{"d": secretOf(t, k.other)}), "do not fit together"},
		"JWK of two RSA keys":      {jwkOf(t, k.rsa, map[string]any{"d": "Canary123Canary123"}), "do not fit together"},
		"JWK for encryption":       {jwkOf(t, k.rsa, map[string]any{"use": "enc"}), `use is not "sig"`},
		"JWK for another alg":      {jwkOf(t, k.rsa, map[string]any{"alg": "RS512"}), "none of RS256"},
		"JWK, RSA for ES256":       {jwkOf(t, k.rsa, map[string]any{"alg": "ES256"}), "none of RS256"},
		"JWK, P-256 for RS256":     {jwkOf(t, k.curve, map[string]any{"alg": "RS256"}), "none of RS256"},
		"JWK, symmetric algorithm": {jwkOf(t, k.rsa, map[string]any{"alg": "HS256"}), "none of RS256"},
		"a word":                   {"Canary123", "must be a private key"},
		"a quote":                  {`"Canary123`, "begins or ends with a quote"},
	} {
		_, err := config.Load(withKey(map[string]string{"OKTA_OAUTH2_CLIENT_KEY": tc.text}))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range []string{"OKTA_OAUTH2_CLIENT_KEY", tc.want, "Client Credentials → Client authentication", "one setting"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\ndoes not say %q", name, err, want)
			}
		}
		if strings.Contains(err.Error(), "Canary123") {
			t.Errorf("%s: the message quotes the key: %v", name, err)
		}
	}
}

func TestSecretOrKey(t *testing.T) {
	t.Parallel()
	key := pkcs8(t, someKeys().rsa)
	for name, tc := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"both":            {required(map[string]string{"OKTA_OAUTH2_CLIENT_KEY": key}), []string{"OKTA_OAUTH2_CLIENT_KEY is given beside OKTA_OAUTH2_CLIENT_SECRET", "Client authentication"}},
		"neither":         {withKey(nil), []string{"OKTA_OAUTH2_CLIENT_SECRET is missing", "OKTA_OAUTH2_CLIENT_KEY", "Client Credentials"}},
		"value and file":  {withKey(map[string]string{"OKTA_OAUTH2_CLIENT_KEY": key, "OKTA_OAUTH2_CLIENT_KEY_FILE": "key.pem"}), []string{"given twice"}},
		"an unknown word": {required(map[string]string{"OKTA_PAR": "on"}), []string{`OKTA_PAR must be "auto", "require" or "off"`}},
	} {
		_, err := config.Load(tc.env)
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
		}
	}
}

func TestClientKeyNeverPrints(t *testing.T) {
	t.Parallel()
	k := someKeys()
	cfg, err := config.Load(withKey(map[string]string{"OKTA_OAUTH2_CLIENT_KEY": jwkOf(t, k.curve, nil)}))
	if err != nil {
		t.Fatal(err)
	}
	secret := secretOf(t, k.curve)
	if !strings.Contains(cfg.ClientKeys.Reveal(), secret) {
		t.Fatal("the key was not read")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(verb, cfg); strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s gives the key away", verb)
		}
	}
	if bytes.Contains([]byte(toJSON(t, cfg)), []byte(secret)) {
		t.Error("JSON gives the key away")
	}
}
