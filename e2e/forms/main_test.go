// Package forms_test sends forms in a browser whose session has ended, and signs in on the way.
package forms_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
