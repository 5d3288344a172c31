package okta

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
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
	v := &jwtverifier.JwtVerifier{
		Issuer:  issuer,
		Client:  client,
		Adaptor: signedToken{},
		Cache: func(func(string) (any, error), time.Duration, time.Duration) (utils.Cacher, error) {
			return noMetadata{}, nil
		},
	}
	return v.New()
}

type noMetadata struct{}

func (noMetadata) Get(string) (any, error) {
	return map[string]any{"jwks_uri": ""}, nil
}

// signedToken is the verifier's Adaptor for one token: it checks the signature
// of raw with key.
type signedToken struct {
	raw string
	key *rsa.PublicKey
}

var _ adaptors.Adaptor = signedToken{}

func (t signedToken) New() (adaptors.Adaptor, error) { return t, nil }

// Decode returns the claims as map[string]any. A payload that is not a JSON
// object is an error; the verifier itself would panic on it.
func (t signedToken) Decode(string, string) (any, error) {
	payload, err := jws.Verify([]byte(t.raw), jws.WithKey(jwa.RS256, t.key))
	if err != nil {
		return nil, errors.New("the signature is wrong")
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
// valid yet. Errors are ErrUntrusted, or ErrUnreachable if the keys were needed
// and could not be fetched.
func (rp *RelyingParty) verify(ctx context.Context, kind tokenKind, raw string, expected map[string]string) (map[string]any, error) {
	header, err := parseHeader(raw)
	if err != nil {
		return nil, untrusted("%s: %w", kind.name, err)
	}
	if err := header.check(kind); err != nil {
		return nil, untrusted("%s: %w", kind.name, err)
	}
	key, err := rp.keyFor(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}

	v := *rp.verifier
	v.Adaptor = signedToken{raw: raw, key: key}
	v.ClaimsToValidate = expected
	v.SetLeeway(rp.verifierLeeway().String())
	presented := raw
	if header.KeyID == "" {
		presented = withKeyID(raw)
	}
	token, err := kind.verify(&v, presented)
	if err != nil {
		return nil, untrusted("%s: %w", kind.name, err)
	}
	if err := rp.checkTimes(token.Claims); err != nil {
		return nil, untrusted("%s: %w", kind.name, err)
	}
	return token.Claims, nil
}

// verifierLeeway widens the verifier's leeway by what our clock differs from
// the machine's, which it always reads. checkTimes then applies the real rule.
func (rp *RelyingParty) verifierLeeway() time.Duration {
	return leeway + rp.now().Sub(time.Now()).Abs().Round(time.Second)
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
	if strings.Count(raw, ".") != 2 {
		return h, errors.New("it is not a JWT")
	}
	first, _, _ := strings.Cut(raw, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return h, errors.New("its header is not base64url")
	}
	if err := json.NewDecoder(bytes.NewReader(decoded)).Decode(&h); err != nil {
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

// withKeyID gives a token without a kid the header that Okta's verifier insists
// on. The verifier only looks at that header; the signature is checked over the
// token as it came, by signedToken.
func withKeyID(raw string) string {
	_, rest, _ := strings.Cut(raw, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"only"}`)) + "." + rest
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
