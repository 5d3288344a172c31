// Package redistest gives a test a real redis-server of its own, which it may
// kill, freeze and restart.
package redistest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// patience is how long to wait for what should come at once: the machine may be
// busy.
const patience = 20 * time.Second

// Server is a redis-server on a free port of this machine, with a folder of its
// own. It hands each change to the system before it answers, so a restart loses nothing;
// that the system writes it to disk at once takes long, and nothing here ends the system.
type Server struct {
	t    testing.TB
	host string
	port string
	dir  string
	args []string
	cmd  *exec.Cmd
}

// Start returns a server that answers; it ends with the test. args are
// redis-server's own. The test fails where
// redis-server is not installed, or is skipped with ALLOW_MISSING_TOOLS=1.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	return start(t, append([]string{"--save", "", "--appendonly", "yes", "--appendfsync", "no"}, args...))
}

// StartSentinel is Start for a Sentinel that watches over master, by the name of
// "main".
func StartSentinel(t testing.TB, master *Server) *Server {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "sentinel.conf")
	watch := fmt.Sprintf("sentinel monitor main %s %s 1\n", master.host, master.port)
	if err := os.WriteFile(settings, []byte(watch), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, []string{settings, "--sentinel"})
}

func start(t testing.TB, args []string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("ALLOW_MISSING_TOOLS") == "1" {
			t.Skip("redis-server is missing")
		}
		t.Fatal("this test needs redis-server: install Debian's package redis-server")
	}
	s := &Server{t: t, dir: t.TempDir(), args: args, host: "127.0.0.1"}
	for s.port = FreePort(t); !s.run(); s.port = FreePort(t) { // another process took it first
	}
	t.Cleanup(s.Kill)
	return s
}

// FreePort finds a port below those that the system hands out to outgoing
// connections: one of these could take the port before a server does, or while it is
// stopped.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(11000 + rand.IntN(9000))
		if listener, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			listener.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

// Restart starts the server after a Kill, with the data it had, and waits until it
// answers.
func (s *Server) Restart() {
	s.t.Helper()
	if !s.run() {
		s.t.Fatalf("port %s is another server's by now", s.port)
	}
}

// run starts the server and waits until it answers. It returns false where another
// server has the port.
func (s *Server) run() bool {
	s.t.Helper()
	var output bytes.Buffer
	s.cmd = exec.Command("redis-server", append(s.args, "--port", s.port, "--bind", s.host, "--dir", s.dir)...)
	s.cmd.Stdout = &output
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !answers(client); <-tick.C {
		if time.Now().After(deadline) {
			s.Kill()
			s.t.Fatalf("redis-server does not answer:\n%s", output.String())
		}
	}
	info, err := client.Info(context.Background(), "server").Result()
	if err == nil && !strings.Contains(info, "process_id:"+strconv.Itoa(s.cmd.Process.Pid)+"\r\n") {
		s.Kill()
		return false
	}
	return true
}

// answers reports whether the server does, if only to ask for a password.
func answers(client *redis.Client) bool {
	err := client.Ping(context.Background()).Err()
	return err == nil || strings.HasPrefix(err.Error(), "NOAUTH")
}

// Kill ends the server at once, without a farewell.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Freeze stops the server in its tracks: it accepts connections and says nothing.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// Addr is HOST:PORT.
func (s *Server) Addr() string { return net.JoinHostPort(s.host, s.port) }

// URL is the server in the terms of SESSION_STORE and REDIS_URL.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Dump returns everything that the server has written to disk, as a thief would
// find it.
func (s *Server) Dump() string {
	s.t.Helper()
	var dump []byte
	err := filepath.WalkDir(s.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.ReadFile(path)
		dump = append(dump, file...)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return string(dump)
}

// Client returns a client that lives as long as the test.
func (s *Server) Client() *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: s.Addr()})
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

// RoundTrips returns how often the server was sent something while f ran. Commands
// that a client sends at once count as one.
func (s *Server) RoundTrips(f func()) int {
	s.t.Helper()
	client := s.Client()
	before := s.reads(client)
	f()
	return s.reads(client) - before - 1 // what asked for the number
}

func (s *Server) reads(client *redis.Client) int {
	s.t.Helper()
	info, err := client.InfoMap(context.Background(), "stats").Result()
	if err != nil {
		s.t.Fatal(err)
	}
	n, err := strconv.Atoi(info["Stats"]["total_reads_processed"])
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
