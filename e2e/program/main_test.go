// Package program_test drives the built program as a process: its file, its start and end, Okta's outages, two processes side by side, its shell.
package program_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
