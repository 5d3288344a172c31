package wire

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// APIError is an error of Okta's management and authentication APIs. Callers branch on the code.
type APIError struct {
	Status  int
	Code    string
	Summary string
}

var (
	ErrMalformed      = APIError{http.StatusBadRequest, "E0000003", "The request body was not well-formed."}
	ErrAuthentication = APIError{http.StatusUnauthorized, "E0000004", "Authentication failed"}
	ErrForbidden      = APIError{http.StatusForbidden, "E0000006", "You do not have permission to perform the requested action"}
	ErrInvalidToken   = APIError{http.StatusUnauthorized, "E0000011", "Invalid token provided"}
	ErrMediaType      = APIError{http.StatusBadRequest, "E0000021", "Bad request. Accept and/or Content-Type headers likely do not match supported values."}
	ErrMethod         = APIError{http.StatusMethodNotAllowed, "E0000022", "The endpoint does not support the provided HTTP method"}
	ErrState          = APIError{http.StatusForbidden, "E0000079", "This operation is not allowed in the current authentication state."}
	ErrRateLimit      = APIError{http.StatusTooManyRequests, "E0000047", "API call exceeded rate limit due to too many requests."}
)

// Invalid names the object that is wrong, e.g. "limit".
func Invalid(what string) APIError {
	return APIError{http.StatusBadRequest, "E0000001", "Api validation failed: " + what}
}

// NotFound names what was looked for, e.g. "ada (User)".
func NotFound(what string) APIError {
	return APIError{http.StatusNotFound, "E0000007", "Not found: Resource not found: " + what}
}

func WriteAPIError(w http.ResponseWriter, e APIError, causes ...string) {
	list := []map[string]string{}
	for _, cause := range causes {
		list = append(list, map[string]string{"errorSummary": cause})
	}
	NoStore(w)
	JSON(w, e.Status, map[string]any{
		"errorCode": e.Code, "errorSummary": e.Summary, "errorLink": e.Code,
		"errorId": "oae" + state.RandomID()[:22], "errorCauses": list,
	})
}

// OAuthError is an error of the OAuth endpoints.
type OAuthError struct {
	Status      int
	Code        string
	Description string
}

func (e *OAuthError) Error() string { return e.Code + ": " + e.Description }

func WriteOAuthError(w http.ResponseWriter, e *OAuthError) {
	NoStore(w)
	JSON(w, e.Status, map[string]string{"error": e.Code, "error_description": e.Description})
}

func BadRequest(code, description string) *OAuthError {
	return &OAuthError{http.StatusBadRequest, code, description}
}
