package sessions_test

import (
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestStateFileOutlivesRestarts: whoever has signed out is out after a restart too, with
// a copy of the cookie, here and everywhere.
func TestStateFileOutlivesRestarts(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	one, phone, laptop, other := app.Browser(), app.Browser(), app.Browser(), app.Browser()
	one.SignIn(apptest.ProfilePath, testkit.Grace)
	phone.SignIn(apptest.ProfilePath, testkit.Ada)
	laptop.SignIn(apptest.ProfilePath, testkit.Ada)
	other.SignIn(apptest.ProfilePath, testkit.Many)
	stolen := one.Copy()
	one.Post(testkit.LogoutPath, nil)
	laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}})
	app.Restart()
	if stolen.SignedIn() {
		t.Error("a copy of the cookie works again after a restart")
	}
	if phone.SignedIn() {
		t.Error("another browser of whoever signed out everywhere is back after a restart")
	}
	if !other.SignedIn() {
		t.Error("somebody else was signed out by the restart")
	}
	if one.SignIn(apptest.ProfilePath, testkit.Grace); !one.SignedIn() {
		t.Error("nobody can sign in again")
	}
}

// TestStateFileUnusable: the app does not start, and says why in one line that names
// the setting.
func TestStateFileUnusable(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func(t *testing.T, path string) string{
		"in no directory": func(_ *testing.T, path string) string { return filepath.Join(path, "nowhere", "state") },
		"a directory":     func(_ *testing.T, path string) string { return filepath.Dir(path) },
		"something else":  func(t *testing.T, path string) string { return written(t, path, strings.Repeat("notes\n", 2000)) },
		"torn":            func(t *testing.T, path string) string { return torn(t, path) },
		"in use by another": func(t *testing.T, path string) string {
			apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": path}})
			return path
		},
		"on a full disk":     func(*testing.T, string) string { return "/dev/full" },
		"on read-only files": func(*testing.T, string) string { return "/proc/version" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := make(t, filepath.Join(t.TempDir(), "state"))
			cfg, err := config.Load(stateSettings(path))
			if err != nil {
				t.Fatal(err)
			}
			_, err = handlers.New(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), (&testkit.Clock{}).Now)
			if err == nil || !strings.HasPrefix(err.Error(), "STATE_FILE: ") || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), path) {
				t.Errorf("the app says %v", err)
			}
		})
	}
}

func stateSettings(path string) map[string]string {
	return map[string]string{
		"OKTA_OAUTH2_ISSUER": "https://acme.okta.com", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t",
		"STATE_FILE": path,
	}
}

func written(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// torn leaves a quarter of a state file at path.
func torn(t *testing.T, path string) string {
	t.Helper()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": path}})
	b := app.Browser()
	for range 3 {
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		b.Post(testkit.LogoutPath, nil)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return written(t, path, string(content[:len(content)/4]))
}

// TestStateFileCannotBeWritten: a sign-out that can't be written down says so, and ends
// the session all the same as long as the process lives.
func TestStateFileCannotBeWritten(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	stolen := b.Copy()
	if err := app.Close(); err != nil { // as good as a disk that fails
		t.Fatal(err)
	}
	if r := b.Post(testkit.LogoutPath, nil); r.StatusCode != 503 || !strings.Contains(r.Body, "could not note that it is over") {
		t.Errorf("status %d\n%s", r.StatusCode, r.Body)
	}
	if b.SignedIn() || stolen.SignedIn() {
		t.Error("still signed in")
	}
	app.Close()
}
