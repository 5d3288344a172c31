package program_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestStopUnderLoad stops the app while many keep asking for pages. Whatever it has
// begun it answers in full; afterwards nobody gets a connection. The log tells what
// it has begun: a client that loses an answer would quietly ask again.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	var answered atomic.Int64
	var crowd sync.WaitGroup
	for range 16 {
		v := drive.NewVisitor(t, a)
		v.SignIn("/", drive.Many)
		crowd.Go(func() {
			for {
				r, err := v.Send(a.URL+drive.ProfilePath, nil)
				if errors.Is(err, syscall.ECONNREFUSED) {
					return
				}
				if err != nil || r.StatusCode != http.StatusOK || !strings.HasSuffix(strings.TrimSpace(r.Body), "</html>") {
					t.Errorf("after %d pages, one is lost: %v %v", answered.Load(), r.Response, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	drive.Await(t, "the load", func() bool { return answered.Load() > 500 })
	a.Stop()
	crowd.Wait()
	begun := strings.Count(a.Logs.String(), `"route":"`+drive.ProfilePath+`","status":200`)
	if got := int(answered.Load()); got != begun {
		t.Errorf("the app has begun to answer %d requests, and %d have arrived", begun, got)
	}
}

// TestStopDuringSignIn stops the app while it waits for Okta on behalf of somebody:
// that sign-in still succeeds.
func TestStopDuringSignIn(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	underway, goOn := make(chan struct{}), make(chan struct{})
	a.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			if endpoint == "token" {
				close(underway)
				<-goOn
			}
			return false
		}
	})
	v := drive.NewVisitor(t, a)
	v.Client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		if req.URL.Path == "/greet" { // the app is gone by then
			return http.ErrUseLastResponse
		}
		return nil
	}
	type outcome struct {
		reply drive.Reply
		err   error
	}
	done := make(chan outcome)
	go func() {
		r, err := v.TrySignIn("/greet", drive.Ada)
		done <- outcome{r, err}
	}()
	<-underway
	closed := idleConnection(t, a)
	if err := a.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	closed() // the app waits for requests under way alone
	close(goOn)
	got := <-done
	if got.err != nil {
		t.Fatalf("the sign-in is lost: %v", got.err)
	}
	if got.reply.StatusCode != http.StatusSeeOther {
		t.Errorf("the callback answers %d, want 303", got.reply.StatusCode)
	}
	<-a.Done
	if code := a.Cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the program ended with %s", a.Cmd.ProcessState)
	}
	a.Start()
	a.WaitFor("/healthz", http.StatusOK)
	if !v.SignedIn() {
		t.Error("the session is lost")
	}
}

// idleConnection connects to the app, asks one thing and keeps quiet. The function it
// returns waits until the app closes the connection.
func idleConnection(t *testing.T, a *drive.App) (closed func()) {
	t.Helper()
	conn, err := net.Dial("tcp", "localhost:"+a.Env["PORT"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(drive.Patience))
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatalf("wait for the app to close an idle connection: %v", err)
		}
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	v := drive.NewVisitor(t, a)
	v.SignIn("/", drive.Ada)

	restart := func(secret string) {
		a.Stop()
		a.Env["SESSION_SECRET"] = secret
		a.Start()
		a.WaitFor("/readyz", http.StatusOK)
	}
	first, second := a.Env["SESSION_SECRET"], "1e0511164ee4dc1c3df4aee7d4170cf2a7c7097f0af258d553ce0243291a3d07"
	restart(first)
	if !v.SignedIn() {
		t.Error("a restart with the same secret signs people out")
	}
	restart(second + "," + first)
	if !v.SignedIn() {
		t.Error("a restart with a new secret before the old one signs people out")
	}
	restart("40b6eac3f9e1ae8f8fcdf4e01e6aa3d6accc58b5b70ecf8b31f49c2b608f26d4")
	if r := v.Get("/"); r.StatusCode != http.StatusOK || r.Heading(t) != "Sign in with Okta" {
		t.Errorf("with another secret the front page answers %d %q", r.StatusCode, r.Heading(t))
	}
	if v.SignedIn() {
		t.Error("a restart with another secret keeps people signed in")
	}
	if r := v.Get(drive.ProfilePath); r.StatusCode != http.StatusOK || r.Heading(t) != "Ada Lovelace" { // Okta still knows her
		t.Errorf("with another secret the profile answers %d %q", r.StatusCode, r.Heading(t))
	}
}

func TestStartRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		env  map[string]string
		args []string
		want []string
	}{
		{
			name: "without settings",
			want: []string{"OKTA_OAUTH2_ISSUER", "OKTA_OAUTH2_CLIENT_ID", "OKTA_OAUTH2_CLIENT_SECRET", "Admin Console", "make run"},
		},
		{
			name: "with one wrong setting",
			env: map[string]string{
				"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1",
				"OKTA_OAUTH2_CLIENT_SECRET": "hush-hush", "SESSION_IDLE_TIMEOUT": "soon",
			},
			want: []string{"SESSION_IDLE_TIMEOUT"},
		},
		{name: "with a flag", args: []string{"--verbose"}, want: []string{"no arguments", ".env.example"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := drive.Command(t, test.env, test.args...)
			began := time.Now()
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 2 {
				t.Errorf("the program ends with %v, want exit status 2", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s to say so", took)
			}
			for _, want := range test.want {
				if !strings.Contains(string(out), want) {
					t.Errorf("the message does not name %s:\n%s", want, out)
				}
			}
			if strings.Contains(string(out), "hush-hush") {
				t.Errorf("the message tells the secret:\n%s", out)
			}
		})
	}
}
