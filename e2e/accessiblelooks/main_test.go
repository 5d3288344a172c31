// Package accessiblelooks_test has axe-core look at sign-in's pages in both looks, with all that can stand on them.
package accessiblelooks_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
