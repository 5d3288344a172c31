// Package recovery_test drives what else the widget does: forgotten passwords, links from mails, second factors to set up.
package recovery_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
