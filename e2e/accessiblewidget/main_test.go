// Package accessiblewidget_test has axe-core look at what Okta's widget shows after the first page.
package accessiblewidget_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
