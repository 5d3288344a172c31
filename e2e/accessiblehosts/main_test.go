// Package accessiblehosts_test has axe-core look at every page, state and error in a browser.
package accessiblehosts_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
