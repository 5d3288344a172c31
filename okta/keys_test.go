package okta

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

func TestParseSigningKey(t *testing.T) {
	t.Parallel()
	good, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		key    any
		change map[string]any
		want   bool
	}{
		{"as Okta sends it", &good.PublicKey, map[string]any{"alg": "RS256", "use": "sig"}, true},
		{"without alg and use", &good.PublicKey, nil, true},
		{"for encryption", &good.PublicKey, map[string]any{"use": "enc"}, false},
		{"for RS512", &good.PublicKey, map[string]any{"alg": "RS512"}, false},
		{"for PS256", &good.PublicKey, map[string]any{"alg": "PS256"}, false},
		{"for HS256", &good.PublicKey, map[string]any{"alg": "HS256"}, false},
		{"1024 bits", &short.PublicKey, nil, false},
		{"an elliptic curve", &curve.PublicKey, nil, false},
		{"a shared secret", []byte("0123456789abcdef0123456789abcdef"), nil, false},
		{"no modulus", &good.PublicKey, map[string]any{"n": nil}, false},
		{"an empty modulus", &good.PublicKey, map[string]any{"n": ""}, false},
		{"no type", &good.PublicKey, map[string]any{"kty": nil}, false},
		{"an exponent of another type", &good.PublicKey, map[string]any{"e": 65537}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			parsed, ok := parseSigningKey(jsonOf(t, test.key, test.change))
			if ok != test.want || ok && (parsed.id != "the key" || !parsed.public.Equal(&good.PublicKey)) {
				t.Errorf("%+v, %v, want %v", parsed, ok, test.want)
			}
		})
	}
	large := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), maxModulusBits), E: 65537}
	if _, ok := parseSigningKey(jsonOf(t, large, nil)); ok {
		t.Errorf("a key of %d bits is taken", large.N.BitLen())
	}
	for _, raw := range []string{"", "null", "[]", `"text"`, "1", "{", "{}"} {
		if _, ok := parseSigningKey([]byte(raw)); ok {
			t.Errorf("%q is taken for a key", raw)
		}
	}
}

func jsonOf(t *testing.T, key any, change map[string]any) []byte {
	t.Helper()
	parsed, err := jwk.FromRaw(key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]any{}
	if err := json.Unmarshal(encoded, &members); err != nil {
		t.Fatal(err)
	}
	members["kid"] = "the key"
	for name, value := range change {
		if members[name] = value; value == nil {
			delete(members, name)
		}
	}
	if encoded, err = json.Marshal(members); err != nil {
		t.Fatal(err)
	}
	return encoded
}

func TestParseKeySet(t *testing.T) {
	t.Parallel()
	good, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key := string(jsonOf(t, &good.PublicKey, nil))
	for name, test := range map[string]struct {
		document string
		keys     int // 0: refused
	}{
		"one":                     {`{"keys":[` + key + `]}`, 1},
		"among others":            {`{"keys":[{"kty":"EC"},null,` + key + `,7]}`, 1},
		"as many as there may be": {`{"keys":[` + strings.Repeat(key+",", maxKeys-1) + key + `]}`, maxKeys},
		"one too many":            {`{"keys":[` + strings.Repeat(key+",", maxKeys) + key + `]}`, 0},
		"none":                    {`{"keys":[]}`, 0},
		"none of ours":            {`{"keys":[{"kty":"EC"}]}`, 0},
		"no list":                 {`{"keys":{}}`, 0},
		"a list":                  {`[]`, 0},
		"null":                    {`null`, 0},
	} {
		set, err := parseKeySet([]byte(test.document))
		if len(set) != test.keys || (err == nil) != (test.keys > 0) || err != nil && !errors.Is(err, ErrUntrusted) {
			t.Errorf("%s: %d keys, %v", name, len(set), err)
		}
	}
}

func TestFindKey(t *testing.T) {
	t.Parallel()
	a, b := &rsa.PublicKey{E: 1}, &rsa.PublicKey{E: 2}
	one, two := keySet{{"a", a}}, keySet{{"a", a}, {"b", b}}
	nameless := keySet{{"", a}, {"b", b}}
	tests := []struct {
		name string
		set  keySet
		kid  string
		want *rsa.PublicKey
	}{
		{"named", two, "b", b},
		{"unknown", two, "c", nil},
		{"unknown to a single key", one, "c", nil},
		{"unnamed, a single key", one, "", a},
		{"unnamed, several keys", two, "", nil},
		{"unnamed, one key has no name either", nameless, "", nil},
		{"no keys", nil, "", nil},
	}
	for _, test := range tests {
		if got, ok := test.set.find(test.kid); got != test.want || ok != (test.want != nil) {
			t.Errorf("%s: %v, %v", test.name, got, ok)
		}
	}
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"": 0, "max-age=60": time.Minute, "max-age=60, must-revalidate": time.Minute, "private, Max-Age=5": 5 * time.Second,
		"no-cache, no-store": 0, "max-age": 0, "max-age=": 0, "max-age=-1": 0, "max-age=1e3": 0, "max-age=99999999999999999999": 0, "s-maxage=60": 0,
	} {
		if got := maxAge(http.Header{"Cache-Control": {value}}); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
