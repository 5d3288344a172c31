package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
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
	token, ok := cutBearer(headers[0])
	if !ok {
		return "", nil
	}
	if token == "" || strings.ContainsAny(token, " ,\t") {
		return "", invalidRequest("The Authorization header does not hold exactly one token.")
	}
	return token, nil
}

// cutBearer takes the scheme off an Authorization header. ok is false if it is
// another one than Bearer.
func cutBearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(header, " ")
	return strings.TrimLeft(token, " "), strings.EqualFold(scheme, "Bearer")
}

// bearer verifies token and makes its bearer the request's caller.
func (a *Auth) bearer(c *gin.Context, token string) (*Caller, error) {
	bearer, err := a.okta.VerifyAccessToken(c.Request.Context(), token)
	switch {
	case errors.Is(err, okta.ErrOpaque):
		return nil, opaque(err)
	case errors.Is(err, okta.ErrBadToken):
		return nil, &problem{
			status: http.StatusUnauthorized, heading: "The access token is not accepted",
			detail: "It is expired, malformed, or not meant for this API.", cause: err, reason: "invalid_token",
			challenge: `Bearer error="invalid_token", error_description="The access token is not valid here"`,
		}
	case err != nil:
		return nil, err
	}
	return a.admit(c, callerOfBearer(bearer))
}

// bearerOrSession returns who the request comes from: the bearer of its access
// token or, without one, the person signed in here. Programs of nobody are told
// that a token would do; RFC 6750 section 3.1 wants no error code then.
func (a *Auth) bearerOrSession(c *gin.Context) (*Caller, error) {
	if _, ok := CallerFrom(c); ok {
		return a.caller(c)
	}
	token, err := bearerToken(c.Request)
	if err != nil {
		return nil, err
	}
	if token != "" {
		return a.bearer(c, token)
	}
	caller, err := a.caller(c)
	switch {
	case !errors.Is(err, session.ErrNone) || !isProgram(c.Request):
		return caller, err
	case a.cfg.IsOrgServer():
		return nil, opaque(okta.ErrOpaque)
	default:
		return nil, notSignedIn("Bearer")
	}
}

// opaque answers where the issuer is the org authorization server.
func opaque(cause error) *problem {
	return &problem{
		status: http.StatusNotImplemented, heading: "This app can't accept access tokens",
		detail: "Its issuer is the org authorization server, whose access tokens only Okta can read. " +
			"Use a custom authorization server, such as /oauth2/default, for an API.",
		cause: cause, reason: "opaque_access_tokens",
	}
}

func invalidRequest(detail string) *problem {
	return &problem{
		status: http.StatusBadRequest, heading: "The access token is not sent as it must be", detail: detail,
		reason: "invalid_request", challenge: `Bearer error="invalid_request", error_description="` + detail + `"`,
	}
}

func insufficientScope(names []string) *problem {
	scopes := strings.Join(names, " ")
	return &problem{
		status: http.StatusForbidden, heading: "The access token does not allow this",
		detail: "It needs the scope " + scopes + ".", reason: "insufficient_scope",
		challenge: `Bearer error="insufficient_scope", error_description="The access token needs more scope", scope="` + scopes + `"`,
	}
}
