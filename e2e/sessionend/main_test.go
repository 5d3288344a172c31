// Package sessionend_test waits in a browser for a session to end, and sends forms where it has ended and signs in on the way.
package sessionend_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
