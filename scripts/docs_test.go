package scripts_test

import (
	"path"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentsNameWhatIsThere looks up the tests that documents name, and the files
// that they link to.
func TestDocumentsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	project := files(t, "..")
	var tests strings.Builder
	for name, content := range project {
		if strings.HasSuffix(name, "_test.go") {
			tests.Write(content)
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9]*)`")
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#([a-z0-9_-]+))?\)`)
	count := 0
	for name, content := range project {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, match := range named.FindAllStringSubmatch(string(content), -1) {
			count++
			if !strings.Contains(tests.String(), "\nfunc "+match[1]+"(") {
				t.Errorf("%s names %s, which is no test", name, match[1])
			}
		}
		for _, match := range link.FindAllStringSubmatch(string(content), -1) {
			target := path.Join(path.Dir(name), match[1])
			linked, ok := project[target]
			if !ok && !hasFolder(project, target) {
				t.Errorf("%s links to %s, which is not there", name, match[1])
			}
			if match[2] != "" && !hasHeading(string(linked), match[2]) {
				t.Errorf("%s links to %s#%s, which is no heading there", name, match[1], match[2])
			}
		}
	}
	if count < 50 {
		t.Errorf("found only %d names of tests", count)
	}
}

func hasFolder(project map[string][]byte, folder string) bool {
	for name := range project {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

// hasHeading reports whether one of the document's headings has that anchor.
func hasHeading(document, anchor string) bool {
	dropped := regexp.MustCompile("[^a-z0-9 _-]")
	for line := range strings.SplitSeq(document, "\n") {
		if heading := strings.TrimLeft(line, "#"); heading != line {
			plain := dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
			if strings.ReplaceAll(plain, " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}
