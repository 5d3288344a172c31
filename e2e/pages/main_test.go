// Package pages_test looks at every page of the app in a browser, whatever the people that it names are called, on paper and in
// forced colours too.
package pages_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
