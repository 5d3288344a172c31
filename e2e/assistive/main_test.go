// Package assistive_test goes through the app by keyboard alone, and holds what changes on a page to being announced.
package assistive_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
