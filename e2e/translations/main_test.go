// Package translations_test looks at pages in every language: those that take long to reach, and the stand-in's, where it also
// finds its way by the marks of Okta's own.
package translations_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
