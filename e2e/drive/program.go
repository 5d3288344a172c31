// Package drive is what the tests of the whole program share: it builds the program, starts it beside a stand-in for
// Okta, and visits it over HTTP and in a real browser. Everything it starts ends with the test; what goes wrong fails it.
//
// A package of such tests stands in e2e, and has a TestMain that calls Run.
package drive

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Root is the folder of the module, seen from a package of tests in e2e.
const Root = "../.."

// program is the program that the tests of one binary drive. The first test that needs it builds it.
var program struct {
	build sync.Once
	file  string
	err   error
}

// Run runs the tests of a package, and then ends the browser, if a test has asked for it. The result is the exit code.
func Run(m *testing.M) int {
	defer closeChromium()
	return m.Run()
}

// Program is the file of the built program: PROGRAM names one that has been built already.
func Program(t testing.TB) string {
	t.Helper()
	program.build.Do(func() {
		if program.file = os.Getenv("PROGRAM"); program.file == "" {
			program.file, program.err = buildProgram(filepath.Join(Root, "bin", "e2e"))
		}
	})
	if program.err != nil {
		t.Fatalf("build the program: %v", program.err)
	}
	return program.file
}

// buildProgram builds the program in a folder that all packages of tests share: go build leaves a program alone that is
// what it would build. One of them builds at a time.
func buildProgram(folder string) (file string, err error) {
	folder, err = filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	lock, err := os.Create(filepath.Join(folder, "lock"))
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	file = filepath.Join(folder, "okta-gin")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags", "nomsgpack", "-ldflags", "-s -w", "-o", file, ".")
	build.Dir = Root
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
}
