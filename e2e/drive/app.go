package drive

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// Paths of the app.
const (
	LoginPath    = "/authorization-code/login-redirect"
	ProfilePath  = "/authorization-code/profile"
	LogoutPath   = "/authorization-code/logout"
	SessionsPath = "/authorization-code/sessions"
)

// People of the org.
const (
	Ada  = testkit.Ada  // administrator
	Eve  = testkit.Eve  // not assigned to the app
	Many = testkit.Many // 120 groups
)

// EventHookSecret is the secret that the org sends its events with.
const EventHookSecret = "secret-of-the-event-hook"

// Patience is how long a test waits for what should come at once. It is long
// because the machine may be busy.
const Patience = testkit.Patience

// PasswordOf is the password of one of these people.
func PasswordOf(login string) string { return testkit.PasswordOf(login) }

// App is the built program, as a process with an Okta org of its own.
type App struct {
	T   testing.TB
	URL string
	Org *mockokta.Org

	Env  map[string]string // what the next Start gives to the process
	Logs testkit.Logs      // what the process has written, and those before it
	Cmd  *exec.Cmd         // nil while none runs
	Done chan struct{}     // closed when the process has ended
}

// StartApp starts the program with env over settings that fit its org, and
// returns when people can sign in. It is stopped with the test, which fails if it
// does not end well.
func StartApp(t testing.TB, env map[string]string) *App {
	t.Helper()
	a := NewApp(t, env)
	a.Start()
	a.WaitFor("/readyz", http.StatusOK)
	return a
}

// NewApp is an app that Start has yet to start. Its org serves already.
func NewApp(t testing.TB, env map[string]string) *App {
	t.Helper()
	return NewAppAt(t, env, nil)
}

// NewAppAt is NewApp with an org that change has changed before it serves.
func NewAppAt(t testing.TB, env map[string]string, change func(*mockokta.Options)) *App {
	t.Helper()
	port := FreePort(t)
	a := &App{T: t, URL: "http://localhost:" + port}
	client := mockokta.WebClient(a.URL)
	client.FrontChannelLogoutURI = a.URL + "/authorization-code/front-channel-logout"
	options := mockokta.Options{
		Addr:           "127.0.0.1:" + FreePort(t),
		Clients:        []mockokta.Client{client, mockokta.MachineClient()},
		EventHooks:     []mockokta.EventHook{{URL: a.URL + "/authorization-code/event-hook", Secret: EventHookSecret}},
		TrustedOrigins: []string{a.URL},
	}
	if change != nil {
		change(&options)
	}
	org, err := mockokta.Start(options)
	for errors.Is(err, syscall.EADDRINUSE) { // another process was faster
		options.Addr = "127.0.0.1:" + FreePort(t)
		org, err = mockokta.Start(options)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	a.Org = org
	a.Env = testkit.Settings(org, a.URL, map[string]string{"PORT": port, "OKTA_EVENT_HOOK_SECRET": EventHookSecret})
	maps.Copy(a.Env, env)
	t.Cleanup(func() {
		a.Stop()
		if t.Failed() {
			t.Logf("log of the program:\n%s", a.Logs.String())
		}
	})
	return a
}

// Start starts the process; it may have been stopped before.
func (a *App) Start() {
	a.T.Helper()
	a.Cmd = Command(a.T, a.Env)
	a.Cmd.Stdout, a.Cmd.Stderr = &a.Logs, &a.Logs
	if err := a.Cmd.Start(); err != nil {
		a.T.Fatal(err)
	}
	a.Done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		cmd.Wait() // ProcessState tells
		close(done)
	}(a.Cmd, a.Done)
}

// Command is the program in an empty folder, with env and nothing else around it.
func Command(t testing.TB, env map[string]string, args ...string) *exec.Cmd {
	cmd := exec.Command(Program(t), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// Stop ends the process as a service manager does. More than one stop does no harm.
func (a *App) Stop() {
	a.T.Helper()
	if a.Cmd == nil {
		return
	}
	if err := a.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		a.T.Errorf("the program ended before it was told to: %v", err)
	}
	select {
	case <-a.Done:
	case <-time.After(Patience):
		a.T.Error("the program did not stop")
		a.Cmd.Process.Kill()
		<-a.Done
	}
	if code := a.Cmd.ProcessState.ExitCode(); code != 0 {
		a.T.Errorf("the program ended with %s", a.Cmd.ProcessState)
	}
	a.Cmd = nil
}

// WaitFor waits until path answers with status.
func (a *App) WaitFor(path string, status int) {
	a.T.Helper()
	got := 0
	Await(a.T, path+" to answer "+strconv.Itoa(status), func() bool {
		select {
		case <-a.Done:
			a.T.Fatalf("the program ended with %s", a.Cmd.ProcessState)
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

// Await waits until condition holds.
func Await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(Patience); time.Now().Before(deadline); <-tick.C {
		if condition() {
			return
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

// ports counts how many ports FreePort has looked at, from firstPort on.
var (
	ports     atomic.Uint32
	firstPort = rand.Uint32N(10000)
)

// FreePort finds a port below those that the system hands out to outgoing
// connections, so that an app can be restarted on its port amid heavy traffic. The
// tests of a package are handed all others before the same one again, and packages that
// run side by side seldom look at the same ones. It knocks, and does not listen for a
// moment: a process that another test starts just then would keep the port for longer.
func FreePort(t testing.TB) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(20000 + int((firstPort+ports.Add(1))%10000))
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return port
		}
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	t.Fatal("no free port")
	return ""
}
