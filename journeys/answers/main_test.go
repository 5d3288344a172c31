package answers_test

import (
	"os"
	"testing"

	"example.com/okta-gin/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
