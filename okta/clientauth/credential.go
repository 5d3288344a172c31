// Package clientauth is how this app proves to an authorization server that it is the
// client.
package clientauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	// assertionLifetime outlasts the two minutes that the clocks may be apart, and little
	// more.
	assertionLifetime = 3 * time.Minute

	privateKeyJWT = "private_key_jwt"
)

// Credential is how this app proves to Okta that it is the client: with a secret, or
// with a key (private_key_jwt, RFC 7523 section 2.2). It is safe for concurrent use.
type Credential struct {
	id     string
	secret config.Secret
	other  config.Secret // of two secrets, while one is being replaced; perhaps not set
	key    jwk.Key       // nil: the secret it is
	public []byte        // the public halves of all keys as a JWK set; nil without a key
	issuer string        // the authorization server
	okta   bool          // by the shape of issuer
	now    func() time.Time
}

// New returns the one that cfg has: the first of its ClientKeys, or else its
// ClientSecret, with OtherClientSecret as Other's. now is the clock of assertions.
func New(cfg config.Config, now func() time.Time) (*Credential, error) {
	c := &Credential{id: cfg.ClientID, secret: cfg.ClientSecret, other: cfg.OtherClientSecret, issuer: cfg.Issuer, okta: cfg.OktaShaped(), now: now}
	if !cfg.ClientKeys.IsSet() {
		return c, nil
	}
	private, err := jwk.ParseString(cfg.ClientKeys.Reveal())
	if err != nil {
		return nil, fmt.Errorf("read the client keys: they are not the JWK set that settings hold")
	}
	key, ok := private.Key(0)
	if !ok {
		return nil, fmt.Errorf("read the client keys: there is none")
	}
	c.key = key
	public, err := jwk.PublicSetOf(private)
	if err != nil {
		return nil, fmt.Errorf("take the public halves of the client keys: %w", err)
	}
	for i := range public.Len() {
		key, _ := public.Key(i)
		if err := key.Set(jwk.KeyUsageKey, jwk.ForSignature); err != nil {
			return nil, fmt.Errorf("publish a client key: %w", err)
		}
	}
	c.public, err = json.Marshal(public)
	return c, err
}

// Other is the same with its two secrets in the other order, to be tried where Okta says
// invalid_client; nil where there is one secret, or a key.
func (c *Credential) Other() *Credential {
	if c.key != nil || !c.other.IsSet() {
		return nil
	}
	other := *c
	other.secret, other.other = c.other, c.secret
	return &other
}

// Endpoint is one of Okta's that this app authenticates at, and what the metadata
// say of how.
type Endpoint struct {
	Name       string // one word, for those who count
	Address    string
	Methods    []string // empty: the metadata are silent
	Algorithms []string // for private_key_jwt; empty: the metadata are silent
}

// Request is a POST of form, which it adds to, to e, with what proves whose it is. It
// returns ErrUntrusted where e takes no signature of this key.
func (c *Credential) Request(ctx context.Context, e Endpoint, form url.Values) (*http.Request, error) {
	basic := c.key == nil && !secretInForm(e.Methods)
	switch {
	case basic:
	case c.key == nil:
		form.Set("client_id", c.id)
		form.Set("client_secret", c.secret.Reveal())
	default:
		assertion, err := c.assertion(e)
		if err != nil {
			return nil, err
		}
		form.Set("client_id", c.id)
		form.Set("client_assertion_type", assertionType)
		form.Set("client_assertion", assertion)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic { // RFC 6749 section 2.3.1: both are form-encoded first
		req.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(c.secret.Reveal()))
	}
	return req, nil
}

// assertion is a fresh one for endpoint e. Its audience is the Endpoint at Okta, as
// Okta demands, and else the issuer, as FAPI 2.0 does (section 5.3.3.1). Okta it is where
// the issuer and, by the metadata, the endpoint have the shape of Okta's.
func (c *Credential) assertion(e Endpoint) (string, error) {
	algorithm, ok := signingAlgorithm(c.key, e.Algorithms)
	if !ok {
		return "", c.errAlgorithm(e)
	}
	audience := c.issuer
	if c.okta && atOkta(e.Address) {
		audience = e.Address
	}
	now := c.now()
	signed, err := c.sign(algorithm, "JWT", map[string]any{
		"iss": c.id, "sub": c.id, "aud": audience, "jti": unique(), "iat": now.Unix(), "exp": now.Add(assertionLifetime).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("make the client assertion: %w", err)
	}
	return signed, nil
}

// oktaPath is that of an endpoint of an org's own authorization server, or of a custom one.
var oktaPath = regexp.MustCompile(`^/oauth2/([A-Za-z0-9_-]+/)?v1/[a-z]+$`)

func atOkta(address string) bool {
	u, err := url.Parse(address)
	return err == nil && oktaPath.MatchString(u.Path)
}

// sign returns claims as a JWT of the type typ that names this key.
func (c *Credential) sign(algorithm jwa.SignatureAlgorithm, typ string, claims map[string]any) (string, error) {
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	header := jws.NewHeaders()
	if err := errors.Join(header.Set(jws.KeyIDKey, c.key.KeyID()), header.Set(jws.TypeKey, typ)); err != nil {
		return "", err
	}
	signed, err := jws.Sign(payload, jws.WithKey(algorithm, c.key, jws.WithProtectedHeaders(header)))
	return string(signed), err
}

// signingAlgorithm is the key's own or the first that fits its kind, if it is among
// offered. Nothing offered means that the server says nothing.
func signingAlgorithm(key jwk.Key, offered []string) (jwa.SignatureAlgorithm, bool) {
	fitting := []jwa.SignatureAlgorithm{jwa.RS256, jwa.PS256}
	if key.KeyType() == jwa.EC {
		fitting = []jwa.SignatureAlgorithm{jwa.ES256}
	}
	if own := key.Algorithm().String(); own != "" {
		fitting = []jwa.SignatureAlgorithm{jwa.SignatureAlgorithm(own)}
	}
	for _, algorithm := range fitting {
		if len(offered) == 0 || slices.Contains(offered, algorithm.String()) {
			return algorithm, true
		}
	}
	return "", false
}

// Check says why this credential can't work at endpoint e.
func (c *Credential) Check(e Endpoint) error {
	if c.key == nil {
		return nil
	}
	if len(e.Methods) > 0 && !slices.Contains(e.Methods, privateKeyJWT) {
		return oktahttp.Untrusted("OKTA_OAUTH2_CLIENT_KEY is set, but by its metadata the authorization server takes no %s: use OKTA_OAUTH2_CLIENT_SECRET, which at Okta goes with Client authentication: Client secret", privateKeyJWT)
	}
	if _, ok := signingAlgorithm(c.key, e.Algorithms); !ok {
		return c.errAlgorithm(e)
	}
	return nil
}

func (c *Credential) errAlgorithm(e Endpoint) error {
	return oktahttp.Untrusted("OKTA_OAUTH2_CLIENT_KEY is of the type %s, but by its metadata the authorization server takes client assertions signed with %q alone: use another key",
		c.key.KeyType(), oktahttp.Quoted(strings.Join(e.Algorithms, " ")))
}

// secretInForm says how to send the client secret to an endpoint with these methods:
// by client_secret_basic, which is also the default where the metadata are silent,
// unless the server takes only client_secret_post.
func secretInForm(methods []string) bool {
	return !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post")
}

// unique is 256 random bits. crypto/rand never fails (Go 1.24).
func unique() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// PublicKeys is the JWK set of this client's public keys, for the server to fetch (RFC
// 7517). ok is false where the client has a secret in place of a key.
func (c *Credential) PublicKeys() (document []byte, ok bool) { return c.public, c.public != nil }
