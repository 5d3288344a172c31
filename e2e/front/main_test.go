// Package front_test drives a front end on an origin of its own, which signs people in in a window.
package front_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
