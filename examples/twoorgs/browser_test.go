package main

import (
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
)

// TestTwoOrgsAreAccessible audits the app's one page, for nobody, for somebody of one org, and for somebody of both.
func TestTwoOrgsAreAccessible(t *testing.T) {
	t.Parallel()
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		site, _, _ := serve(t, "")
		r.Visit("nobody", site)
		r.Follow("#staff .button")
		r.SignIn(drive.Ada)
		r.WaitURL(site + "/staff")
		r.Check("staff")
		r.Follow("#customer .button")
		r.SignIn(drive.Ada)
		r.WaitURL(site + "/orders")
		r.Check("staff and customer")
	})
}
