package state

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// SignJSON signs claims with key. Claims that cannot be encoded come out as a string that is no JWT.
func SignJSON(key SigningKey, claims, header map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "claims cannot be encoded: " + err.Error()
	}
	return signWith(key, payload, header)
}

func signWith(key SigningKey, payload []byte, changes map[string]any) string {
	header := map[string]any{"kid": key.ID, "alg": "RS256"}
	for name, value := range changes {
		if value == nil {
			delete(header, name)
			continue
		}
		header[name] = value
	}
	encoded, err := json.Marshal(header)
	if err != nil {
		return "header cannot be encoded: " + err.Error()
	}
	alg, _ := header["alg"].(string)
	signed := base64.RawURLEncoding.EncodeToString(encoded) + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature(key, alg, []byte(signed)))
}

func signature(key SigningKey, alg string, signed []byte) []byte {
	var secret any = key.Private
	switch {
	case alg == "none":
		return nil
	case strings.HasPrefix(alg, "HS"):
		der, err := x509.MarshalPKIXPublicKey(key.Private.Public())
		if err != nil {
			return nil
		}
		secret = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	case !strings.HasPrefix(alg, "RS") && !strings.HasPrefix(alg, "PS"):
		alg = "RS256"
	}
	signer, err := jws.NewSigner(jwa.SignatureAlgorithm(alg))
	if err != nil {
		return nil
	}
	sig, err := signer.Sign(signed, secret)
	if err != nil {
		return nil
	}
	return sig
}

// RandomID returns 256 random bits as 43 base64url characters.
func RandomID() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HexID returns 128 random bits as 32 hexadecimal digits.
func HexID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// LeftHalfHash is at_hash: the left half of the SHA-256 of a token (OpenID Connect Core 3.1.3.6).
func LeftHalfHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
