package mockokta

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"slices"
	"sync"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// signingKey is an RSA key with its id: the RFC 7638 thumbprint, which has the 43 characters of Okta's.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
}

// public is the key as the key set shows it.
func (k signingKey) public() map[string]any {
	return map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": k.id,
		"n": base64.RawURLEncoding.EncodeToString(k.private.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.private.E)).Bytes()),
	}
}

// keyPool holds the first keys that orgs draw, made once per process because making RSA keys is slow. Orgs of
// one process therefore share keys; Forge signs with a key that no org publishes.
var keyPool = func() (pool [16]func() signingKey) {
	for i := range pool {
		pool[i] = sync.OnceValue(makeSigningKey)
	}
	return pool
}()

// newSigningKey returns the n-th key of the pool, or a fresh one when the pool is used up.
func newSigningKey(n int) signingKey {
	if n < len(keyPool) {
		return keyPool[n]()
	}
	return makeSigningKey()
}

func makeSigningKey() signingKey {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("mockokta: make an RSA key: " + err.Error()) // crypto/rand never fails on a supported system
	}
	public, err := jwk.FromRaw(private.Public())
	if err != nil {
		panic("mockokta: " + err.Error())
	}
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		panic("mockokta: " + err.Error())
	}
	return signingKey{id: base64.RawURLEncoding.EncodeToString(thumbprint), private: private}
}

// maxPublished bounds the key set as Okta's docs do: two or three keys.
const maxPublished = 3

// keyring is the keys of one authorization server. The signing key is always among the published ones.
type keyring struct {
	mu        sync.Mutex
	drawn     int // the next key of the pool; two rings take turns
	published []signingKey
	current   signingKey
	retired   []signingKey // no longer published; old ID tokens are still good hints at sign-out
}

func newKeyring(first int) *keyring {
	ring := &keyring{drawn: first}
	ring.replace()
	return ring
}

func (k *keyring) draw() signingKey {
	key := newSigningKey(k.drawn)
	k.drawn += 2
	return key
}

func (k *keyring) replace() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.retired = append(k.retired, k.published...)
	k.current = k.draw()
	k.published = []signingKey{k.current, k.draw()}
	return k.current.id
}

func (k *keyring) publish() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.published = append(k.published, k.draw())
	for i := 0; len(k.published) > maxPublished; {
		if k.published[i].id == k.current.id {
			i++
			continue
		}
		k.retired = append(k.retired, k.published[i])
		k.published = slices.Delete(k.published, i, i+1)
	}
}

func (k *keyring) useNewest() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.current = k.published[len(k.published)-1]
}

func (k *keyring) signing() signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current
}

func (k *keyring) list() []signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.published)
}

// find returns the key with the id among all that ever signed.
func (k *keyring) find(id string) (signingKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, key := range slices.Concat(k.published, k.retired) {
		if key.id == id {
			return key, true
		}
	}
	return signingKey{}, false
}
