package state

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"sync"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// SigningKey is an RSA key with its id: the RFC 7638 thumbprint, which has the 43 characters of Okta's.
type SigningKey struct {
	ID      string
	Private *rsa.PrivateKey
}

// Public is the key as the key set shows it.
func (k SigningKey) Public() map[string]any {
	return map[string]any{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": k.ID,
		"n": base64.RawURLEncoding.EncodeToString(k.Private.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.Private.E)).Bytes()),
	}
}

// keyPool holds the first keys that orgs draw, made once per process because making RSA keys is slow. Orgs of
// one process therefore share keys; Forge signs with a key that no org publishes.
var keyPool = func() (pool [16]func() SigningKey) {
	for i := range pool {
		pool[i] = sync.OnceValue(makeSigningKey)
	}
	return pool
}()

// newSigningKey returns the n-th key of the pool, or a fresh one when the pool is used up.
func newSigningKey(n int) SigningKey {
	if n < len(keyPool) {
		return keyPool[n]()
	}
	return makeSigningKey()
}

func makeSigningKey() SigningKey {
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
	return SigningKey{ID: base64.RawURLEncoding.EncodeToString(thumbprint), Private: private}
}

// maxPublished bounds the key set as Okta's docs do: two or three keys.
const maxPublished = 3

// Keyring is the keys of one authorization server, drawn when the first of them is needed. The signing key is always
// among the published ones.
type Keyring struct {
	mu        sync.Mutex
	drawn     int // the next key of the pool; two rings take turns
	published []SigningKey
	current   SigningKey
	retired   []SigningKey // no longer published; old ID tokens are still good hints at sign-out
}

func newKeyring(first int) *Keyring { return &Keyring{drawn: first} }

// lock locks the ring, with keys in it.
func (k *Keyring) lock() {
	k.mu.Lock()
	if len(k.published) == 0 {
		k.renew()
	}
}

func (k *Keyring) renew() {
	k.current = k.draw()
	k.published = []SigningKey{k.current, k.draw()}
}

func (k *Keyring) draw() SigningKey {
	key := newSigningKey(k.drawn)
	k.drawn += 2
	return key
}

// replace retires all keys. Others are drawn when the first of them is needed.
func (k *Keyring) replace() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.retired = append(k.retired, k.published...)
	k.published = nil
}

func (k *Keyring) publish() {
	k.lock()
	defer k.mu.Unlock()
	k.published = append(k.published, k.draw())
	for i := 0; len(k.published) > maxPublished; {
		if k.published[i].ID == k.current.ID {
			i++
			continue
		}
		k.retired = append(k.retired, k.published[i])
		k.published = slices.Delete(k.published, i, i+1)
	}
}

func (k *Keyring) useNewest() {
	k.lock()
	defer k.mu.Unlock()
	k.current = k.published[len(k.published)-1]
}

// Signing is the key that signs.
func (k *Keyring) Signing() SigningKey {
	k.lock()
	defer k.mu.Unlock()
	return k.current
}

// List returns the published keys.
func (k *Keyring) List() []SigningKey {
	k.lock()
	defer k.mu.Unlock()
	return slices.Clone(k.published)
}

// find returns the key with the id among all that ever signed.
func (k *Keyring) find(id string) (SigningKey, bool) {
	k.lock()
	defer k.mu.Unlock()
	for _, key := range slices.Concat(k.published, k.retired) {
		if key.ID == id {
			return key, true
		}
	}
	return SigningKey{}, false
}

// Verify checks a JWT that one of the ring's keys signed, whatever its age, and returns its claims.
func (k *Keyring) Verify(raw string) (claims map[string]any, ok bool) {
	payload, ok := verify(raw, k.find)
	return claims, ok && json.Unmarshal(payload, &claims) == nil && claims != nil
}

// VerifyPublished checks a JWT as those do who have fetched the key set, and returns its payload.
func (k *Keyring) VerifyPublished(raw string) (payload []byte, ok bool) {
	return verify(raw, func(id string) (SigningKey, bool) {
		list := k.List()
		i := slices.IndexFunc(list, func(key SigningKey) bool { return key.ID == id })
		if i < 0 {
			return SigningKey{}, false
		}
		return list[i], true
	})
}

func verify(raw string, find func(id string) (SigningKey, bool)) (payload []byte, ok bool) {
	message, err := jws.ParseString(raw)
	if err != nil || len(message.Signatures()) != 1 {
		return nil, false
	}
	key, found := find(message.Signatures()[0].ProtectedHeaders().KeyID())
	if !found {
		return nil, false
	}
	payload, err = jws.Verify([]byte(raw), jws.WithKey(jwa.RS256, key.Private.Public()))
	return payload, err == nil
}
