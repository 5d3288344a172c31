// Package accessiblehosts_test has axe-core look at what stands beside the app: the stand-in's pages, and a front end.
package accessiblehosts_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
