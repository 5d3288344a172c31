package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// requestClaims are the claims of a request object that are no parameters.
type requestClaims struct {
	Issuer    string   `json:"iss"`
	Audience  any      `json:"aud"`
	Expires   *float64 `json:"exp"`
	Issued    *float64 `json:"iat"`
	NotBefore *float64 `json:"nbf"`
	ID        string   `json:"jti"`
}

func invalidRequestObject(description string) *wire.OAuthError {
	return wire.BadRequest("invalid_request_object", description)
}

// RequestObject returns the parameters of an authorize request that may have come as a request object (RFC 9101). Those
// outside of it fill in what it lacks, unless the client must send one: then only those inside count.
func RequestObject(ctx context.Context, o *state.Org, as *state.AuthServer, client *state.Client, params url.Values) (url.Values, *wire.OAuthError) {
	raw := params.Get("request")
	switch {
	case raw == "" && client.RequireRequestObject:
		return nil, wire.BadRequest("invalid_request", "The client requires a signed request object.")
	case raw == "":
		return params, nil
	case params.Has("request_uri"):
		return nil, wire.BadRequest("invalid_request", "The authorize request must not contain both a request object and a request uri.")
	case o.Knobs().NoRequestObjects:
		return nil, wire.BadRequest("request_not_supported", "The authorize request object is not supported by this client.")
	}
	payload, fault := verifyRequestObject(ctx, o, client, raw)
	if fault != nil {
		return nil, fault
	}
	var claims requestClaims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, invalidRequestObject("The request object cannot be parsed.")
	}
	if fault := checkRequestClaims(o, as, client, claims); fault != nil {
		return nil, fault
	}
	return mergeParameters(client, payload, params)
}

// verifyRequestObject checks a request object's signature and returns its claims.
func verifyRequestObject(ctx context.Context, o *state.Org, client *state.Client, raw string) ([]byte, *wire.OAuthError) {
	message, err := jws.ParseString(raw)
	if err != nil || strings.Count(raw, ".") != 2 || len(message.Signatures()) != 1 {
		return nil, invalidRequestObject("The request object cannot be parsed.")
	}
	header := message.Signatures()[0].ProtectedHeaders()
	alg := header.Algorithm()
	if client.RequestObjectAlg != "" && alg.String() != client.RequestObjectAlg {
		return nil, invalidRequestObject("The signing algorithm used is not supported by this client.")
	}
	key, fault := requestObjectKey(ctx, o, client, alg, header.KeyID())
	if fault != nil {
		return nil, fault
	}
	payload, err := jws.Verify([]byte(raw), jws.WithKey(alg, key))
	if err != nil {
		return nil, invalidRequestObject("The signature of the request object is invalid.")
	}
	return payload, nil
}

// requestObjectKey returns what verifies a client's request object.
func requestObjectKey(ctx context.Context, o *state.Org, client *state.Client, alg jwa.SignatureAlgorithm, kid string) (any, *wire.OAuthError) {
	switch {
	case slices.Contains(state.SecretAlgorithms(), alg.String()) && client.Secret == "":
		return nil, wire.BadRequest("request_not_supported", "The issuer of the request object does not have a client secret.")
	case slices.Contains(state.SecretAlgorithms(), alg.String()) && len(client.Secret) < 32:
		return nil, invalidRequestObject("The JWT signature secret length is too short.")
	case slices.Contains(state.SecretAlgorithms(), alg.String()):
		return []byte(client.Secret), nil
	case !slices.Contains(state.KeyAlgorithms(), alg.String()):
		return nil, invalidRequestObject("The JWT signature algorithm of the request object is invalid.")
	}
	key, err := clientKey(ctx, o, client, kid)
	switch {
	case errors.Is(err, errNoClientKeys):
		return nil, invalidClient("The client does not have a JWKSet configured, but the request object requires one.")
	case errors.Is(err, errKeysAway):
		return nil, invalidClient("Error retrieving the client JWKSet from jwks_uri.")
	case errors.Is(err, errKeyID):
		return nil, invalidRequestObject("The JWT kid of the request object is invalid.")
	case err != nil:
		return nil, invalidRequestObject("The client JWKSet is invalid.")
	case key.KeyUsage() != "" && key.KeyUsage() != "sig":
		return nil, invalidRequestObject("The request object needs to be signed using a signing key.")
	case !takes(key, alg):
		return nil, invalidRequestObject("The JWT signature algorithm of the request object is invalid.")
	}
	return key, nil
}

func checkRequestClaims(o *state.Org, as *state.AuthServer, client *state.Client, claims requestClaims) *wire.OAuthError {
	now := o.Now()
	at := func(seconds *float64) time.Time { return time.Unix(int64(*seconds), 0) }
	switch {
	case claims.Issuer != client.ID:
		return &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "The issuer of the request object is invalid."}
	case !audienceHas(claims.Audience, as.Issuer):
		return invalidRequestObject("The audience of the request object is invalid.")
	case claims.Expires != nil && !now.Before(at(claims.Expires)):
		return invalidRequestObject("The request object is expired.")
	case claims.Expires != nil && at(claims.Expires).After(now.Add(time.Hour)):
		return invalidRequestObject("The request object expires too far in the future.")
	case claims.Issued != nil && at(claims.Issued).After(now.Add(time.Minute)):
		return invalidRequestObject("The request object is issued in the future.")
	case claims.NotBefore != nil && at(claims.NotBefore).After(now.Add(time.Minute)):
		return invalidRequestObject("The request object is issued too early.")
	}
	until := now.Add(time.Hour)
	if claims.Expires != nil {
		until = at(claims.Expires)
	}
	if claims.ID != "" && !o.RequestIDs.PutNew(client.ID+" "+claims.ID, struct{}{}, until) {
		return invalidRequestObject("The request object has already been used.")
	}
	return nil
}

// mayRepeat are the parameters that may stand outside of a request object too. Those inside count.
var mayRepeat = []string{"client_id", "state", "nonce", "code_challenge", "code_challenge_method"}

// mergeParameters makes parameters of a request object's claims and those outside of it.
func mergeParameters(client *state.Client, payload []byte, outside url.Values) (url.Values, *wire.OAuthError) {
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, invalidRequestObject("The request object cannot be parsed.")
	}
	merged := url.Values{}
	for name, value := range claims {
		if !slices.Contains([]string{"iss", "aud", "exp", "iat", "nbf", "jti", "sub"}, name) {
			merged[name] = asParameters(value)
		}
	}
	if merged.Has("request") || merged.Has("request_uri") || merged.Has("client_id") && merged.Get("client_id") != client.ID {
		return nil, invalidRequestObject("The authorize request object is invalid.")
	}
	if client.RequireRequestObject {
		merged.Set("client_id", client.ID)
		return merged, nil
	}
	var repeated []string
	for name, values := range outside {
		switch {
		case name == "request":
		case !merged.Has(name):
			merged[name] = values
		case !slices.Contains(mayRepeat, name):
			repeated = append(repeated, name)
		}
	}
	if repeated != nil {
		slices.Sort(repeated)
		return nil, wire.BadRequest("invalid_request", "Duplicate parameter provided in request. Duplicated parameters: ["+strings.Join(repeated, ", ")+"].")
	}
	return merged, nil
}

// asParameters writes a claim as a request has it.
func asParameters(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case float64:
		return []string{strconv.FormatFloat(value, 'f', -1, 64)}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, asParameters(one)...)
		}
		return all
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return []string{string(text)}
}
