// Package stepup_test signs people in through Okta's widget who are signed in already: in another tab, as somebody else, or too
// long ago.
package stepup_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
