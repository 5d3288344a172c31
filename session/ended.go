package session

import (
	"context"
	"time"

	"example.com/okta-gin/session/over"
)

// defaultMaxEnded is how many marks and how many claims a process remembers: about
// 9 MB each when full.
const defaultMaxEnded = 100_000

// Mark says that what has its name is over.
type Mark = over.Mark

// Ended remembers what is over, so that a copy of a cookie dies with the original.
// Names come from this package, without anything personal in them. Its methods
// return ErrUnavailable when it can't be asked.
type Ended interface {
	// End remembers marks. Of two of one name the later times count.
	End(ctx context.Context, marks ...Mark) error

	// Has returns up to when each of names is over: the zero time for one that is
	// not.
	Has(ctx context.Context, names ...string) ([]time.Time, error)

	// Claim reports whether it is the first call for name, and remembers it until
	// then. Of any number of calls at once, exactly one is the first.
	Claim(ctx context.Context, name string, until time.Time) (first bool, err error)
}
