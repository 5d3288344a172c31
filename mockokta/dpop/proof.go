// Package dpop judges proofs of possession (RFC 9449) as Okta does, at the token endpoint and at resources.
package dpop

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const (
	maxAge = 5 * time.Minute // how old a proof may be
	ahead  = time.Minute     // how far its clock may be ahead
)

// Proof is a proof that is good for the request it came with, but for its nonce, its id and its access token.
type Proof struct {
	Thumbprint string // of its key (RFC 7638)
	ID         string // jti
	Nonce      string
	TokenHash  string    // ath
	Dies       time.Time // when it is too old
}

// proofClaims are the claims of a proof.
type proofClaims struct {
	Method    string   `json:"htm"`
	URL       string   `json:"htu"`
	Issued    *float64 `json:"iat"`
	Expires   *float64 `json:"exp"`
	ID        string   `json:"jti"`
	Nonce     string   `json:"nonce"`
	TokenHash string   `json:"ath"`
}

func invalid(description string) *wire.OAuthError {
	return wire.BadRequest("invalid_dpop_proof", description)
}

// Read reads the proof of a request to the URL target, whose query and fragment do not count.
func Read(r *http.Request, target string, now time.Time) (Proof, *wire.OAuthError) {
	values := r.Header.Values("DPoP")
	switch {
	case len(values) == 0:
		return Proof{}, invalid("The DPoP proof JWT header is missing.")
	case len(values) > 1:
		return Proof{}, invalid("Multiple DPoP proof JWT headers are not allowed.")
	}
	payload, key, fault := verify(values[0])
	if fault != nil {
		return Proof{}, fault
	}
	var claims proofClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return Proof{}, invalid("The DPoP proof JWT cannot be parsed.")
	}
	switch {
	case claims.Method != r.Method:
		return Proof{}, invalid("'htm' claim in the DPoP proof JWT is invalid.")
	case !sameURL(claims.URL, target):
		return Proof{}, invalid("'htu' claim in the DPoP proof JWT is invalid.")
	case claims.Issued == nil:
		return Proof{}, invalid("'iat' claim in the DPoP proof JWT is invalid.")
	}
	issued := time.Unix(int64(*claims.Issued), 0)
	switch {
	case issued.After(now.Add(ahead)):
		return Proof{}, invalid("The DPoP proof JWT is issued in the future.")
	case now.Sub(issued) > maxAge:
		return Proof{}, invalid("The DPoP proof JWT is issued more than five minutes in the past.")
	case claims.Expires != nil && !now.Before(time.Unix(int64(*claims.Expires), 0)):
		return Proof{}, invalid("The DPoP proof JWT is expired.")
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return Proof{}, invalid("The DPoP proof JWT is invalid.")
	}
	return Proof{base64.RawURLEncoding.EncodeToString(thumbprint), claims.ID, claims.Nonce, claims.TokenHash, issued.Add(maxAge + time.Second)}, nil
}

// verify checks a proof's header and signature.
func verify(raw string) (payload []byte, key jwk.Key, fault *wire.OAuthError) {
	if strings.Count(raw, ".") != 2 {
		return nil, nil, invalid("The DPoP proof JWT cannot be parsed.")
	}
	message, err := jws.ParseString(raw)
	if err != nil || len(message.Signatures()) != 1 {
		return nil, nil, invalid("The DPoP proof JWT cannot be parsed.")
	}
	header := message.Signatures()[0].ProtectedHeaders()
	if header.Type() != "dpop+jwt" {
		return nil, nil, invalid("'typ' must be 'dpop+jwt' in the DPoP proof JWT.")
	}
	if !slices.Contains(state.KeyAlgorithms(), header.Algorithm().String()) {
		return nil, nil, invalid("The DPoP proof JWT signature algorithm is invalid.")
	}
	key = header.JWK()
	if key == nil || key.KeyType() == jwa.OctetSeq {
		return nil, nil, invalid("The DPoP proof JWT is invalid.")
	}
	if private, err := jwk.IsPrivateKey(key); err != nil || private {
		return nil, nil, invalid("The DPoP proof JWT is invalid.")
	}
	if !signs(header.Algorithm(), key) {
		return nil, nil, invalid("The DPoP proof JWT signature algorithm is invalid.")
	}
	payload, err = jws.Verify([]byte(raw), jws.WithKey(header.Algorithm(), key))
	if err != nil {
		return nil, nil, invalid("The DPoP proof JWT signature is invalid.")
	}
	return payload, key, nil
}

// signs says whether a key is of the kind that an algorithm takes.
func signs(alg jwa.SignatureAlgorithm, key jwk.Key) bool {
	switch key := key.(type) {
	case jwk.RSAPublicKey:
		return strings.HasPrefix(alg.String(), "RS")
	case jwk.ECDSAPublicKey:
		curves := map[jwa.SignatureAlgorithm]jwa.EllipticCurveAlgorithm{jwa.ES256: jwa.P256, jwa.ES384: jwa.P384, jwa.ES512: jwa.P521}
		return curves[alg] == key.Crv()
	}
	return false
}

// sameURL compares without query and fragment, and without regard to how scheme and host are written.
func sameURL(htu, target string) bool {
	one, err := url.Parse(htu)
	if err != nil {
		return false
	}
	two, err := url.Parse(target)
	if err != nil {
		return false
	}
	return one.Scheme != "" && strings.EqualFold(one.Scheme, two.Scheme) && strings.EqualFold(hostPort(one), hostPort(two)) &&
		max(one.EscapedPath(), "/") == max(two.EscapedPath(), "/")
}

func hostPort(u *url.URL) string {
	switch {
	case u.Port() == "443" && strings.EqualFold(u.Scheme, "https"), u.Port() == "80" && strings.EqualFold(u.Scheme, "http"):
		return u.Hostname()
	}
	return u.Host
}

// HashToken is the ath claim of a proof for an access token.
func HashToken(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
