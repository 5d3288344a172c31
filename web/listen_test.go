package web_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	for _, environ := range [][]string{nil, {"LISTEN_FDS=1"}, {"LISTEN_PID=1", "LISTEN_FDS=1"}} {
		if _, err := web.Listen(t.Context(), "systemd", "", environ); err == nil || !strings.Contains(err.Error(), "systemd") {
			t.Errorf("%v: error %v", environ, err)
		}
	}
}
