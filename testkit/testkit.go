// Package testkit is what tests of several packages have in common: a clock that they
// move, a log that they read, a browser without a window, and waiting. Only tests
// import it.
package testkit

import (
	"bytes"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

// Run runs the tests of a package that start many apps, for its TestMain: Gin keeps quiet,
// and garbage is collected less often than in a program that is to stay small. It returns
// the code to exit with.
func Run(m *testing.M) int {
	gin.SetMode(gin.TestMode)
	debug.SetGCPercent(400)
	return m.Run()
}

// Paths of sign-in, where the app does not change them.
const (
	LoginPath     = "/authorization-code/login-redirect"
	CallbackPath  = "/authorization-code/callback"
	LogoutPath    = "/authorization-code/logout"
	SignedOutPath = "/authorization-code/signed-out"
)

// People of the stand-in's org.
const (
	Ada   = "ada@acme.test"   // of the groups Everyone, Admins and Engineers
	Grace = "grace@acme.test" // employee
	Eve   = "eve@acme.test"   // not assigned to the app
	Many  = "many@acme.test"  // of 120 groups
)

// SessionSecret is good as SESSION_SECRET.
const SessionSecret = "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d"

// PasswordOf is the password of one of these people.
func PasswordOf(login string) string {
	name, _, _ := strings.Cut(login, "@")
	return "correct-horse-" + name
}

// Clock runs as time does, from a start that tests move. The zero Clock tells the time.
type Clock struct {
	mu      sync.Mutex
	offset  time.Duration
	stopped time.Time // zero while it runs
}

// Now is the time by this clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped.IsZero() {
		return c.stopped.Add(c.offset)
	}
	return time.Now().Add(c.offset)
}

// Stop has the clock stand still but for Add, for what is allowed so often in a while: on
// a busy machine a test may take longer than the while.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now()
}

// Add puts the clock forward.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Logs is everything that was written, such as JSON lines of a log. It is safe for
// concurrent use.
type Logs struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	full bool
}

// Write implements io.Writer.
func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return len(p), nil
	}
	return l.buf.Write(p)
}

// Close has Logs keep nothing from here on, as a benchmark needs it.
func (l *Logs) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = true
}

// String is all of it so far.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Patience is how long a test waits for what should come at once. It is long because the
// machine may be busy.
const Patience = 30 * time.Second

// Await waits until condition holds, and ends the test where it does not.
func Await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	if !holds(condition) {
		t.Fatalf("waited in vain for %s", what)
	}
}

// AwaitBeside is Await for what runs beside the test: it fails the test and goes on.
func AwaitBeside(t testing.TB, what string, condition func() bool) {
	t.Helper()
	if !holds(condition) {
		t.Errorf("waited in vain for %s", what)
	}
}

func holds(condition func() bool) bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		if condition() {
			return true
		}
	}
	return false
}

// Receive returns the next value of ch, and ends the test where none comes.
func Receive[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(Patience):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}
