// Package underway keeps what a sign-in or a sign-out needs while its browser is at Okta,
// in sealed cookies of that browser, and tells the answer that comes back from one that
// anybody can make.
package underway

import (
	"context"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/seal"
)

// What the names of the cookies end with. An attempt's goes on with a hash.
const (
	attemptSuffix = "_attempt"
	signOutSuffix = "_signout"
)

// Claim reports whether it is the first call for state, and remembers it until then: of
// any number of calls at once, in any process of the app, exactly one is the first.
type Claim func(ctx context.Context, state string, until time.Time) (first bool, err error)

// Options are what package session says of its app.
type Options struct {
	Jar    cookie.Jar
	Sealer func(purpose string) (*seal.Sealer, error)
	Claim  Claim
	Now    func() time.Time
	Skew   time.Duration // by which the clocks of an app's processes may differ
}
