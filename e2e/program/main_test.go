// Package program_test drives the built program as a process: its file, its start and end, Okta's outages, two processes side by side, its shell.
package program_test

import (
	"flag"
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestMain runs more tests at a time than there are processors. They wait for the program more than they work.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "6")
	os.Exit(drive.Run(m))
}
