// Package journey_test drives the journeys of a person at a browser, with the keyboard alone and without scripts, and holds
// that a sign-in ends where the link or button that began it promised.
package journey_test

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
