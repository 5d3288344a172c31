// Package widgetlooks_test looks at the widget in its states, and at the page around it where the widget can't work.
package widgetlooks_test

import (
	"os"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }
