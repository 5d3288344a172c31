package okta

import (
	"errors"
	"fmt"

	"example.com/okta-gin/okta/oktahttp"
)

// Errors that this package shares with package directory; see there.
var (
	ErrUnreachable = oktahttp.ErrUnreachable
	ErrUntrusted   = oktahttp.ErrUntrusted
)

// StatusError is an answer of Okta with another status than was to be. With 429
// and 5xx it comes wrapped in ErrUnreachable.
type StatusError = oktahttp.StatusError

// ErrBadToken says that a token fails verification, whoever sent it. It comes
// wrapped in ErrUntrusted.
var ErrBadToken = errors.New("the token fails verification")

// ErrUnmet says that Okta signed the person in, but not as recently or not as
// strongly as was asked. It comes wrapped in ErrUntrusted.
var ErrUnmet = errors.New("the sign-in does not meet what was asked")

// ErrForeign says that Okta answered a renewal with an ID token that fails
// verification or is another sign-in's. It comes wrapped in ErrUntrusted.
var ErrForeign = errors.New("the renewed tokens are not this sign-in's")

// Refusal is an OAuth 2.0 error response (RFC 6749 section 5.2): Okta understood
// the request and declined it.
type Refusal struct {
	Code        string // such as "invalid_grant"
	Description string // Okta's words; show them escaped
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("okta refused: %s (%s)", r.Code, r.Description)
}

func badToken(format string, args ...any) error {
	return fmt.Errorf("%w: %w: %w", ErrUntrusted, ErrBadToken, fmt.Errorf(format, args...))
}
