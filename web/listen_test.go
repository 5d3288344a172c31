package web_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/web"
)

func TestListenOnASocket(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.sock")
	first, err := web.Listen(t.Context(), "unix", path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := web.Listen(t.Context(), "unix", path, nil); err == nil {
		t.Error("a socket in use is taken over")
	}
	first.(*net.UnixListener).SetUnlinkOnClose(false) // as a process that is killed leaves it
	first.Close()
	second, err := web.Listen(t.Context(), "unix", path, nil)
	if err != nil {
		t.Fatalf("a socket that was left behind: %v", err)
	}
	second.Close()

	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := web.Listen(t.Context(), "unix", path, nil); err == nil {
		t.Error("a file is taken for a socket")
	}
	if content, err := os.ReadFile(path); err != nil || string(content) != "precious" {
		t.Errorf("the file is %q, %v", content, err)
	}
}

func TestListenNeedsSystemdsSocket(t *testing.T) {
	t.Parallel()
	own := "LISTEN_PID=" + strconv.Itoa(os.Getpid())
	for _, test := range []struct {
		name    string
		environ []string
		want    string
	}{
		{"", nil, "no socket"},
		{"", []string{"LISTEN_FDS=1"}, "no socket"},
		{"", []string{"LISTEN_PID=1", "LISTEN_FDS=1"}, "no socket"},
		{"", []string{own, "LISTEN_FDS=many"}, "no socket"},
		{"", []string{own, "LISTEN_FDS=-1"}, "no socket"},
		{"", []string{own, "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b"}, "say which by systemd:NAME"},
		{"c", []string{own, "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b"}, `no socket "c"`},
		{"b", []string{own, "LISTEN_FDS=1", "LISTEN_FDNAMES=a:b"}, `no socket "b"`},
		{"a", []string{own, "LISTEN_FDS=1"}, `no socket "a"`},
	} {
		if _, err := web.Listen(t.Context(), "systemd", test.name, test.environ); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q by %v: error %v, want %q in it", test.name, test.environ, err, test.want)
		}
	}
}

// TestListenSaysWhatHelps holds that a place which cannot be had is told with a way out.
func TestListenSaysWhatHelps(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, test := range map[string]struct{ network, address, want string }{
		"taken":           {"tcp", taken.Addr().String(), "listens there"},
		"another machine": {"tcp", "192.0.2.1:8080", "does not have that address"},
		"no such folder":  {"unix", filepath.Join(t.TempDir(), "none", "app.sock"), "no such file"},
	} {
		if _, err := web.Listen(t.Context(), test.network, test.address, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q in it", name, err, test.want)
		}
	}
}

// TestListenTakesSystemdsSocket hands two sockets to a process as systemd does, which takes
// one by its name.
func TestListenTakesSystemdsSocket(t *testing.T) {
	t.Parallel()
	if os.Getenv("LISTEN_FDS") == "2" {
		listener, err := web.Listen(t.Context(), "systemd", "metrics", os.Environ())
		if err != nil {
			t.Fatal(err)
		}
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "taken over"); err != nil {
			t.Fatal(err)
		}
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// The process id is known only to the process itself, which exec keeps.
	child := exec.CommandContext(t.Context(), "sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=http:metrics exec "$0" -test.run '^TestListenTakesSystemdsSocket$'`, os.Args[0])
	child.ExtraFiles = []*os.File{os.Stdin, file} // numbers 3 and 4
	done := make(chan error, 1)
	go func() {
		output, err := child.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, output)
		}
		done <- err
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if said, err := io.ReadAll(conn); string(said) != "taken over" {
		t.Errorf("%q, %v", said, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
