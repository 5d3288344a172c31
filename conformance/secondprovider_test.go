//go:build conformance

package conformance_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// second is node-oidc-provider, which others have written: nodeprovider/server.mjs.
type second struct {
	issuer string

	mu    sync.Mutex
	lines []happening
	more  chan struct{} // closed with the next line
}

// happening is a line of server.mjs.
type happening struct{ Issuer, Event, Type, Error, Detail string }

// installSecond fetches what package-lock.json names, and returns where it is.
func installSecond(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "server.mjs"} {
		file, err := os.ReadFile(filepath.Join("nodeprovider", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	began := time.Now()
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s\nThis test needs Node.js 20.20 or later, npm and its registry.", err, out)
	}
	t.Logf("npm ci took %v", time.Since(began).Round(100*time.Millisecond))
	return dir
}

// startSecond starts the provider that is installed in dir.
func startSecond(t *testing.T, dir string, options map[string]any) *second {
	t.Helper()
	encoded, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "server.mjs", string(encoded))
	node.Dir = dir
	var complaints bytes.Buffer
	node.Stderr = &complaints
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	s := &second{more: make(chan struct{})}
	over := make(chan struct{})
	go func() {
		defer close(over)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			s.note(lines.Bytes())
		}
	}()
	t.Cleanup(func() {
		node.Process.Kill()
		<-over
		node.Wait()
		if t.Failed() {
			t.Logf("the provider did %+v\nand said %s", s.lines, complaints.String())
		}
	})
	s.issuer = s.waits(t, 1, func(h happening) bool { return h.Issuer != "" }).Issuer
	return s
}

func (s *second) note(line []byte) {
	var h happening
	if err := json.Unmarshal(line, &h); err != nil {
		h.Detail = string(line)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, h)
	close(s.more)
	s.more = make(chan struct{})
}

// waits returns the n-th happening that is one of these, once it is there.
func (s *second) waits(t *testing.T, n int, is func(happening) bool) happening {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		found, more := slices.Collect(s.those(is)), s.more
		s.mu.Unlock()
		if len(found) >= n {
			return found[n-1]
		}
		select {
		case <-more:
		case <-late:
			t.Fatalf("the provider did not do what was expected of it %d times", n)
		}
	}
}

func (s *second) those(is func(happening) bool) func(func(happening) bool) {
	return func(yield func(happening) bool) {
		for _, h := range s.lines {
			if is(h) && !yield(h) {
				return
			}
		}
	}
}

// count says how often this has happened so far.
func (s *second) count(is func(happening) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(slices.Collect(s.those(is)))
}

func event(name string) func(happening) bool {
	return func(h happening) bool { return h.Event == name }
}

func grant(kind string) func(happening) bool {
	return func(h happening) bool { return h.Event == "grant" && h.Type == kind }
}
