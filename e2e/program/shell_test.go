package program_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/session/redistest"
)

// shell runs the program with the app's settings and words, beside the app.
func shell(a *drive.App, words ...string) (stdout, stderr string, code int) {
	a.T.Helper()
	cmd := drive.Command(a.T, a.Env, words...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		a.T.Fatal(err)
	}
	return out.String(), log.String(), cmd.ProcessState.ExitCode()
}

// TestEndedFromTheShell: what an operator ends in a shell is over at the running app's
// next request, and the log event is on standard error.
func TestEndedFromTheShell(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SESSION_STORE": redistest.Start(t).URL()})
	v, other := drive.NewVisitor(t, a), drive.NewVisitor(t, a)
	v.SignIn("/", drive.Ada)
	other.SignIn("/", drive.Many)
	out, _, code := shell(a, "sessions", "list", drive.Ada, "--json")
	var listed struct {
		Sessions []struct{ ID, Email, Browser string }
	}
	if err := json.Unmarshal([]byte(out), &listed); err != nil || code != 0 || len(listed.Sessions) != 1 || listed.Sessions[0].Email != drive.Ada {
		t.Fatalf("list: exit code %d, %v\n%s", code, err, out)
	}
	out, log, code := shell(a, "sessions", "end", drive.Ada, listed.Sessions[0].ID)
	if code != 0 || !strings.Contains(out, "is over") || !strings.Contains(log, `"event":"ended_by_operator"`) || strings.Contains(log, `"by":""`) {
		t.Errorf("end: exit code %d\n%s%s", code, out, log)
	}
	if v.SignedIn() {
		t.Error("the session goes on")
	}
	if !other.SignedIn() {
		t.Error("somebody else was signed out")
	}
	if out, log, code := shell(a, "sessions", "end", drive.Ada); code != 1 || out != "" || !strings.Contains(log, "no session of") {
		t.Errorf("end nothing: exit code %d\n%s%s", code, out, log)
	}
}

// TestShellBesideAStateFile: the running app has the file to itself, and the words say so
// in one line.
func TestShellBesideAStateFile(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	if out, log, code := shell(a, "sessions", "list", drive.Ada); code != 1 || out != "" || strings.Count(log, "\n") != 1 || !strings.Contains(log, "stop it first") {
		t.Errorf("exit code %d\n%s%s", code, out, log)
	}
	delete(a.Env, "STATE_FILE")
	if out, log, code := shell(a, "sessions", "list", drive.Ada); code != 2 || out != "" || !strings.Contains(log, "STATE_FILE") {
		t.Errorf("without a list: exit code %d\n%s%s", code, out, log)
	}
}

// TestDoctorByAProxy: how the doctor reaches Okta is in the environment, and told.
func TestDoctorByAProxy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ proxy, want string }{
		"nobody there": {"http://127.0.0.1:1", "no answer by the proxy"},
		"named":        {"http://127.0.0.1:1", "by way of 127.0.0.1:1"},
		"no address":   {"10.0.0.1:port", "HTTPS_PROXY is no address"},
	} {
		cmd := drive.Command(t, map[string]string{
			"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "hush-hush", "HTTPS_PROXY": test.proxy,
		}, "doctor", "--json")
		out, err := cmd.Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: %v, want %q in\n%s", name, err, test.want, out)
		}
	}
}
