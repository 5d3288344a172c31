package oktahttp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// ErrUnreachable says that Okta could not be asked, or answered that it cannot
// answer now (a network error, a time-out, 429 or 5xx). Trying again later may
// help; nothing was decided about the person.
var ErrUnreachable = errors.New("okta is unreachable")

// ErrUntrusted says that Okta, or someone in its place, answered with something
// that must not be believed. The wrapped text says what was wrong and holds no
// token.
var ErrUntrusted = errors.New("okta's answer cannot be trusted")

// StatusError is an answer of Okta with another status than was to be. With 429
// and 5xx it comes wrapped in ErrUnreachable.
type StatusError struct{ Status int }

func (e *StatusError) Error() string { return fmt.Sprintf("okta answered with status %d", e.Status) }

// WrongStatus is the error for an answer with a status that was not to be: a
// *StatusError, wrapped in ErrUnreachable if it is temporary.
func WrongStatus(status int) error {
	err := &StatusError{Status: status}
	if status == http.StatusTooManyRequests || status >= 500 {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return err
}

// Failed is the error for a request of [NewClient] that has come to no answer: an
// ErrUnreachable, or ErrUntrusted if the answer was over MaxBody. The address that
// net/http puts into its errors is dropped: it may carry what must not be logged.
func Failed(doing string, err error) error {
	var transport *url.Error
	if errors.As(err, &transport) {
		err = transport.Err
	}
	kind := ErrUnreachable
	if errors.Is(err, errBodyTooLarge) {
		kind = ErrUntrusted
	}
	return fmt.Errorf("%s: %w: %w", doing, kind, err)
}

// Untrusted is ErrUntrusted with the words of format, as fmt.Errorf takes it.
func Untrusted(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUntrusted, fmt.Errorf(format, args...))
}
