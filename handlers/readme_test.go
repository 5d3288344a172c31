package handlers_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheExample holds the README's recipe to the code that runs.
func TestReadmeShowsTheExample(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, recipe, found := strings.Cut(string(readme), "```go\n")
	recipe, _, closed := strings.Cut(recipe, "```")
	if !found || !closed || !strings.Contains(string(source), recipe) {
		t.Errorf("the README's recipe is not in example_test.go:\n%s", recipe)
	}
}
