// Package names_test looks at pages that name people, whatever they are called, and at pages on paper and in forced colours.
package names_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
