package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

const (
	minModulus = 2048 // bits: RFC 7518 section 3.3
	maxModulus = 8192 // bounds what one signature costs

	makeClientKey = "make one with `make key`"
)

// readClientKeys returns the private keys of OKTA_OAUTH2_CLIENT_KEY, or of the files that its _FILE
// twin lists, as [Config.ClientKeys] has them. Without any it returns "".
func readClientKeys(env map[string]string) (string, error) {
	texts, err := clientKeyTexts(env)
	if err != nil || len(texts) == 0 {
		return "", err
	}
	var set struct {
		Keys []jwk.Key `json:"keys"`
	}
	var ids []string
	for _, text := range texts {
		key, err := parseClientKey([]byte(text))
		if err != nil {
			return "", err
		}
		if slices.Contains(ids, key.KeyID()) {
			return "", invalid("has the same key twice, or two with the same kid")
		}
		ids = append(ids, key.KeyID())
		set.Keys = append(set.Keys, key)
	}
	document, err := json.Marshal(set)
	if err != nil {
		return "", invalid("cannot be written as a JWK set")
	}
	return string(document), nil
}

func clientKeyTexts(env map[string]string) ([]string, error) {
	value, paths := strings.TrimSpace(env[clientKeyName]), strings.TrimSpace(env[clientKeyName+twinSuffix])
	if quotedAtAnEnd(value) {
		return nil, invalid("begins or ends with a quote; leave out the quotes")
	}
	if paths == "" {
		return dropEmpty([]string{value}), nil
	}
	if value != "" {
		return nil, invalid("is given twice: remove it or " + clientKeyName + twinSuffix)
	}
	var texts []string
	for path := range strings.SplitSeq(paths, ",") {
		text, err := readTwin(map[string]string{clientKeyName + twinSuffix: path}, clientKeyName)
		if err != nil {
			return nil, err
		}
		if text == "" {
			return nil, invalid("names files in " + clientKeyName + twinSuffix + ", and one of the names is empty")
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// parseClientKey reads a private key in PEM or as a JWK and gives it a kid if it has none: its
// thumbprint (RFC 7638).
func parseClientKey(text []byte) (jwk.Key, error) {
	key, err := decodeClientKey(text)
	if err != nil {
		return nil, err
	}
	if err := checkClientKey(key); err != nil {
		return nil, err
	}
	if key.KeyID() == "" {
		thumbprint, err := key.Thumbprint(crypto.SHA256)
		if err != nil {
			return nil, invalid("has no thumbprint")
		}
		if err := key.Set(jwk.KeyIDKey, base64.RawURLEncoding.EncodeToString(thumbprint)); err != nil {
			return nil, invalid("takes no kid")
		}
	}
	return key, nil
}

// decodeClientKey drops the errors of the parsers, which may quote the key.
func decodeClientKey(text []byte) (jwk.Key, error) {
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		key, err := jwk.ParseKey(text)
		if err != nil {
			return nil, invalid("begins with { and so must be a JWK, a JSON object with kty and the rest of a private key")
		}
		return key, nil
	}
	block, rest := pem.Decode(text)
	if block != nil && block.Type == "EC PARAMETERS" { // openssl ecparam puts them in front
		block, rest = pem.Decode(rest)
	}
	if block == nil {
		return nil, invalid("must be a private key in PEM (PKCS#8, PKCS#1 or EC) or a JWK; " + makeClientKey)
	}
	if more, _ := pem.Decode(rest); more != nil {
		return nil, invalid("holds more than one key; put each into a file of its own and list them in " + clientKeyName + twinSuffix)
	}
	var private any
	var err error
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, invalid("is encrypted with a passphrase; give it without one")
	case block.Type == "PRIVATE KEY":
		private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case block.Type == "EC PRIVATE KEY":
		private, err = x509.ParseECPrivateKey(block.Bytes)
	default:
		return nil, invalid("must be a private key, but the PEM block is of another type, such as a public key or a certificate")
	}
	if err != nil {
		return nil, invalid("is a PEM block that cannot be read as a private key")
	}
	key, err := jwk.FromRaw(private)
	if err != nil {
		return nil, invalid("must be an RSA or a P-256 key; " + makeClientKey)
	}
	return key, nil
}

// checkClientKey refuses keys that Okta takes no signatures of, and such as do not fit together.
func checkClientKey(key jwk.Key) error {
	if use := key.KeyUsage(); use != "" && use != "sig" {
		return invalid(`must be for signatures, but its use is not "sig"`)
	}
	var raw any
	if err := key.Raw(&raw); err != nil {
		return invalid("is a JWK that cannot be read as a private key")
	}
	algorithms := []string{"", "RS256", "PS256"}
	switch private := raw.(type) {
	case *rsa.PrivateKey:
		if bits := private.N.BitLen(); bits < minModulus || bits > maxModulus {
			return invalid(fmt.Sprintf("must be an RSA key of %d to %d bits, but has %d; %s", minModulus, maxModulus, bits, makeClientKey))
		}
		if private.Validate() != nil {
			return invalid("is an RSA key whose parts do not fit together")
		}
	case *ecdsa.PrivateKey:
		if private.Curve != elliptic.P256() {
			return invalid("must be of the curve P-256, for ES256; " + makeClientKey)
		}
		algorithms = []string{"", "ES256"}
		secret, err := private.Bytes()
		if err != nil {
			return invalid("is a P-256 key that is none")
		}
		if whole, err := ecdsa.ParseRawPrivateKey(private.Curve, secret); err != nil || !whole.PublicKey.Equal(&private.PublicKey) {
			return invalid("is a P-256 key whose parts do not fit together")
		}
	default:
		return invalid("must be a private RSA or P-256 key, not a public or a symmetric one or of another kind; " + makeClientKey)
	}
	if !slices.Contains(algorithms, key.Algorithm().String()) {
		return invalid("has an alg that is none of RS256 and PS256 for an RSA key, and ES256 for one of P-256")
	}
	return nil
}
