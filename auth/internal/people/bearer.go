package people

import (
	"errors"
	"net/http"
	"strings"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/web"
)

// bearerToken reads the access token of a request, "" where there is none. Only
// the Authorization header counts: a token in the query would end up in logs,
// and RFC 6750 section 2 allows one way per request.
func bearerToken(r *http.Request) (string, error) {
	headers := r.Header.Values("Authorization")
	if r.URL.Query().Has("access_token") {
		return "", invalidRequest("The access token must be in the Authorization header, not in the query.")
	}
	if len(headers) > 1 {
		return "", invalidRequest("There is more than one Authorization header.")
	}
	if len(headers) == 0 {
		return "", nil
	}
	token, ok := web.CutScheme(headers[0], "Bearer")
	if !ok {
		return "", nil
	}
	if token == "" || strings.ContainsAny(token, " ,\t") {
		return "", invalidRequest("The Authorization header does not hold exactly one token.")
	}
	return token, nil
}

// badBearer explains why a token is not accepted.
func badBearer(err error) error {
	switch {
	case errors.Is(err, okta.ErrOpaque):
		return opaque(err)
	case errors.Is(err, okta.ErrBound):
		return &web.Problem{
			Status: http.StatusUnauthorized, Heading: "The access token is not accepted",
			Detail: "It is bound to a key of its owner's, and this API takes bearer tokens.", Cause: err, Reason: "invalid_token",
			Challenge: `Bearer error="invalid_token", error_description="The access token is bound to a key"`,
		}
	case errors.Is(err, okta.ErrBadToken):
		return &web.Problem{
			Status: http.StatusUnauthorized, Heading: "The access token is not accepted",
			Detail: "It is expired, malformed, or not meant for this API.", Cause: err, Reason: "invalid_token",
			Challenge: `Bearer error="invalid_token", error_description="The access token is not valid here"`,
		}
	default:
		return err
	}
}

// opaque answers a token where the issuer is the org authorization server.
func opaque(cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusNotImplemented, Heading: "This app can't accept access tokens",
		Detail: "Its issuer is the org authorization server, whose access tokens only Okta can read. " +
			"Use a custom authorization server, such as /oauth2/default, for an API.",
		Cause: cause, Reason: "opaque_access_tokens",
	}
}

func invalidRequest(detail string) *web.Problem {
	return &web.Problem{
		Status: http.StatusBadRequest, Heading: "The access token is not sent as it must be", Detail: detail,
		Reason: "invalid_request", Challenge: `Bearer error="invalid_request", error_description="` + detail + `"`,
	}
}
