// Package light_test holds pages to what they may cost their readers: bytes, jumps while they load, a flash of white in the dark.
package light_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
