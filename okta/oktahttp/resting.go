package oktahttp

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// rateWindow is how long Okta's rate-limit windows are. It bounds how long an answer
// keeps this app from asking.
const rateWindow = time.Minute

// Resting says that Okta was not asked, because it failed lately or wants to be left
// alone. It is an ErrUnreachable.
type Resting struct {
	Endpoint string
	Wait     time.Duration // until it may be asked again
	Limited  bool          // Okta said how long, such as with a rate limit that is used up
}

func (r *Resting) Error() string {
	why := "it failed too often"
	if r.Limited {
		why = "it asked for that"
	}
	return fmt.Sprintf("okta is not asked (%s) for another %v: %s", r.Endpoint, r.Wait.Round(time.Second), why)
}

// Unwrap makes it an ErrUnreachable.
func (r *Resting) Unwrap() error { return ErrUnreachable }

// Pause returns how long an answer asks to wait: by Retry-After or, as Okta has it with a
// 429, from Date to X-Rate-Limit-Reset, both by Okta's clock. It is a second more, and
// never longer than a rate limit's window; an answer that makes no sense means that.
func Pause(header http.Header) time.Duration {
	return min(max(asked(header), 0), rateWindow) + time.Second
}

func asked(header http.Header) time.Duration {
	sent, dateErr := http.ParseTime(header.Get("Date"))
	if after := header.Get("Retry-After"); after != "" {
		if seconds, err := strconv.ParseUint(after, 10, 16); err == nil {
			return time.Duration(seconds) * time.Second
		}
		if at, err := http.ParseTime(after); err == nil && dateErr == nil {
			return at.Sub(sent)
		}
	}
	reset, err := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil || dateErr != nil {
		return rateWindow
	}
	return time.Unix(reset, 0).Sub(sent)
}
