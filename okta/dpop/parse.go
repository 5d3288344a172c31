package dpop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Algorithms are what a proof may be signed with, as challenges have them (RFC 9449
// section 7.1): no symmetric ones, and none.
const Algorithms = "ES256 PS256 RS256"

const (
	// maxProof bounds a proof in bytes before any work is done on it. One with an RSA key
	// of 4,096 bits has about 2,300.
	maxProof = 4 << 10
	// The size of RSA keys in bits: RFC 7518 section 3.3 forbids less, and more would only
	// cost.
	minModulus, maxModulus = 2048, 4096
	// maxExponent is in bytes. Everybody's is 65537, three of them.
	maxExponent = 3
)

// parsed is a proof taken apart, of which nothing is verified.
type parsed struct {
	algorithm  string
	key        any // *ecdsa.PublicKey or *rsa.PublicKey
	thumbprint string
	claims     map[string]any
	input      string // that is signed
	signature  []byte
}

// parse takes a proof apart. Anything out of the ordinary is an error: another type, an
// algorithm not among Algorithms, critical extensions, a key that is private, does not
// fit the algorithm, or is of another size.
func parse(proof string) (*parsed, error) {
	if len(proof) > maxProof {
		return nil, fmt.Errorf("it is over %d bytes", maxProof)
	}
	parts := strings.Split(proof, ".")
	if len(parts) != 3 {
		return nil, errors.New("it is not a JWT")
	}
	var header map[string]json.RawMessage
	if err := decodeObject(parts[0], &header); err != nil {
		return nil, fmt.Errorf("its header %w", err)
	}
	p := &parsed{input: parts[0] + "." + parts[1]}
	if typ := text(header["typ"]); typ != proofType {
		return nil, errors.New("its typ is not " + proofType)
	}
	if _, critical := header["crit"]; critical {
		return nil, errors.New("it has a critical header that is not understood")
	}
	p.algorithm = text(header["alg"])
	var err error
	if p.key, p.thumbprint, err = parsePublic(header["jwk"], p.algorithm); err != nil {
		return nil, err
	}
	if err := decodeObject(parts[1], &p.claims); err != nil {
		return nil, fmt.Errorf("its payload %w", err)
	}
	if p.signature, err = base64.RawURLEncoding.Strict().DecodeString(parts[2]); err != nil {
		return nil, errors.New("its signature is not base64url")
	}
	return p, nil
}

// decodeObject decodes one part of a JWT, a JSON object, into a map: a struct would take
// ALG for alg.
func decodeObject[V any](part string, object *map[string]V) error {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil || strings.ContainsAny(part, "\r\n") { // which base64 would pass over
		return errors.New("is not base64url")
	}
	if err := json.Unmarshal(decoded, object); err != nil || *object == nil {
		return errors.New("is not a JSON object")
	}
	return nil
}

// text is a JSON string, empty for anything else.
func text(raw json.RawMessage) string {
	var value string
	_ = json.Unmarshal(raw, &value)
	return value
}

// private are the members of a JWK that hold a secret (RFC 7518 section 6).
var private = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// parsePublic reads the key of a proof that is signed with algorithm, and its thumbprint
// (RFC 7638).
func parsePublic(raw json.RawMessage, algorithm string) (key any, thumbprint string, err error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return nil, "", errors.New("it has no jwk")
	}
	for _, name := range private {
		if _, held := members[name]; held {
			return nil, "", errors.New("its jwk is private")
		}
	}
	number := func(name string) []byte {
		decoded, _ := base64.RawURLEncoding.Strict().DecodeString(text(members[name]))
		return decoded
	}
	switch algorithm {
	case Algorithm:
		if text(members["kty"]) != "EC" || text(members["crv"]) != "P-256" {
			return nil, "", errors.New("its jwk is not on P-256")
		}
		return curveKey(number("x"), number("y"))
	case "PS256", "RS256":
		if text(members["kty"]) != "RSA" {
			return nil, "", errors.New("its jwk is not of RSA")
		}
		return modulusKey(number("n"), number("e"))
	default:
		return nil, "", errors.New("it is not signed with " + strings.ReplaceAll(Algorithms, " ", " or "))
	}
}

func curveKey(x, y []byte) (*ecdsa.PublicKey, string, error) {
	if len(x) != coordinate || len(y) != coordinate {
		return nil, "", errors.New("its jwk is not on P-256")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil, "", errors.New("its jwk is not on P-256")
	}
	return key, hashed(curveJWK(x, y)), nil
}

func modulusKey(n, e []byte) (*rsa.PublicKey, string, error) {
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	if bits := key.N.BitLen(); bits < minModulus || bits > maxModulus {
		return nil, "", fmt.Errorf("its jwk has %d bits, may have %d to %d", bits, minModulus, maxModulus)
	}
	if len(e) > maxExponent {
		return nil, "", errors.New("its jwk has too great an exponent")
	}
	key.E = int(new(big.Int).SetBytes(e).Int64())
	jwk := `{"e":"` + encode(big.NewInt(int64(key.E)).Bytes()) + `","kty":"RSA","n":"` + encode(key.N.Bytes()) + `"}`
	return key, hashed(jwk), nil
}

// signed reports whether the proof's own key has signed it.
func (p *parsed) signed() bool {
	digest := sha256.Sum256([]byte(p.input))
	switch key := p.key.(type) {
	case *ecdsa.PublicKey:
		if len(p.signature) != 2*coordinate {
			return false
		}
		r, s := new(big.Int).SetBytes(p.signature[:coordinate]), new(big.Int).SetBytes(p.signature[coordinate:])
		return ecdsa.Verify(key, digest[:], r, s)
	case *rsa.PublicKey:
		if p.algorithm == "PS256" {
			return rsa.VerifyPSS(key, crypto.SHA256, digest[:], p.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], p.signature) == nil
	}
	return false
}
