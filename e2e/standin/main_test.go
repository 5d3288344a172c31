// Package standin_test looks at the pages of the stand-in, and finds its way by the marks of Okta's own.
package standin_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
