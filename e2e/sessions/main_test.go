// Package sessions_test drives several sessions side by side: what ends in one place is over in another, and people see where they
// are signed in. Visitors other than a person in front of a common browser come by: scanners of links, browsers that look
// ahead, that drop cookies, restore tabs or live in another app, and password managers.
package sessions_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
