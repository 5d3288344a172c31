package handlers_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// following is an app whose secrets are in files, which it follows.
type following struct {
	*apptest.App
	dir     string
	hangups chan os.Signal
}

// startFollowing has each of secrets, by the name of its setting, in a file.
func startFollowing(t *testing.T, interval time.Duration, secrets map[string]string, environ ...string) following {
	t.Helper()
	f := following{dir: t.TempDir(), hangups: make(chan os.Signal)}
	f.App = apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}, Late: func(env map[string]string) {
		for name, value := range env {
			if secrets[name] == "" {
				environ = append(environ, name+"="+value)
			}
		}
	}})
	for name, secret := range secrets {
		environ = append(environ, name+"_FILE="+filepath.Join(f.dir, name))
		f.put(name, secret)
	}
	cfg, err := config.Read(f.dir, environ)
	if err != nil {
		t.Fatal(err)
	}
	f.RestartWith(cfg)
	go f.FollowSecrets(t.Context(), f.hangups, interval)
	return f
}

// put replaces a secret, as a Kubernetes secret or an editor does: at once.
func (f following) put(name, secret string) {
	file := filepath.Join(f.dir, name)
	if err := os.WriteFile(file+".new", []byte(secret+"\n"), 0o600); err != nil {
		panic(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		panic(err)
	}
}

// logged counts the log lines with all of words.
func (f following) logged(words ...string) (count int) {
lines:
	for line := range strings.Lines(f.Logs.String()) {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		count++
	}
	return count
}

func (f following) hangUp(t *testing.T) {
	t.Helper()
	select {
	case f.hangups <- syscall.SIGHUP:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody takes SIGHUP")
	}
}

const (
	hourly      = time.Hour // whoever hangs up need not wait
	otherHook   = "of-the-event-hook-of-tomorrow"
	oldSecret   = "5da874a296f5a11ff1a3671e1142a007a9f6eaa341daefbb9cffffe8d7a60fbf"
	newSecret   = "2190d194d2e4e73d43bbb1adaf2964ae2a7f79ff310fc2c14d4193a5d3ef45a2"
	wrongSecret = "not-the-client-secret-that-okta-knows"
)

// TestSecretsAreTakenUp while the app runs, and told apart in the log by no more than
// their beginnings' marks.
func TestSecretsAreTakenUp(t *testing.T) {
	t.Parallel()
	for name, interval := range map[string]time.Duration{"on SIGHUP": hourly, "on change": 5 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startFollowing(t, interval, map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": wrongSecret, "OKTA_EVENT_HOOK_SECRET": apptest.HookSecret, "OKTA_API_TOKEN": "00wrong"})
			o := apptest.Outsider{T: t, App: f.App}
			body := apptest.Delivery(t, f.Org.Event("user.lifecycle.deactivate", testkit.Grace))
			hook := func(secret string) int {
				return o.Send(http.MethodPost, apptest.HookPath, body, "Authorization", secret).StatusCode
			}
			eve := f.Browser()
			if back := eve.Get(eve.ToCallback(apptest.ProfilePath, testkit.Ada)); back.StatusCode != http.StatusBadGateway {
				t.Errorf("with a wrong client secret: status %d", back.StatusCode)
			}
			if hook(apptest.HookSecret) != http.StatusOK || hook(otherHook) != http.StatusUnauthorized {
				t.Error("the event hook does not go by its secret")
			}

			f.put("OKTA_OAUTH2_CLIENT_SECRET", mockokta.DefaultClientSecret)
			f.put("OKTA_EVENT_HOOK_SECRET", otherHook)
			f.put("OKTA_API_TOKEN", mockokta.DefaultAPIToken)
			if interval == hourly {
				f.hangUp(t)
			}
			testkit.Await(t, "the secrets to be taken up", func() bool {
				return f.logged("new secret", "OKTA_API_TOKEN") > 0 && f.logged("new secret", "OKTA_EVENT_HOOK_SECRET") > 0 && f.logged("new secret", "OKTA_OAUTH2_CLIENT_SECRET") > 0
			})
			f.Browser().SignIn(apptest.ProfilePath, testkit.Ada)
			if hook(otherHook) != http.StatusOK || hook(apptest.HookSecret) != http.StatusUnauthorized {
				t.Error("the event hook goes by the secret from before")
			}
			for _, secret := range []string{wrongSecret, apptest.HookSecret, otherHook, mockokta.DefaultClientSecret, mockokta.DefaultAPIToken} {
				if strings.Contains(f.Logs.String(), secret[:12]) {
					t.Errorf("the log holds %q", secret)
				}
			}
		})
	}
}

// TestBadSecretsAreNotTakenUp: what was good goes on, and the log says so once.
func TestBadSecretsAreNotTakenUp(t *testing.T) {
	t.Parallel()
	f := startFollowing(t, 2*time.Millisecond, map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret})
	const complaint = "those from before go on"
	f.put("OKTA_OAUTH2_CLIENT_SECRET", " ")
	testkit.Await(t, "the complaint", func() bool { return f.logged(complaint, "OKTA_OAUTH2_CLIENT_SECRET") == 1 })
	f.hangUp(t) // who asks is told again
	testkit.Await(t, "the answer", func() bool { return f.logged(complaint) == 2 })
	f.Browser().SignIn(apptest.ProfilePath, testkit.Ada)
	f.put("OKTA_OAUTH2_CLIENT_SECRET", mockokta.DefaultClientSecret)
	f.hangUp(t)
	testkit.Await(t, "all to be well", func() bool { return f.logged("none has changed") == 1 })
	if got := f.logged(complaint); got != 2 {
		t.Errorf("%d complaints", got)
	}
}

// TestSessionSecretIsReplaced without a restart: nobody is signed out while the old one is
// there too, and what is sealed under a secret that is gone is worth nothing, also where
// this process has opened it before.
func TestSessionSecretIsReplaced(t *testing.T) {
	t.Parallel()
	f := startFollowing(t, hourly, map[string]string{"SESSION_SECRET": oldSecret})
	used, warming, copied, under := f.Browser(), f.Browser(), f.Browser(), f.Browser()
	used.SignIn(apptest.ProfilePath, testkit.Ada)
	warming.Set(&http.Cookie{Name: "okta_session", Value: used.Cookie("okta_session")})
	copied.Set(&http.Cookie{Name: "okta_session", Value: used.Cookie("okta_session")})
	signingIn := under.ToCallback(apptest.ProfilePath, testkit.Ada)
	take := func(secret string, times int) {
		t.Helper()
		f.put("SESSION_SECRET", secret)
		f.hangUp(t)
		testkit.Await(t, "the secret to be taken up", func() bool { return f.logged("new secret", "SESSION_SECRET") == times })
	}
	take(newSecret+","+oldSecret, 1)
	if r := used.Get(apptest.ProfilePath); r.StatusCode != http.StatusOK || len(r.Cookies()) == 0 {
		t.Errorf("with both: status %d, not sealed anew", r.StatusCode)
	}
	if r := used.Get(apptest.ProfilePath); len(r.Cookies()) != 0 {
		t.Error("sealed anew though it was")
	}
	if page := under.Follow(under.Get(signingIn)); page.StatusCode != http.StatusOK {
		t.Errorf("a sign-in on its way: status %d", page.StatusCode)
	}
	if !warming.SignedIn() { // what was sealed under the old secret is opened, and remembered
		t.Error("a copy under the old secret is worth nothing while that is there")
	}
	take(newSecret, 2)
	if !used.SignedIn() || !under.SignedIn() {
		t.Error("signed out, though sealed under the new secret")
	}
	if copied.SignedIn() {
		t.Error("a cookie under a secret that is gone still counts")
	}
	for _, secret := range []string{oldSecret, newSecret} {
		if strings.Contains(f.Logs.String(), secret[:16]) {
			t.Error("the log holds a session secret")
		}
	}
}

// TestTwoClientSecrets: while one is being replaced at Okta, either may be the good one,
// and the one that was good last goes first.
func TestTwoClientSecrets(t *testing.T) {
	t.Parallel()
	for name, secrets := range map[string]string{
		"old and new": wrongSecret + "," + mockokta.DefaultClientSecret,
		"new and old": mockokta.DefaultClientSecret + ", " + wrongSecret,
		"as JSON":     `["` + wrongSecret + `","` + mockokta.DefaultClientSecret + `"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": secrets}})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			app.Browser().SignIn(apptest.ProfilePath, testkit.Grace)
			tries := map[string]string{"ok": "2", "refused": ""}
			if name != "new and old" {
				tries["refused"] = "1"
			}
			for outcome, want := range tries {
				if got := b.Metrics()[`okta_upstream_requests_total{endpoint="token",outcome="`+outcome+`",upstream="okta"}`]; got != want {
					t.Errorf("%s: %q token requests, want %q", outcome, got, want)
				}
			}
		})
	}
}
