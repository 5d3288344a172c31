package accessible_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestReportHasEveryCriterion: docs/accessibility.md says something of each success criterion of WCAG 2.2, A and AA, once and in order.
func TestReportHasEveryCriterion(t *testing.T) {
	t.Parallel()
	report, err := os.ReadFile(filepath.Join(drive.Root, "docs", "accessibility.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, row := range regexp.MustCompile(`(?m)^\| (\d\.\d\.\d+) [A-Z][^|]+ \| AA? \| (?:supported|partly|not applicable) \| [^|]+ \|$`).FindAllSubmatch(report, -1) {
		found = append(found, string(row[1]))
	}
	want := []string{
		"1.1.1", "1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.3.1", "1.3.2", "1.3.3", "1.3.4", "1.3.5",
		"1.4.1", "1.4.2", "1.4.3", "1.4.4", "1.4.5", "1.4.10", "1.4.11", "1.4.12", "1.4.13",
		"2.1.1", "2.1.2", "2.1.4", "2.2.1", "2.2.2", "2.3.1", "2.4.1", "2.4.2", "2.4.3", "2.4.4", "2.4.5", "2.4.6", "2.4.7", "2.4.11",
		"2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.7", "2.5.8",
		"3.1.1", "3.1.2", "3.2.1", "3.2.2", "3.2.3", "3.2.4", "3.2.6", "3.3.1", "3.3.2", "3.3.3", "3.3.4", "3.3.7", "3.3.8",
		"4.1.2", "4.1.3",
	}
	for i, criterion := range want {
		if i >= len(found) || found[i] != criterion {
			t.Fatalf("row %d of %d: want %s; the rows are %q", i+1, len(want), criterion, found)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d rows, want %d", len(found), len(want))
	}
}
