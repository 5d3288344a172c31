package oauth

import (
	"crypto/ecdsa"
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// errClientAuth is the answer where nothing more exact fits.
var errClientAuth = invalidClient("Client authentication failed. Either the client or the client credentials are invalid.")

func invalidClient(description string) *wire.OAuthError {
	return &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_client", Description: description}
}

// ReadForm reads the form of a back-channel endpoint and refuses credentials in the query and duplicates. It
// answers itself when something is wrong.
func ReadForm(o *state.Org, w http.ResponseWriter, r *http.Request) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		wire.WriteAPIError(w, wire.ErrMediaType)
		return false
	}
	if err := r.ParseForm(); err != nil {
		wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "Invalid request"))
		return false
	}
	query := r.URL.Query()
	for _, name := range []string{"client_id", "client_secret", "client_assertion"} {
		if query.Has(name) {
			wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "Client credentials cannot be supplied via query parameters."))
			return false
		}
	}
	if Duplicated(r.PostForm) != nil {
		wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "The request contained multiple parameters with the same name."))
		return false
	}
	return true
}

// AuthenticateClient finds out who calls a back-channel endpoint, and by which token_endpoint_auth_method.
func AuthenticateClient(o *state.Org, r *http.Request) (client *state.Client, method string, fault *wire.OAuthError) {
	form := r.PostForm
	header := r.Header.Get("Authorization")
	inHeader, inBody, inAssertion := header != "", form.Has("client_secret"), form.Has("client_assertion")
	if inHeader && inBody || inHeader && inAssertion || inBody && inAssertion {
		return nil, "", &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_request", Description: "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body."}
	}
	switch {
	case inHeader:
		id, secret, ok := r.BasicAuth()
		if !ok {
			return nil, "", invalidClient("Found Authentication header but was not valid client credentials.")
		}
		method = "client_secret_basic"
		client, fault = checkSecret(o, formDecoded(id), formDecoded(secret))
	case inBody:
		method = "client_secret_post"
		client, fault = checkSecret(o, form.Get("client_id"), form.Get("client_secret"))
	case inAssertion:
		client, method, fault = checkAssertion(o, form, o.URL()+r.URL.Path)
	case form.Get("client_id") != "":
		method = "none"
		client, fault = checkPublic(o, form.Get("client_id"))
	default:
		fault = invalidClient("No client credentials found.")
	}
	switch {
	case fault != nil:
		return nil, "", fault
	case form.Has("client_id") && form.Get("client_id") != client.ID:
		return nil, "", invalidClient("Invalid value for 'client_id' parameter.")
	case client.AuthMethod != "" && client.AuthMethod != method:
		return nil, "", errClientAuth
	}
	return client, method, nil
}

// formDecoded undoes the encoding RFC 6749 section 2.3.1 asks for in the Authorization header.
func formDecoded(s string) string {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return decoded
}

func checkSecret(o *state.Org, id, secret string) (*state.Client, *wire.OAuthError) {
	client := o.Client(id)
	switch {
	case client == nil:
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case client.Secret == "":
		return nil, errClientAuth
	case subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) != 1:
		return nil, invalidClient("The client secret supplied for a confidential client is invalid.")
	}
	return client, nil
}

func checkPublic(o *state.Org, id string) (*state.Client, *wire.OAuthError) {
	client := o.Client(id)
	switch {
	case client == nil:
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case client.Confidential():
		return nil, errClientAuth
	}
	return client, nil
}

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
func checkAssertion(o *state.Org, form url.Values, endpoint string) (client *state.Client, method string, fault *wire.OAuthError) {
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
	alg := message.Signatures()[0].ProtectedHeaders().Algorithm()
	method = "private_key_jwt"
	if strings.HasPrefix(alg.String(), "HS") {
		method = "client_secret_jwt"
	}
	key, fault := assertionKey(client, alg)
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

// assertionKey returns what verifies a client's assertion with this algorithm.
func assertionKey(c *state.Client, alg jwa.SignatureAlgorithm) (any, *wire.OAuthError) {
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
		if c.PublicKey == nil {
			return nil, invalidClient("The client does not have a JWKSet configured, but the client_assertion requires one.")
		}
		if _, elliptic := c.PublicKey.(*ecdsa.PublicKey); elliptic == strings.HasPrefix(alg.String(), "ES") {
			return c.PublicKey, nil
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
