package program_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestHangUp replaces secrets in files and sends the program SIGHUP: it goes on with the
// new ones, in the same process, and nobody is signed out who need not be.
func TestHangUp(t *testing.T) {
	t.Parallel()
	const first, second = "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d", "1e0511164ee4dc1c3df4aee7d4170cf2a7c7097f0af258d553ce0243291a3d07"
	dir := t.TempDir()
	put := func(name, secret string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("session", first)
	put("client", "not-the-secret-that-okta-knows")
	a := drive.StartApp(t, map[string]string{
		"SESSION_SECRET": "", "SESSION_SECRET_FILE": filepath.Join(dir, "session"),
		"OKTA_OAUTH2_CLIENT_SECRET": "", "OKTA_OAUTH2_CLIENT_SECRET_FILE": filepath.Join(dir, "client"),
	})
	hangUp := func(setting string) {
		t.Helper()
		taken := func() int {
			return strings.Count(a.Logs.String(), `"msg":"new secret","setting":"`+setting+`"`)
		}
		before := taken()
		if err := a.Cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		drive.Await(t, setting+" to be taken up", func() bool { return taken() > before })
	}
	v := drive.NewVisitor(t, a)
	if r, err := v.TrySignIn("/greet", drive.Ada); err == nil && r.StatusCode == http.StatusOK {
		t.Error("signed in with a wrong client secret")
	}
	put("client", mockokta.DefaultClientSecret)
	hangUp("OKTA_OAUTH2_CLIENT_SECRET")
	v = drive.NewVisitor(t, a)
	v.SignIn("/", drive.Ada)
	put("session", second+","+first)
	hangUp("SESSION_SECRET")
	if !v.SignedIn() {
		t.Error("signed out, though the old secret is still there")
	}
	put("session", second)
	hangUp("SESSION_SECRET")
	if !v.SignedIn() {
		t.Error("signed out, though sealed under the new secret")
	}
	put("session", first)
	hangUp("SESSION_SECRET")
	if v.SignedIn() {
		t.Error("signed in by a secret that is gone")
	}
	if log := a.Logs.String(); strings.Contains(log, first[:16]) || strings.Contains(log, second[:16]) || strings.Contains(log, "not-the-secret") {
		t.Error("the log holds a secret")
	}
}
