// Package front_test drives a front end on an origin of its own, which signs people in in a window.
package front_test

import (
	"flag"
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestMain runs more tests at a time than there are processors. They wait for the program to end as long as they work.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "4")
	os.Exit(drive.Run(m))
}
