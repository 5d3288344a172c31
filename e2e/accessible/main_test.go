// Package accessible_test has axe-core look at the app's pages in a browser.
package accessible_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
