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
	"testing"
)

// Root is the folder of the module, seen from a package of tests in e2e.
const Root = "../.."

// program is the program that the tests of one binary drive. The first test that needs it builds it, Run removes it.
var program struct {
	build sync.Once
	dir   string
	file  string
	err   error
}

// Run runs the tests of a package, and then ends the browser and removes the program, if a test has asked for them. The
// result is the exit code.
func Run(m *testing.M) int {
	defer removeProgram()
	defer closeChromium()
	return m.Run()
}

// Program is the file of the built program.
func Program(t testing.TB) string {
	t.Helper()
	program.build.Do(buildProgram)
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.file
}

func buildProgram() {
	program.dir, program.err = os.MkdirTemp("", "okta-gin-e2e-")
	if program.err != nil {
		return
	}
	program.file = filepath.Join(program.dir, "okta-gin")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program.file, ".")
	build.Dir = Root
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		program.err = fmt.Errorf("build the program: %w\n%s", err, out)
	}
}

func removeProgram() {
	if program.dir != "" {
		os.RemoveAll(program.dir)
	}
}
