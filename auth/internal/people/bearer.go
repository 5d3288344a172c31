package people

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/web"
)

// bearer is the scheme of plain bearer tokens (RFC 6750).
const bearer = "Bearer"

// TokenChallenge asks for an access token of either kind.
const TokenChallenge = bearer + `, ` + dpop.Scheme + ` algs="` + dpop.Algorithms + `"`

// Challenge asks the bearer of a token for another one, or for more: parameters are such
// as error. Bound says that the token is bound to a key (RFC 9449 section 7.1).
func Challenge(bound bool, parameters string) string {
	if bound {
		return dpop.Scheme + ` algs="` + dpop.Algorithms + `", ` + parameters
	}
	return bearer + " " + parameters
}

// accessToken is an access token as a request brought it.
type accessToken struct {
	raw   string // "" where there is none
	bound bool   // it came by the scheme of bound tokens
}

// accessTokenOf reads the access token of a request. Only the Authorization header
// counts: a token in the query would end up in logs, and RFC 6750 section 2 allows one
// way per request.
func accessTokenOf(r *http.Request) (accessToken, error) {
	headers := r.Header.Values("Authorization")
	if r.URL.RawQuery != "" && r.URL.Query().Has("access_token") {
		return accessToken{}, invalidRequest("The access token must be in the Authorization header, not in the query.")
	}
	if len(headers) > 1 {
		return accessToken{}, invalidRequest("There is more than one Authorization header.")
	}
	if len(headers) == 0 {
		return accessToken{}, nil
	}
	raw, plain := web.CutScheme(headers[0], bearer)
	_, bound := web.CutScheme(headers[0], dpop.Scheme)
	if !plain && !bound {
		return accessToken{}, nil
	}
	if raw == "" || strings.ContainsAny(raw, " ,\t") {
		return accessToken{}, invalidRequest("The Authorization header does not hold exactly one token.")
	}
	return accessToken{raw, bound}, nil
}

// refused explains why a token is not accepted.
func (t accessToken) refused(err error) error {
	switch {
	case errors.Is(err, okta.ErrOpaque):
		return opaque(err)
	case errors.Is(err, dpop.ErrFull):
		return &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "Too many requests", Detail: "More DPoP proofs came than can be remembered. Please try again in a minute.",
			Cause: err, Reason: "proofs_full", RetryAfter: time.Minute,
		}
	case errors.Is(err, dpop.ErrProof):
		return notAccepted(err, "invalid_dpop_proof", "Its DPoP proof is missing, malformed, used already, or made for another request.",
			Challenge(true, `error="invalid_dpop_proof", error_description="The DPoP proof is not valid here"`))
	case errors.Is(err, okta.ErrBound):
		const parameters = `error="invalid_token", error_description="The access token is bound to a key"`
		return notAccepted(err, "invalid_token", "It is bound to a key of its owner's: send it by the scheme DPoP, with a proof of that key.",
			Challenge(false, parameters)+", "+Challenge(true, parameters))
	case errors.Is(err, okta.ErrUnbound):
		return notAccepted(err, "invalid_token", "It is not bound to the key of the DPoP proof that came with it.",
			Challenge(true, `error="invalid_token", error_description="The access token is not bound to the key of the proof"`))
	case errors.Is(err, okta.ErrBadToken):
		return notAccepted(err, "invalid_token", "It is expired, malformed, or not meant for this API.",
			Challenge(t.bound, `error="invalid_token", error_description="The access token is not valid here"`))
	default:
		return err
	}
}

func notAccepted(cause error, reason, detail, challenge string) *web.Problem {
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "The access token is not accepted", Detail: detail, Cause: cause, Reason: reason, Challenge: challenge,
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
		Reason: "invalid_request", Challenge: Challenge(false, `error="invalid_request", error_description="`+detail+`"`),
	}
}
