package dpop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Algorithm is what keys of this app sign with (RFC 7518 section 3.4).
const Algorithm = "ES256"

const (
	coordinate = 32 // bytes of a number of P-256
	redacted   = "[redacted]"
)

// Key is a private key on P-256 to which the tokens of one sign-in are bound. It prints
// as "[redacted]" everywhere; Reveal alone gives it away. It is safe for concurrent use.
type Key struct {
	private    *ecdsa.PrivateKey
	text       string
	header     string // of its proofs, encoded
	thumbprint string
}

// NewKey makes a key.
func NewKey() (*Key, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a DPoP key: %w", err)
	}
	return keyOf(private)
}

// ParseKey returns the key of Reveal, nil for an empty text.
func ParseKey(text string) (*Key, error) {
	if text == "" {
		return nil, nil
	}
	number, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("read a DPoP key: it is not base64url")
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), number)
	if err != nil {
		return nil, fmt.Errorf("read a DPoP key: %w", err)
	}
	return keyOf(private)
}

func keyOf(private *ecdsa.PrivateKey) (*Key, error) {
	point, err := private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, fmt.Errorf("take the public half of a DPoP key: %w", err)
	}
	number, err := private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("write a DPoP key: %w", err)
	}
	jwk := curveJWK(point[1:1+coordinate], point[1+coordinate:])
	return &Key{
		private:    private,
		text:       encode(number),
		header:     encode([]byte(`{"typ":"` + proofType + `","alg":"` + Algorithm + `","jwk":` + jwk + `}`)),
		thumbprint: hashed(jwk),
	}, nil
}

// curveJWK is a public key on P-256 as RFC 7638 section 3 hashes it.
func curveJWK(x, y []byte) string {
	return `{"crv":"P-256","kty":"EC","x":"` + encode(x) + `","y":"` + encode(y) + `"}`
}

// Reveal returns the key itself for ParseKey, 43 characters of base64url, empty for nil:
// keep it sealed.
func (k *Key) Reveal() string {
	if k == nil {
		return ""
	}
	return k.text
}

// Thumbprint names the public half (RFC 7638): the jkt of tokens that are bound to it.
func (k *Key) Thumbprint() string { return k.thumbprint }

// sign returns the JWS of claims, a JSON object.
func (k *Key) sign(claims []byte) (string, error) {
	input := k.header + "." + encode(claims)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign a DPoP proof: %w", err)
	}
	var signature [2 * coordinate]byte
	r.FillBytes(signature[:coordinate])
	s.FillBytes(signature[coordinate:])
	return input + "." + encode(signature[:]), nil
}

// Format implements [fmt.Formatter] for all verbs.
func (k *Key) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// LogValue implements [slog.LogValuer].
func (k *Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], which encoding/json uses too.
func (k *Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// hashed is what RFC 9449 and RFC 7638 have of a text: its SHA-256, base64url.
func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return encode(hash[:])
}
