package okta

import (
	"errors"
	"fmt"

	"example.com/okta-gin/okta/oktahttp"
)

// Errors that this package shares with package directory.
var (
	// ErrUnreachable says that Okta could not be asked, or answered that it cannot
	// answer now (a network error, a time-out, 429 or 5xx). Trying again later may
	// help; nothing was decided about the person.
	ErrUnreachable = oktahttp.ErrUnreachable
	// ErrUntrusted says that Okta, or someone in its place, answered with something
	// that must not be believed. If it was a token, it comes with ErrBadToken;
	// alone, it speaks of metadata, keys, userinfo or the form of an answer. The
	// wrapped text says what was wrong and holds no token.
	ErrUntrusted = oktahttp.ErrUntrusted
)

// StatusError is an answer of Okta with another status than was to be, and
// without an OAuth error that would explain it (that is a *Refusal). With 429 and
// 5xx it comes wrapped in ErrUnreachable.
type StatusError = oktahttp.StatusError

// Resting says that Okta was not asked, because it failed lately or wants to be left
// alone, and for how long it will not be. It is an ErrUnreachable.
type Resting = oktahttp.Resting

// ErrBadToken says that a token fails verification, whoever sent it. It comes
// wrapped in ErrUntrusted.
var ErrBadToken = errors.New("the token fails verification")

// ErrUnmet says that Okta signed the person in, but not as recently or not as
// strongly as was asked. It comes wrapped in ErrUntrusted.
var ErrUnmet = errors.New("the sign-in does not meet what was asked")

// ErrForeign says that Okta answered a renewal with an ID token that fails
// verification or is another sign-in's. It comes wrapped in ErrUntrusted.
var ErrForeign = errors.New("the renewed tokens are not this sign-in's")

// ErrResponseIssuer says that an authorization response is not, or does not say
// that it is, of this relying party's issuer (RFC 9207). It comes wrapped in
// ErrUntrusted.
var ErrResponseIssuer = errors.New("the authorization response is of another issuer")

// ErrPlain says that Okta gave a plain bearer token where one bound to a key was asked
// for. It comes wrapped in ErrUntrusted.
var ErrPlain = errors.New("okta gave a token that is not bound to this app's key")

func badToken(format string, args ...any) error {
	return fmt.Errorf("%w: %w: %w", ErrUntrusted, ErrBadToken, fmt.Errorf(format, args...))
}
