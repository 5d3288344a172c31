package scripts_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// another is what the tests call the module: in two parts, so that it does not stand
// here when the module has that name.
const another = "example.org" + "/me/the.app"

// TestModule renames a copy of the project, there and back.
func TestModule(t *testing.T) {
	t.Parallel()
	dir := copyProject(t)
	before := files(t, dir)
	ours := moduleIn(t, before)

	if output, code := execute(t, dir, "make", "module", "PATH="+another); code != 0 {
		t.Fatalf("make module exits with %d:\n%s", code, output)
	}
	renamed := files(t, dir)
	for name, content := range renamed {
		for _, end := range []string{"/", "\n", `"`, " "} {
			if bytes.Contains(content, []byte(ours+end)) {
				t.Errorf("%s still names %s", name, ours)
			}
		}
		if bytes.Contains(before[name], []byte(`"`+ours+"/")) && !bytes.Contains(content, []byte(`"`+another+"/")) {
			t.Errorf("%s does not name %s", name, another)
		}
	}
	if got := moduleIn(t, renamed); got != another {
		t.Errorf("go.mod names the module %s", got)
	}
	for _, command := range [][]string{
		{"list", "-deps", "-test", "./..."},                        // finds every import, those of tests included
		{"vet", "-trimpath", "./version", "./config", "./scripts"}, // compiled once for all folders that it is copied to
	} {
		if output, code := execute(t, dir, "go", command...); code != 0 {
			t.Errorf("go %v exits with %d:\n%s", command, code, output)
		}
	}

	if output, code := execute(t, dir, "scripts/module.sh", ours); code != 0 {
		t.Fatalf("scripts/module.sh exits with %d:\n%s", code, output)
	}
	for name, content := range files(t, dir) {
		if !bytes.Equal(content, before[name]) {
			t.Errorf("%s is not what it was", name)
		}
	}
}

func TestModuleRefuses(t *testing.T) {
	t.Parallel()
	dir := copyProject(t)
	before := files(t, dir)
	for _, path := range []string{
		"", "app", "me/app", "example.org", "example.org/", "/example.org/app", "example.org//app",
		"example.org/a#b", "example.org/a b", "example.org/a&b", moduleIn(t, before),
	} {
		output, code := execute(t, dir, "scripts/module.sh", path)
		if code != 2 || !strings.Contains(output, "odule") {
			t.Errorf("%q: exit code %d, want 2, and it says %q", path, code, output)
		}
	}
	for name, content := range files(t, dir) {
		if !bytes.Equal(content, before[name]) {
			t.Errorf("%s was changed", name)
		}
	}
}

// copyProject copies what builds the project to a folder of its own.
func copyProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files(t, "..") {
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".sh") {
			mode = 0o755
		}
		if err := os.WriteFile(target, content, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// files are the project's own in dir, by their names.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case name == ".git" || name == "bin" || name == "artifacts" || name == "dist":
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !entry.Type().IsRegular() || strings.HasPrefix(name, ".env") && name != ".env.example":
			return nil
		}
		found[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func moduleIn(t *testing.T, project map[string][]byte) string {
	t.Helper()
	line, _, _ := strings.Cut(string(project["go.mod"]), "\n")
	name, ok := strings.CutPrefix(line, "module ")
	if !ok {
		t.Fatalf("go.mod begins with %q", line)
	}
	return name
}

// execute runs a command in dir and returns what it says and its exit code.
func execute(t *testing.T, dir, name string, args ...string) (output string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
