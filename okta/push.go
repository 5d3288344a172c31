package okta

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta/clientauth"
	"example.com/okta-gin/okta/oktahttp"
)

// The words of config.Config.PAR that are not "auto".
const (
	parRequire = "require"
	parOff     = "off"
)

// maxRequestURI bounds a request_uri in bytes. Okta's are about 100.
const maxRequestURI = 2048

// pushes reports whether authorize requests go to Okta directly.
func (rp *RelyingParty) pushes(meta *metadata) bool {
	return meta.PushEndpoint != "" && rp.cfg.PAR != parOff
}

// checkPush says why OKTA_PAR can't be as it is.
func checkPush(setting string, meta *metadata) error {
	switch {
	case setting == parRequire && meta.PushEndpoint == "":
		return oktahttp.Untrusted("OKTA_PAR is require, but the authorization server's metadata name no pushed_authorization_request_endpoint: it offers no PAR to this org; set it to auto")
	case setting == parOff && meta.PushRequired:
		return oktahttp.Untrusted("OKTA_PAR is off, but by its metadata the authorization server requires pushed authorization requests; set it to auto")
	}
	return nil
}

// push hands Okta an authorize request and returns the request_uri that stands for it
// (RFC 9126). Errors are those of post.
func (rp *RelyingParty) push(ctx context.Context, e clientauth.Endpoint, request url.Values) (string, error) {
	body, err := rp.post(ctx, e, request, http.StatusCreated, http.StatusOK) // RFC 9126's status, and Okta's
	if err != nil {
		return "", fmt.Errorf("push the authorize request: %w", rp.advised(err, false))
	}
	var answer map[string]any
	if err := oktahttp.DecodeJSON(body, &answer); err != nil {
		return "", oktahttp.Untrusted("push the authorize request: the answer is not a JSON object: %w", err)
	}
	uri, _ := answer["request_uri"].(string)
	if u, err := url.Parse(uri); err != nil || !u.IsAbs() || len(uri) > maxRequestURI {
		return "", oktahttp.Untrusted("push the authorize request: the answer has no request_uri that can be one")
	}
	return uri, nil
}
