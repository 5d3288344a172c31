// Package seal hides values from those who carry them, and notices each change.
package seal

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	minSecret = 32 // bytes

	// sealVersion is the first byte of everything sealed. A format that older
	// programs can't read gets another.
	sealVersion = 1

	// Header is how many bytes of what is sealed come before its secret part: another
	// sealing of the same value has others.
	Header = 1 + chacha20poly1305.NonceSizeX
	// Overhead is how many bytes longer a value is when it is sealed.
	Overhead = Header + chacha20poly1305.Overhead
)

// ErrUnreadable means that a value was not sealed under these secrets, this purpose and
// this name, or was changed.
var ErrUnreadable = errors.New("seal: sealed value unreadable")

// Sealer hides values from those who carry them and notices each change: XChaCha20-
// Poly1305 under keys derived from the secrets (HKDF, RFC 5869) for one
// purpose. A value opens only under the purpose and the name it was sealed for.
// It is safe for concurrent use.
type Sealer struct {
	purpose string
	context []byte // version and purpose, before the name in the associated data
	keys    atomic.Pointer[Keys]
}

// Keys are what a Sealer seals and opens with until its secrets are replaced.
type Keys struct{ aeads []cipher.AEAD }

// New returns a Sealer for one purpose, a text that no other use of the
// secrets has, whose secrets stay. Its errors are those of Ring.Sealer.
func New(secrets [][]byte, purpose string) (*Sealer, error) {
	return NewRing(secrets).Sealer(purpose)
}

// derive makes the keys for a purpose: the first secret seals, all open.
func derive(secrets [][]byte, purpose string) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, errors.New("seal: no secret")
	}
	keys := new(Keys)
	for i, secret := range secrets {
		if len(secret) < minSecret {
			return nil, fmt.Errorf("seal: secret %d has %d bytes, needs %d", i+1, len(secret), minSecret)
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "okta-gin session "+purpose, chacha20poly1305.KeySize)
		if err != nil {
			return nil, fmt.Errorf("derive key: %w", err)
		}
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return nil, fmt.Errorf("make cipher: %w", err)
		}
		keys.aeads = append(keys.aeads, aead)
	}
	return keys, nil
}

// Keys are those of this moment. They are others, by identity, once the secrets have been
// replaced: what was opened before counts for those that it was opened with.
func (s *Sealer) Keys() *Keys { return s.keys.Load() }

// Seal returns plaintext sealed for name as unpadded base64url, which fits a
// cookie or a URL: 4/3 of the plaintext's length and 55 bytes more.
func (s *Sealer) Seal(name string, plaintext []byte) string {
	return base64.RawURLEncoding.EncodeToString(s.SealBytes(name, plaintext))
}

// Open returns what Seal was given. current says that the first secret sealed
// it; if not, seal it again. Anything that Seal did not return for this name,
// purpose and one of the secrets is an error.
func (s *Sealer) Open(name, value string) (plaintext []byte, current bool, err error) {
	sealed, err := DecodeBase64(value)
	if err != nil {
		return nil, false, err
	}
	return s.OpenBytes(name, sealed)
}

// DecodeBase64 takes one spelling only. The standard library's decoder passes
// over line ends.
func DecodeBase64(value string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(value)
	if err != nil || strings.IndexByte(value, '\n') >= 0 || strings.IndexByte(value, '\r') >= 0 {
		return nil, ErrUnreadable
	}
	return b, nil
}

// RandomID returns 256 random bits as unpadded base64url.
func RandomID() string {
	var b [32]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// SealBytes returns version, nonce and ciphertext, as they are.
func (s *Sealer) SealBytes(name string, plaintext []byte) []byte {
	sealed := make([]byte, Header, Overhead+len(plaintext))
	sealed[0] = sealVersion
	rand.Read(sealed[1:Header]) // never fails, see crypto/rand
	return s.keys.Load().aeads[0].Seal(sealed, sealed[1:Header], plaintext, s.associated(name))
}

// OpenBytes is to SealBytes what Open is to Seal.
func (s *Sealer) OpenBytes(name string, sealed []byte) (plaintext []byte, current bool, err error) {
	if len(sealed) < Overhead || sealed[0] != sealVersion {
		return nil, false, ErrUnreadable
	}
	nonce, ciphertext, associated := sealed[1:Header], sealed[Header:], s.associated(name)
	for i, aead := range s.keys.Load().aeads {
		plaintext, err := aead.Open(nil, nonce, ciphertext, associated)
		if err == nil {
			return plaintext, i == 0, nil
		}
	}
	return nil, false, ErrUnreadable
}

func (s *Sealer) associated(name string) []byte {
	return append(s.context[:len(s.context):len(s.context)], name...)
}
