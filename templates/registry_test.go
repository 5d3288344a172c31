package templates

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A page whose file isn't registered would never be parsed, nor tested.
func TestEveryFileIsRegistered(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var onDisk, registered []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".html") && !strings.HasPrefix(entry.Name(), "_") {
			onDisk = append(onDisk, entry.Name())
		}
	}
	for _, page := range allPages() {
		registered = append(registered, page.file())
	}
	slices.Sort(registered)
	if !slices.Equal(onDisk, registered) {
		t.Errorf("files %q, registered %q", onDisk, registered)
	}
}
