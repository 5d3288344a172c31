package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

//go:generate go test -run ^TestRecipe$ -update .

var update = flag.Bool("update", false, "write recipe.diff anew")

const recipe = "recipe.diff"

// TestRecipe takes the shop as it was before, does what the recipe says, and gets the
// shop as it is: line by line, and no file more or less.
func TestRecipe(t *testing.T) {
	t.Parallel()
	before, after := sources(t, "before"), sources(t, ".")
	if *update {
		if err := os.WriteFile(recipe, []byte(diff(t, before, after)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(recipe)
	if err != nil {
		t.Fatal(err)
	}
	if err := apply(before, string(text)); err != nil {
		t.Fatalf("%v; `go generate ./examples/existing` writes the recipe anew", err)
	}
	for name, want := range after {
		if got := before[name]; got != want {
			t.Errorf("%s is not what the recipe makes of it; `go generate ./examples/existing` writes the recipe anew", name)
		}
		delete(before, name)
	}
	for name := range before {
		t.Errorf("the recipe leaves %s, which the shop no longer has", name)
	}
}

// sources are the files that the shop in dir is made of.
func sources(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, pattern := range []string{"*.go", "templates/*", "static/*", "words/*"} {
		names, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			found[name] = string(content)
		}
	}
	if len(found) < 10 {
		t.Fatalf("%s has only %d files", dir, len(found))
	}
	return found
}

// diff is what git says of the two.
func diff(t *testing.T, before, after map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for side, files := range map[string]map[string]string{"a": before, "b": after} {
		for name, content := range files {
			path := filepath.Join(dir, side, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	git := exec.Command("git", "diff", "--no-index", "--no-prefix", "--no-color", "--no-renames", "-U2", "a", "b")
	git.Dir = dir
	out, _ := git.Output() // fails where there is a difference
	if len(out) == 0 {
		t.Fatal("git found no difference")
	}
	return regexp.MustCompile(`(?m)^index .*\n`).ReplaceAllString(string(out), "")
}

var hunkHead = regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@`)

// apply changes files as a unified diff says. A line that is to stay or to go, and is
// not where the diff has it, is an error.
func apply(files map[string]string, text string) error {
	var name string
	var old, made []string // of the file at hand
	next := 0              // the line of old that comes next
	finish := func() {
		if name != "" {
			files[name] = strings.Join(append(made, old[next:]...), "")
		}
	}
	for number, line := range strings.SplitAfter(text, "\n") {
		head := hunkHead.FindStringSubmatch(line)
		switch {
		case line == "", strings.HasPrefix(line, "diff "), strings.HasPrefix(line, "new file mode "), strings.HasPrefix(line, "--- "):
		case strings.HasPrefix(line, "+++ b/"):
			finish()
			name = strings.TrimSpace(strings.TrimPrefix(line, "+++ b/"))
			old, made, next = slices.DeleteFunc(strings.SplitAfter(files[name], "\n"), func(s string) bool { return s == "" }), nil, 0
		case head != nil:
			start, err := strconv.Atoi(head[1])
			if err != nil || start > len(old)+1 || max(0, start-1) < next {
				return fmt.Errorf("%s:%d: there is no such place in %s", recipe, number+1, name)
			}
			made = append(made, old[next:max(0, start-1)]...)
			next = max(0, start-1)
		case line[0] == '+':
			made = append(made, line[1:])
		case line[0] == '-', line[0] == ' ':
			if next >= len(old) || old[next] != line[1:] {
				return fmt.Errorf("%s:%d: %s has another line there", recipe, number+1, name)
			}
			if line[0] == ' ' {
				made = append(made, old[next])
			}
			next++
		default:
			return fmt.Errorf("%s:%d: no line of a diff", recipe, number+1)
		}
	}
	finish()
	return nil
}

// TestReadmeShowsTheRecipe holds the README's recipe to the difference between the two
// programs, which run.
func TestReadmeShowsTheRecipe(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile("recipe.diff")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, found := strings.Cut(string(readme), "```diff\n")
	shown, _, closed := strings.Cut(shown, "```")
	if !found || !closed || !strings.HasPrefix(shown, "--- a/app.go") || !strings.Contains(string(whole), shown) {
		t.Errorf("the README shows another recipe than recipe.diff:\n%s", shown)
	}
}
