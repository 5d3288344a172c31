//go:build soak

package deploy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSameBytes builds the program twice as the Dockerfile does, from two copies of the sources in
// different folders, each from nothing: it is the same. It takes some minutes; make release runs it.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	build := buildOf(t, "Dockerfile")
	dirs := []string{filepath.Join(t.TempDir(), "src"), filepath.Join(t.TempDir(), "deeper", "sources")}
	copySources(t, "..", dirs[0])
	copySources(t, dirs[0], dirs[1])
	var sums [2]string
	for i, dir := range dirs {
		output := filepath.Join(t.TempDir(), "okta-gin")
		cmd := exec.CommandContext(t.Context(), "sh", "-c", replaced(t, build, " -o /okta-gin ", " -o '"+output+"' "))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "VERSION=v1.2.3", "GOCACHE="+t.TempDir())
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", build, err, said)
		}
		content, err := os.ReadFile(output)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), "v1.2.3") {
			t.Error("the program does not know its version")
		}
		sum := sha256.Sum256(content)
		sums[i] = hex.EncodeToString(sum[:])
		t.Logf("%d bytes, SHA-256 %s", len(content), sums[i])
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds give %s and %s", sums[0], sums[1])
	}
}

// buildOf is the command with which a Dockerfile builds the program.
func buildOf(t *testing.T, dockerfile string) string {
	t.Helper()
	_, rest, found := strings.Cut(strings.ReplaceAll(read(t, dockerfile), "\\\n", " "), "\nRUN CGO_ENABLED=0 go build ")
	command, _, _ := strings.Cut(rest, "\n")
	if !found {
		t.Fatalf("%s builds no program", dockerfile)
	}
	return "CGO_ENABLED=0 go build " + command
}

// copySources copies what go build reads, and not what builds and repositories leave behind.
func copySources(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && (name == ".git" || name == "bin" || name == "dist" || name == "artifacts"):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}
