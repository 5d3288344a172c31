package mockokta

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// Sign makes a JWT of claims with a published key: the org server's if iss is OrgIssuer, else the custom
// server's. header changes the usual {"kid","alg"}: its members replace or join them, nil members remove them.
// The signature follows alg: RS* and PS* use the key, HS* uses the public key's PEM text as the secret (the
// classic confusion), "none" leaves it empty, anything else gets an RS256 signature.
func (o *Org) Sign(claims map[string]any, header map[string]any) string {
	return signJSON(o.ringOf(claims["iss"]).signing(), claims, header)
}

// SignRaw is Sign for any payload, also one that is no JSON object.
func (o *Org) SignRaw(payload []byte, header map[string]any) string {
	var claims struct {
		Issuer any `json:"iss"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		claims.Issuer = nil
	}
	return signWith(o.ringOf(claims.Issuer).signing(), payload, header)
}

// Forge is Sign with a key that the org never publishes, under the published key's id unless header says
// otherwise.
func (o *Org) Forge(claims map[string]any, header map[string]any) string {
	published := o.ringOf(claims["iss"]).signing()
	return signJSON(signingKey{id: published.id, private: o.unpublished.private}, claims, header)
}

func (o *Org) ringOf(issuer any) *keyring {
	if issuer == o.orgAS.issuer {
		return o.orgAS.keys
	}
	return o.custom.keys
}

// signJSON is signWith for claims. Claims that cannot be encoded come out as a string that is no JWT.
func signJSON(key signingKey, claims, header map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "claims cannot be encoded: " + err.Error()
	}
	return signWith(key, payload, header)
}

func signWith(key signingKey, payload []byte, changes map[string]any) string {
	header := map[string]any{"kid": key.id, "alg": "RS256"}
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

func signature(key signingKey, alg string, signed []byte) []byte {
	var secret any = key.private
	switch {
	case alg == "none":
		return nil
	case strings.HasPrefix(alg, "HS"):
		der, err := x509.MarshalPKIXPublicKey(key.private.Public())
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

// verify checks a JWT that one of the ring's keys signed, whatever its age, and returns its claims.
func (k *keyring) verify(raw string) (claims map[string]any, ok bool) {
	message, err := jws.ParseString(raw)
	if err != nil || len(message.Signatures()) != 1 {
		return nil, false
	}
	key, found := k.find(message.Signatures()[0].ProtectedHeaders().KeyID())
	if !found {
		return nil, false
	}
	payload, err := jws.Verify([]byte(raw), jws.WithKey(jwa.RS256, key.private.Public()))
	if err != nil {
		return nil, false
	}
	return claims, json.Unmarshal(payload, &claims) == nil && claims != nil
}

// randomID returns 256 random bits as 43 base64url characters.
func randomID() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// leftHalfHash is at_hash: the left half of the SHA-256 of a token (OpenID Connect Core 3.1.3.6).
func leftHalfHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
