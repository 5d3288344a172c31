package e2e_test

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

const (
	loginPath   = "/authorization-code/login-redirect"
	profilePath = "/authorization-code/profile"
	logoutPath  = "/authorization-code/logout"

	sessionsPath = "/authorization-code/sessions"

	ada  = "ada@acme.test"  // administrator
	eve  = "eve@acme.test"  // not assigned to the app
	many = "many@acme.test" // 120 groups

	eventHookSecret = "secret-of-the-event-hook"

	// patience is how long a test waits for what should come at once. It is long
	// because the machine may be busy.
	patience = 30 * time.Second
)

func passwordOf(login string) string {
	name, _, _ := strings.Cut(login, "@")
	return "correct-horse-" + name
}

// app is the built program, as a process with an Okta org of its own.
type app struct {
	t   testing.TB
	URL string
	Org *mockokta.Org

	env  map[string]string
	logs logs
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
}

// startApp starts the program with env over settings that fit its org, and
// returns when people can sign in. It is stopped with the test, which fails if it
// does not end well.
func startApp(t testing.TB, env map[string]string) *app {
	t.Helper()
	a := newApp(t, env)
	a.start()
	a.waitFor("/readyz", http.StatusOK)
	return a
}

// newApp is an app that start has yet to start. Its org serves already.
func newApp(t testing.TB, env map[string]string) *app {
	t.Helper()
	return newAppAt(t, env, nil)
}

// newAppAt is newApp with an org that change has changed before it serves.
func newAppAt(t testing.TB, env map[string]string, change func(*mockokta.Options)) *app {
	t.Helper()
	port := freePort(t)
	a := &app{t: t, URL: "http://localhost:" + port}
	client := mockokta.WebClient(a.URL)
	client.FrontChannelLogoutURI = a.URL + "/authorization-code/front-channel-logout"
	options := mockokta.Options{
		Addr:           "127.0.0.1:" + freePort(t),
		Clients:        []mockokta.Client{client, mockokta.MachineClient()},
		EventHooks:     []mockokta.EventHook{{URL: a.URL + "/authorization-code/event-hook", Secret: eventHookSecret}},
		TrustedOrigins: []string{a.URL},
	}
	if change != nil {
		change(&options)
	}
	org, err := mockokta.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	a.Org = org
	a.env = map[string]string{
		"PORT":                      port,
		"BASE_URL":                  a.URL,
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"OKTA_EVENT_HOOK_SECRET":    eventHookSecret,
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	}
	maps.Copy(a.env, env)
	t.Cleanup(func() {
		a.stop()
		if t.Failed() {
			t.Logf("log of the program:\n%s", a.logs.String())
		}
	})
	return a
}

// start starts the process; it may have been stopped before.
func (a *app) start() {
	a.t.Helper()
	a.cmd = command(a.t, a.env)
	a.cmd.Stdout, a.cmd.Stderr = &a.logs, &a.logs
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait() // ProcessState tells
		close(done)
	}(a.cmd, a.done)
}

// command is the program in an empty folder, with env and nothing else around it.
func command(t testing.TB, env map[string]string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// stop ends the process as a service manager does. More than one stop does no harm.
func (a *app) stop() {
	a.t.Helper()
	if a.cmd == nil {
		return
	}
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		a.t.Errorf("the program ended before it was told to: %v", err)
	}
	select {
	case <-a.done:
	case <-time.After(patience):
		a.t.Error("the program did not stop")
		a.cmd.Process.Kill()
		<-a.done
	}
	if code := a.cmd.ProcessState.ExitCode(); code != 0 {
		a.t.Errorf("the program ended with %s", a.cmd.ProcessState)
	}
	a.cmd = nil
}

// waitFor waits until path answers with status.
func (a *app) waitFor(path string, status int) {
	a.t.Helper()
	got := 0
	await(a.t, path+" to answer "+strconv.Itoa(status), func() bool {
		select {
		case <-a.done:
			a.t.Fatalf("the program ended with %s", a.cmd.ProcessState)
		default:
		}
		resp, err := http.Get(a.URL + path)
		if err != nil {
			return false
		}
		resp.Body.Close()
		got = resp.StatusCode
		return got == status
	})
}

// await waits until condition holds.
func await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if condition() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// freePort finds a port below those that the system hands out to outgoing
// connections, so that an app can be restarted on its port amid heavy traffic.
func freePort(t testing.TB) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(20000 + rand.IntN(10000))
		listener, err := net.Listen("tcp", ":"+port)
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		return port
	}
	t.Fatal("no free port")
	return ""
}

// logs is what a process has written.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
