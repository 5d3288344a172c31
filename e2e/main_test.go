// Package e2e_test drives the built program from outside: over HTTP and in a
// real browser, with a stand-in for Okta beside it.
package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// root is the folder of the module, seen from this package's.
const root = ".."

// program is the built program's file. TestMain sets it before any test runs.
var program string

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "okta-gin-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "okta-gin")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program, ".")
	build.Dir = root
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the program: %w\n%s", err, out)
	}
	defer closeChromium()
	return m.Run(), nil
}
