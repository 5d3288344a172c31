package scripts_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// reasonInCode finds the reasons of problems where they are written down: as the member
// Reason, as the constant of one, in the functions that take one, and of a session that
// has ended.
var reasonInCode = regexp.MustCompile(`(?m)\bReason(?::| =) "([a-z_]+)"|\breason: "([a-z_]+)"|\b(?:unauthorized|forbidden|notAccepted)\((?:err, )?"([a-z_]+)"|\b(?:SessionEnded|ByApp)\s*= "([a-z_]+)"`)

// codesOfOkta finds the list of OAuth's error codes that are reasons too.
var codesOfOkta = regexp.MustCompile(`(?s)needsPerson = \[\]string\{(.*?)\}|known := append\(\[\]string\{(.*?)\}`)

// TestReasonsAreListed compares the reasons that programs may go by with docs/problems.md.
func TestReasonsAreListed(t *testing.T) {
	t.Parallel()
	project := files(t, "..")
	inCode := map[string]bool{"oauth_error": true}
	for name, content := range project {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "auth/widget/") ||
			!strings.HasPrefix(name, "auth/") && !strings.HasPrefix(name, "web/") && !strings.HasPrefix(name, "handlers/") {
			continue
		}
		for _, found := range reasonInCode.FindAllStringSubmatch(string(content), -1) {
			inCode[strings.Join(found[1:], "")] = true
		}
		for _, found := range codesOfOkta.FindAllStringSubmatch(string(content), -1) {
			for _, word := range regexp.MustCompile(`"([a-z_]+)"`).FindAllStringSubmatch(found[1]+found[2], -1) {
				inCode[word[1]] = true
			}
		}
	}
	delete(inCode, "success") // of a pop-up
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(project["docs/problems.md"]), -1) {
		if listed[row[1]] {
			t.Errorf("docs/problems.md lists %s twice", row[1])
		}
		listed[row[1]] = true
	}
	if len(inCode) < 40 {
		t.Errorf("only %d reasons were found in the code", len(inCode))
	}
	for _, reason := range slices.Sorted(maps.Keys(inCode)) {
		if !listed[reason] {
			t.Errorf("docs/problems.md does not list the reason %s", reason)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(listed)) {
		if !inCode[reason] {
			t.Errorf("docs/problems.md lists %s, which is no reason in the code", reason)
		}
	}
}

// TestReasonsOfTheProxyAreListed holds that docs/proxy.md has every reason that package
// proxy itself gives.
func TestReasonsOfTheProxyAreListed(t *testing.T) {
	t.Parallel()
	project := files(t, "..")
	found := 0
	for name, content := range project {
		if !strings.HasPrefix(name, "auth/proxy/") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, reason := range reasonInCode.FindAllStringSubmatch(string(content), -1) {
			found++
			if word := strings.Join(reason[1:], ""); !strings.Contains(string(project["docs/proxy.md"]), "`"+word+"`") {
				t.Errorf("docs/proxy.md does not list the reason %s", word)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d reasons were found in package proxy", found)
	}
}
