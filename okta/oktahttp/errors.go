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

// CheckStatus is nil if the status of resp is want.
func CheckStatus(resp *http.Response, want int) error {
	if resp.StatusCode == want {
		return nil
	}
	err := &StatusError{Status: resp.StatusCode}
	if Temporary(resp.StatusCode) {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return err
}

// Temporary reports whether status says that Okta cannot answer at the moment.
func Temporary(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }

// Unreachable wraps err in ErrUnreachable, in front of it what was being done.
// The address that net/http puts into its errors is dropped: it may carry what
// must not be logged.
func Unreachable(doing string, err error) error {
	var transport *url.Error
	if errors.As(err, &transport) {
		err = transport.Err
	}
	return fmt.Errorf("%s: %w: %w", doing, ErrUnreachable, err)
}

// Untrusted is ErrUntrusted with the words of format, as fmt.Errorf takes it.
func Untrusted(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUntrusted, fmt.Errorf(format, args...))
}
