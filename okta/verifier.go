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
	"maps"
	"net/http"
	"strings"
	"time"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"
	"github.com/okta/okta-jwt-verifier-golang/v2/adaptors"
	"github.com/okta/okta-jwt-verifier-golang/v2/utils"

	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/okta/shared"
)

// leeway is how far Okta's clock and ours may be apart, the default of Okta's
// own verifier.
const leeway = 2 * time.Minute

// verifier has Okta's verifier judge the tokens of one issuer.
type verifier struct {
	okta *jwtverifier.JwtVerifier
	keys *shared.Document[keySet]
	now  func() time.Time

	headers headers
}

// newVerifier sets Okta's verifier up once. Its two hooks are taken over: the
// keys are ours (see keyFor), so the Adaptor of each verification holds just the
// one key that may have signed the token; and the metadata is not fetched a second
// time, because the only thing the verifier wants of it is the key set's address,
// which the Adaptor ignores.
func newVerifier(issuer string, client *http.Client, keys *shared.Document[keySet], now func() time.Time) (*verifier, error) {
	v := &jwtverifier.JwtVerifier{
		Issuer:  issuer,
		Client:  client,
		Adaptor: &signedToken{},
		Cache: func(func(string) (any, error), time.Duration, time.Duration) (utils.Cacher, error) {
			return noMetadata{"jwks_uri": ""}, nil
		},
	}
	made, err := v.New()
	if err != nil {
		return nil, err
	}
	made.SetLeeway(leeway.String())
	return &verifier{okta: made, keys: keys, now: now}, nil
}

type noMetadata map[string]any

func (m noMetadata) Get(string) (any, error) { return map[string]any(m), nil }

// tokenKind says which of the verifier's two judgements a token needs and which
// header types it may carry, as joseHeader has them.
type tokenKind struct {
	name  string
	types []string
	judge func(*jwtverifier.JwtVerifier, string) (*jwtverifier.Jwt, error)
}

var (
	idToken = tokenKind{"ID token", []string{"", "jwt"}, (*jwtverifier.JwtVerifier).VerifyIdToken}
	// accessToken: RFC 9068 section 2.1 for "at+jwt"; Okta sends no typ at all.
	accessToken = tokenKind{"access token", []string{"", "jwt", "at+jwt"}, (*jwtverifier.JwtVerifier).VerifyAccessToken}
)

// verified is what a token says that Okta's verifier has accepted.
type verified struct {
	header joseHeader
	claims map[string]any
	keys   *keySet // the set with the key that verified it
}

// verify returns what raw says if Okta's verifier accepts it with the expected
// claims. The verifier is shown the token exactly as it came, with one exception:
// see shown. Beyond the verifier, tokens of another kind (header typ), tokens with
// critical extensions and such as are not valid yet are refused. Errors are
// ErrBadToken, or ErrUnreachable and ErrUntrusted if the keys were needed and could
// not be had.
func (v *verifier) verify(ctx context.Context, kind tokenKind, raw string, expected map[string]string) (verified, error) {
	header, err := v.headers.of(raw)
	if err != nil {
		return verified{}, badToken("%s: %w", kind.name, err)
	}
	if err := header.check(kind.types); err != nil {
		return verified{}, badToken("%s: %w", kind.name, err)
	}
	key, set, err := keyFor(ctx, v.keys, header.KeyID)
	if err != nil {
		return verified{}, err
	}

	token := &signedToken{raw: raw, key: key}
	judge := *v.okta
	judge.Adaptor = token
	judge.ClaimsToValidate = expected
	if widened := v.widened(); widened != leeway {
		judge.SetLeeway(widened.String())
	}
	if _, err := kind.judge(&judge, shown(raw, header)); err != nil {
		return verified{}, badToken("%s: %w", kind.name, withoutNonce(err))
	}
	if err := checkTimes(token.claims, v.now()); err != nil {
		return verified{}, badToken("%s: %w", kind.name, err)
	}
	return verified{header: header, claims: token.claims, keys: set}, nil
}

// shown is what Okta's verifier is shown of a token: all of it, as it came. Only
// a token without a kid, which the verifier refuses although there is but one key
// (see find), is shown with the header {"alg":"RS256","kid":"only"} in place of its
// own, and with its own payload and signature. The signature is checked over the
// token as it came all the same.
func shown(raw string, h joseHeader) string {
	if h.KeyID != "" {
		return raw
	}
	_, rest, _ := strings.Cut(raw, ".")
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"only"}`)) + "." + rest
}

// widened is the verifier's leeway widened by what our clock differs from the
// machine's, which it always reads. checkTimes then applies the real rule.
func (v *verifier) widened() time.Duration {
	return leeway + time.Until(v.now()).Abs().Round(time.Second)
}

// signedToken is the verifier's Adaptor for one token: it checks the signature
// of raw with key and keeps the claims.
type signedToken struct {
	raw    string
	key    *rsa.PublicKey
	claims map[string]any
}

var _ adaptors.Adaptor = (*signedToken)(nil)

func (t *signedToken) New() (adaptors.Adaptor, error) { return t, nil }

// Decode checks the signature, which is RS256 (RFC 7518 section 3.3) because
// nothing else gets here, and returns the claims as map[string]any; the verifier
// would panic on anything else. It wants exp and iat as float64 and so gets a copy
// with those. The JOSE library would take as long again as the signature.
func (t *signedToken) Decode(string, string) (any, error) {
	end := strings.LastIndexByte(t.raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(t.raw[end+1:])
	if err != nil {
		return nil, errors.New("the signature is not base64url")
	}
	digest := sha256.Sum256([]byte(t.raw[:end]))
	if rsa.VerifyPKCS1v15(t.key, crypto.SHA256, digest[:], signature) != nil {
		return nil, errors.New("the signature is wrong")
	}
	if t.claims, err = decodePayload(t.raw); err != nil {
		return nil, err
	}
	judged := maps.Clone(t.claims)
	for _, name := range []string{"exp", "iat"} {
		if number, ok := judged[name].(json.Number); ok {
			if judged[name], err = number.Float64(); err != nil {
				return nil, fmt.Errorf("%s is beyond any number", name)
			}
		}
	}
	return judged, nil
}

// withoutNonce drops the sentence with which the verifier quotes both nonces:
// errors are logged.
func withoutNonce(err error) error {
	says, _, _ := strings.Cut(err.Error(), ". nonce: ")
	return errors.New(oktahttp.OneLine(says, maxDescription))
}

// checkTimes applies exp, iat and nbf by this app's clock.
func checkTimes(claims map[string]any, now time.Time) error {
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
