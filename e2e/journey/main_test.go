// Package journey_test drives the journeys of a person at a browser, with the keyboard alone and without scripts.
package journey_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
