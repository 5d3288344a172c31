//go:build linux

package marks_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
)

// TestFullDisk writes, in a process of its own that may have no larger files, until
// there is no room. The marks hold, callers hear of it, and with room all is well again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	const inside = "MARKS_FULL_DISK"
	path := os.Getenv(inside)
	if path == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestFullDisk$", "-test.v")
		child.Env = append(os.Environ(), inside+"="+filepath.Join(t.TempDir(), "state"))
		if output, err := child.CombinedOutput(); err != nil || !strings.Contains(string(output), "--- PASS: TestFullDisk") {
			t.Errorf("%v: %s", err, output)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full, unlimited := limit, limit
	full.Cur = 64 << 10
	f := open(t, path, start)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	var err error
	last := ""
	for i := 0; i < 10_000 && err == nil; i++ {
		last = fmt.Sprint(i)
		err = f.End(t.Context(), session.Mark{Name: last, UpTo: start, Until: start.Add(time.Hour)})
	}
	if restored := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &unlimited); restored != nil {
		t.Fatal(restored)
	}
	if !errors.Is(err, session.ErrUnavailable) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "make room") {
		t.Errorf("got %v", err)
	}
	want(t, f, "0", start)
	want(t, f, last, start)
	end(t, f, "after", start, start.Add(time.Hour))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, start)
	want(t, f, "0", start)
	want(t, f, "after", start)
}

// TestFullDiskAtStart begins a file where there is no room at all.
func TestFullDiskAtStart(t *testing.T) {
	t.Parallel()
	f, err := marks.Open("/dev/full", 1000, at(start), nil)
	if err == nil {
		_ = f.Close()
		t.Fatal("no error")
	}
	if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, "/dev/full") || !strings.Contains(text, "make room") {
		t.Errorf("got %q", text)
	}
}
