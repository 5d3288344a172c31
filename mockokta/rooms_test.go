package mockokta_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Each room uses only rooms that stand below it, and the whole stand-in nothing else of this module.
func TestRooms(t *testing.T) {
	t.Parallel()
	const module, self = "example.com/okta-gin/", "example.com/okta-gin/mockokta/"
	for room, below := range map[string][]string{
		".":          {"resource", "hosted", "idx", "classic", "management", "oauth", "dpop", "wire", "state"},
		"resource":   {"dpop", "wire", "state"},
		"hosted":     {"management", "oauth", "dpop", "wire", "state"},
		"idx":        {"oauth", "wire", "state"},
		"classic":    {"wire", "state"},
		"management": {"dpop", "wire", "state"},
		"oauth":      {"dpop", "wire", "state"},
		"dpop":       {"wire", "state"},
		"wire":       {"state"},
		"state":      nil,
	} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("room %s: %d files, %v", room, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range parsed.Imports {
				path, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if other, ours := strings.CutPrefix(path, self); strings.HasPrefix(path, module) && (!ours || !slices.Contains(below, other)) {
					t.Errorf("%s imports %s", file, path)
				}
			}
		}
	}
	rooms, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"resource", "hosted", "idx", "classic", "management", "oauth", "dpop", "wire", "state"}
	for _, file := range rooms {
		if !slices.Contains(known, filepath.Dir(file)) {
			t.Errorf("%s is in a room without a place in the order", file)
		}
	}
}
