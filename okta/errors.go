package okta

import (
	"errors"
	"fmt"
)

// ErrUnreachable says that Okta could not be asked, or answered that it cannot
// answer now (a network error, a time-out, 429 or 5xx). Trying again later may
// help; nothing was decided about the person.
var ErrUnreachable = errors.New("okta is unreachable")

// ErrUntrusted says that Okta, or someone in its place, answered with something
// that must not be believed: a token that fails verification, metadata of
// another issuer. The wrapped text says what was wrong and holds no token.
var ErrUntrusted = errors.New("okta's answer cannot be trusted")

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

func unreachable(doing string, err error) error {
	return fmt.Errorf("%s: %w: %w", doing, ErrUnreachable, err)
}

func untrusted(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUntrusted, fmt.Errorf(format, args...))
}

func badToken(format string, args ...any) error {
	return fmt.Errorf("%w: %w: %w", ErrUntrusted, ErrBadToken, fmt.Errorf(format, args...))
}
