package clientauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	requestType = "oauth-authz-req+jwt" // RFC 9101 section 10.8
	// requestLifetime is for how long a browser may be on its way to the server.
	requestLifetime = 5 * time.Minute
)

// errNoKey says that there is nothing to sign with.
var errNoKey = errors.New("OKTA_JAR is on, and there is no OKTA_OAUTH2_CLIENT_KEY to sign with")

// RequestObject returns the parameters of an authorize request as a JWT that this key has
// signed for the server (RFC 9101), good for five minutes. Algorithms are those that the
// server takes; none means that it does not say. A parameter with several values is a
// list. It returns ErrUntrusted where the server takes no signature of this key.
func (c *Credential) RequestObject(parameters url.Values, algorithms []string) (string, error) {
	if c.key == nil {
		return "", errNoKey
	}
	algorithm, ok := signingAlgorithm(c.key, algorithms)
	if !ok {
		return "", c.errRequests(algorithms)
	}
	now := c.now()
	claims := map[string]any{}
	for name, values := range parameters {
		switch {
		case name == "max_age": // OpenID Connect Core section 6.1
			claims[name] = json.Number(values[0])
		case len(values) == 1:
			claims[name] = values[0]
		default:
			claims[name] = values
		}
	}
	claims["iss"], claims["aud"], claims["jti"] = c.id, c.issuer, unique()
	claims["iat"], claims["nbf"], claims["exp"] = now.Unix(), now.Unix(), now.Add(requestLifetime).Unix()
	signed, err := c.sign(algorithm, requestType, claims)
	if err != nil {
		return "", fmt.Errorf("sign the authorize request: %w", err)
	}
	return signed, nil
}

// CheckRequests says why no request object can be signed for a server that takes these
// algorithms.
func (c *Credential) CheckRequests(algorithms []string) error {
	if c.key == nil {
		return errNoKey
	}
	if _, ok := signingAlgorithm(c.key, algorithms); !ok {
		return c.errRequests(algorithms)
	}
	return nil
}

func (c *Credential) errRequests(algorithms []string) error {
	return oktahttp.Untrusted("OKTA_JAR is on and OKTA_OAUTH2_CLIENT_KEY is of the type %s, but by its metadata the authorization server takes requests signed with %q alone: use another key",
		c.key.KeyType(), oktahttp.Quoted(strings.Join(algorithms, " ")))
}
