package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionClaims are the claims of a client_assertion.
type assertionClaims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience any      `json:"aud"`
	Expires  *float64 `json:"exp"`
	Issued   *float64 `json:"iat"`
	ID       string   `json:"jti"`
}

// checkAssertion is client_secret_jwt and private_key_jwt.
func checkAssertion(ctx context.Context, o *state.Org, form url.Values, endpoint string) (client *state.Client, method string, fault *wire.OAuthError) {
	if form.Get("client_assertion_type") != assertionType {
		return nil, "", wire.BadRequest("invalid_request", "The client_assertion_type is invalid.")
	}
	raw := form.Get("client_assertion")
	message, err := jws.ParseString(raw)
	if err != nil || len(message.Signatures()) != 1 {
		return nil, "", invalidClient("The parsing of the client_assertion failed.")
	}
	var claims assertionClaims
	if err := json.Unmarshal(message.Payload(), &claims); err != nil {
		return nil, "", invalidClient("The parsing of the client_assertion failed.")
	}
	client = o.Client(claims.Issuer)
	if client == nil {
		return nil, "", invalidClient("The issuer claim for client_assertion is not a valid client_id.")
	}
	header := message.Signatures()[0].ProtectedHeaders()
	alg := header.Algorithm()
	method = "private_key_jwt"
	if strings.HasPrefix(alg.String(), "HS") {
		method = "client_secret_jwt"
	}
	key, fault := assertionKey(ctx, o, client, alg, header.KeyID())
	if fault != nil {
		return nil, "", fault
	}
	if _, err := jws.Verify([]byte(raw), jws.WithKey(alg, key)); err != nil {
		return nil, "", invalidClient("The client_assertion signature is invalid.")
	}
	if fault := checkAssertionClaims(o, claims, endpoint); fault != nil {
		return nil, "", fault
	}
	return client, method, nil
}

// assertionKey returns what verifies a client's assertion with this algorithm and kid.
func assertionKey(ctx context.Context, o *state.Org, c *state.Client, alg jwa.SignatureAlgorithm, kid string) (any, *wire.OAuthError) {
	switch alg {
	case jwa.HS256, jwa.HS384, jwa.HS512:
		if c.Secret == "" {
			return nil, invalidClient("The issuer and subject claim for client_assertion is invalid because the client does not have a client secret.")
		}
		if len(c.Secret) < 32 {
			return nil, invalidClient("The client secret is too short to verify a JWT HMAC.")
		}
		return []byte(c.Secret), nil
	case jwa.RS256, jwa.RS384, jwa.RS512, jwa.ES256, jwa.ES384, jwa.ES512:
		key, err := clientKey(ctx, o, c, kid)
		switch {
		case errors.Is(err, errNoClientKeys):
			return nil, invalidClient("The client does not have a JWKSet configured, but the client_assertion requires one.")
		case errors.Is(err, errKeysAway):
			return nil, invalidClient("Error retrieving the client JWKSet from jwks_uri.")
		case errors.Is(err, errKeyID):
			return nil, invalidClient("The client_assertion JWT kid is invalid.")
		case err != nil:
			return nil, invalidClient("The client JWKSet is invalid.")
		case key.KeyUsage() != "" && key.KeyUsage() != "sig":
			return nil, invalidClient("The client_assertion JWT needs to be signed using a signing key.")
		case takes(key, alg):
			return key, nil
		}
	}
	return nil, invalidClient("The client_assertion JWT signature algorithm is invalid.")
}

func checkAssertionClaims(o *state.Org, claims assertionClaims, endpoint string) *wire.OAuthError {
	now := o.Now()
	if claims.Subject != claims.Issuer {
		return invalidClient("The subject claim for client_assertion is not a valid client_id.")
	}
	if !audienceHas(claims.Audience, endpoint) {
		return invalidClient("The audience claim for client_assertion must be the endpoint invoked for the request.")
	}
	if claims.Expires == nil {
		return invalidClient("The client_assertion must contain the 'exp' claim as seconds since epoch.")
	}
	expires := time.Unix(int64(*claims.Expires), 0)
	switch {
	case !now.Before(expires):
		return invalidClient("The client_assertion token is expired.")
	case expires.After(now.Add(time.Hour)):
		return invalidClient("The client_assertion token has an expiration too far into the future.")
	case claims.Issued != nil && time.Unix(int64(*claims.Issued), 0).After(now.Add(time.Minute)):
		return invalidClient("The client_assertion token must be issued before the current time.")
	case claims.ID != "" && !o.AssertionIDs.PutNew(claims.Issuer+" "+claims.ID, struct{}{}, expires):
		return invalidClient("The client_assertion token has already been used.")
	}
	return nil
}

func audienceHas(aud any, want string) bool {
	switch aud := aud.(type) {
	case string:
		return aud == want
	case []any:
		for _, one := range aud {
			if one == want {
				return true
			}
		}
	}
	return false
}
