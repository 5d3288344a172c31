package okta

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"example.com/okta-gin/okta/oktahttp"
)

// errNoUserinfo says that userinfo has nothing to tell: the issuer has no such
// endpoint, or the granted scopes open nothing there.
var errNoUserinfo = errors.New("there is no userinfo to be had")

// askUserinfo returns the claims of the userinfo endpoint, which must be about the
// person sub (OpenID Connect Core section 5.3.2). The client sends the access token.
// Errors: errNoUserinfo,
// ErrUnreachable, ErrUntrusted, *StatusError.
func askUserinfo(ctx context.Context, client *http.Client, endpoint string, sub any) (map[string]any, error) {
	if endpoint == "" {
		return nil, errNoUserinfo
	}
	var profile map[string]any
	header, err := oktahttp.GetJSON(oktahttp.WithEndpoint(ctx, "userinfo"), client, endpoint, "", &profile)
	if status := new(StatusError); errors.As(err, &status) && status.Status == http.StatusForbidden &&
		strings.Contains(header.Get("WWW-Authenticate"), `error="insufficient_scope"`) {
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
