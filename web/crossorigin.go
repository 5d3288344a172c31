package web

import (
	"fmt"
	"net/http"
)

// CrossOrigin refuses requests that another site makes people's browsers send,
// where they would change something (net/http.CrossOriginProtection).
type CrossOrigin struct{ protection *http.CrossOriginProtection }

// NewCrossOrigin returns the protection of a site that trusts the origins named,
// such as its own.
func NewCrossOrigin(trusted ...string) (CrossOrigin, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return CrossOrigin{}, fmt.Errorf("trust origin %s: %w", origin, err)
		}
	}
	return CrossOrigin{protection}, nil
}

// Check returns a problem for a request that came from elsewhere to change
// something here.
func (x CrossOrigin) Check(r *http.Request) error {
	if err := x.protection.Check(r); err != nil {
		return &Problem{
			Status: http.StatusForbidden, Heading: "That came from another site",
			Detail: "This app accepts changes only from its own pages. Please try again from here.",
			Cause:  err, Reason: "cross_origin",
		}
	}
	return nil
}
