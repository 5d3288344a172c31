package okta

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"
	"github.com/okta/okta-jwt-verifier-golang/v2/adaptors"
	"github.com/okta/okta-jwt-verifier-golang/v2/utils"
)

// maxToken bounds a token before any work is done on it. Okta's tokens with a
// hundred groups are about 8 KB.
const maxToken = 64 << 10

// newVerifier sets Okta's verifier up once. Its two hooks are taken over: the
// keys come from the RelyingParty (see keyFor), so the Adaptor of each
// verification holds just the one key that may have signed the token; and the
// metadata is not fetched a second time, because the only thing the verifier
// wants of it is the key set's address, which the Adaptor ignores.
func newVerifier(issuer string, client *http.Client) (*jwtverifier.JwtVerifier, error) {
	none := noMetadata{"jwks_uri": ""}
	v := &jwtverifier.JwtVerifier{
		Issuer:  issuer,
		Client:  client,
		Adaptor: signedToken{},
		Cache: func(func(string) (any, error), time.Duration, time.Duration) (utils.Cacher, error) {
			return none, nil
		},
	}
	return v.New()
}

type noMetadata map[string]any

func (m noMetadata) Get(string) (any, error) { return map[string]any(m), nil }

// signedToken is the verifier's Adaptor for one token: it checks the signature
// of raw with key.
type signedToken struct {
	raw string
	key *rsa.PublicKey
}

var _ adaptors.Adaptor = signedToken{}

func (t signedToken) New() (adaptors.Adaptor, error) { return t, nil }

// Decode checks the signature, which is RS256 (RFC 7518 section 3.3) because
// nothing else gets here, and returns the claims as map[string]any. A payload
// that is not a JSON object is an error; the verifier itself would panic on it.
// The JOSE library would take as long again as the signature.
func (t signedToken) Decode(string, string) (any, error) {
	end := strings.LastIndexByte(t.raw, '.')
	signed, encoded := t.raw[:end], t.raw[end+1:]
	signature, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("the signature is not base64url")
	}
	digest := sha256.Sum256([]byte(signed))
	if rsa.VerifyPKCS1v15(t.key, crypto.SHA256, digest[:], signature) != nil {
		return nil, errors.New("the signature is wrong")
	}
	payload, err := base64.RawURLEncoding.DecodeString(signed[strings.IndexByte(signed, '.')+1:])
	if err != nil {
		return nil, errors.New("the payload is not base64url")
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil || claims == nil {
		return nil, errors.New("the payload is not a JSON object")
	}
	return claims, nil
}

// tokenKind says which of the verifier's two judgements a token needs and which
// header types it may carry.
type tokenKind struct {
	name   string
	types  []string
	verify func(*jwtverifier.JwtVerifier, string) (*jwtverifier.Jwt, error)
}

var (
	idToken = tokenKind{"ID token", []string{"", "jwt"}, (*jwtverifier.JwtVerifier).VerifyIdToken}
	// accessToken: RFC 9068 section 2.1 for "at+jwt"; Okta sends no typ at all.
	accessToken = tokenKind{"access token", []string{"", "jwt", "at+jwt", "application/at+jwt"}, (*jwtverifier.JwtVerifier).VerifyAccessToken}
)

// verify returns the claims of raw if Okta's verifier accepts it with the
// expected claims. Beyond that it refuses tokens of another kind (header typ),
// tokens with critical extensions (RFC 7515 section 4.1.11) and such as are not
// valid yet. Errors are ErrBadToken, or ErrUnreachable and ErrUntrusted if the
// keys were needed and could not be had.
func (rp *RelyingParty) verify(ctx context.Context, kind tokenKind, raw string, expected map[string]string) (map[string]any, error) {
	header, err := parseHeader(raw)
	if err != nil {
		return nil, badToken("%s: %w", kind.name, err)
	}
	if err := header.check(kind); err != nil {
		return nil, badToken("%s: %w", kind.name, err)
	}
	key, err := rp.keyFor(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}

	v := *rp.verifier
	v.Adaptor = signedToken{raw: raw, key: key}
	v.ClaimsToValidate = expected
	v.SetLeeway(rp.verifierLeeway().String())
	token, err := kind.verify(&v, headerOf(raw, header))
	if err != nil {
		return nil, badToken("%s: %w", kind.name, withoutNonce(err))
	}
	if err := rp.checkTimes(token.Claims); err != nil {
		return nil, badToken("%s: %w", kind.name, err)
	}
	return token.Claims, nil
}

// withoutNonce drops the sentence with which the verifier quotes both nonces:
// errors are logged.
func withoutNonce(err error) error {
	says, _, _ := strings.Cut(err.Error(), ". nonce: ")
	return errors.New(says)
}

// verifierLeeway widens the verifier's leeway by what our clock differs from
// the machine's, which it always reads. checkTimes then applies the real rule.
func (rp *RelyingParty) verifierLeeway() time.Duration {
	return leeway + time.Until(rp.now()).Abs().Round(time.Second)
}

// checkTimes applies exp, iat and nbf by this app's clock.
func (rp *RelyingParty) checkTimes(claims map[string]any) error {
	now := rp.now()
	if exp, ok := numericDate(claims["exp"]); !ok || now.After(exp.Add(leeway)) {
		return errors.New("it has expired")
	}
	if iat, ok := numericDate(claims["iat"]); !ok || now.Add(leeway).Before(iat) {
		return errors.New("it was issued in the future")
	}
	nbf, present := claims["nbf"]
	if !present {
		return nil
	}
	if from, ok := numericDate(nbf); !ok || now.Add(leeway).Before(from) {
		return errors.New("it is not valid yet")
	}
	return nil
}

// numericDate reads a NumericDate (RFC 7519 section 2).
func numericDate(v any) (time.Time, bool) {
	seconds, ok := v.(float64)
	if !ok || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

type joseHeader struct {
	Algorithm string          `json:"alg"`
	KeyID     string          `json:"kid"`
	Type      string          `json:"typ"`
	Critical  json.RawMessage `json:"crit"`
}

func parseHeader(raw string) (joseHeader, error) {
	var h joseHeader
	if len(raw) > maxToken {
		return h, fmt.Errorf("it is over %d bytes", maxToken)
	}
	if strings.Count(raw, ".") != 2 || strings.ContainsAny(raw, "\r\n") { // which base64 would pass over
		return h, errors.New("it is not a JWT")
	}
	first, _, _ := strings.Cut(raw, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return h, errors.New("its header is not base64url")
	}
	if err := json.Unmarshal(decoded, &h); err != nil {
		return h, errors.New("its header is not a JSON object")
	}
	return h, nil
}

func (h joseHeader) check(kind tokenKind) error {
	if h.Algorithm != "RS256" {
		return errors.New("it is not signed with RS256")
	}
	if h.Critical != nil {
		return errors.New("it has a critical header that is not understood")
	}
	for _, accepted := range kind.types {
		if strings.EqualFold(h.Type, accepted) {
			return nil
		}
	}
	return fmt.Errorf("it is a %q token", h.Type)
}

// headerOf is what Okta's verifier is shown of a token: its header, and two words
// in place of the rest, which it takes from the Adaptor and would only match with
// a slow regular expression. A token without a kid is shown with one, because the
// verifier refuses it although there is but one key (see find).
func headerOf(raw string, h joseHeader) string {
	first, _, _ := strings.Cut(raw, ".")
	if h.KeyID == "" {
		first = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"only"}`))
	}
	return first + ".payload.signature"
}

// carriesNonce looks into a token that is not verified yet.
func carriesNonce(raw string) bool {
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	var claims struct {
		Nonce any `json:"nonce"`
	}
	return json.Unmarshal(payload, &claims) == nil && claims.Nonce != nil
}
