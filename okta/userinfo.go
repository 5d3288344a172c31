package okta

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.com/okta-gin/okta/oktahttp"
)

// errNoUserinfo says that userinfo has nothing to tell: the issuer has no such
// endpoint, or the token opens nothing there.
var errNoUserinfo = errors.New("there is no userinfo to be had")

// askUserinfo returns the claims of the userinfo endpoint, which must be about the
// person sub (OpenID Connect Core section 5.3.2). The client sends the access token;
// elsewhere says that this may be for other services alone. Errors: errNoUserinfo,
// ErrUnreachable, ErrUntrusted, *StatusError.
func askUserinfo(ctx context.Context, client *http.Client, endpoint string, sub any, elsewhere bool) (map[string]any, error) {
	if endpoint == "" {
		return nil, errNoUserinfo
	}
	var profile map[string]any
	header, err := oktahttp.GetJSON(oktahttp.WithEndpoint(ctx, "userinfo"), client, endpoint, "", &profile)
	if status := new(StatusError); errors.As(err, &status) && opensNothing(status.Status, header.Values("WWW-Authenticate"), elsewhere) {
		return nil, errNoUserinfo
	}
	if err != nil {
		return nil, err
	}
	if profile["sub"] != sub {
		return nil, oktahttp.Untrusted("userinfo speaks of another subject")
	}
	return profile, nil
}

// opensNothing reads a refusal (RFC 6750 section 3.1): the scopes of the token open nothing
// here or, where it may be for services elsewhere (RFC 8707), its audience does not.
func opensNothing(status int, challenges []string, elsewhere bool) bool {
	says := func(code string) bool {
		return strings.Contains(strings.Join(challenges, ", "), `error="`+code+`"`)
	}
	return status == http.StatusForbidden && says("insufficient_scope") ||
		elsewhere && status == http.StatusUnauthorized && says("invalid_token")
}
