package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// freePorts finds ports that nobody listens on.
func freePorts(t *testing.T, n int) []string {
	t.Helper()
	var ports []string
	for range n {
		listener, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, port)
	}
	return ports
}

func output(t *testing.T) *os.File {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	return out
}

func environ(ports []string) []string {
	return []string{"PORT=" + ports[0], "DEMO_SPA_PORT=" + ports[1], "DEMO_OKTA_PORT=" + ports[2], "DEMO_API_PORT=" + ports[3]}
}

// get waits for an answer from url and returns its body.
func get(t *testing.T, url string, failed <-chan error) string {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-failed:
			t.Fatalf("the demo ended: %v", err)
		default:
		}
		resp, err := client.Get(url)
		if err != nil {
			continue
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d and %v", url, resp.StatusCode, err)
		}
		return string(body)
	}
	t.Fatalf("%s does not answer", url)
	return ""
}

func TestRunServesAllAndStops(t *testing.T) {
	t.Parallel()
	ports, out := freePorts(t, 4), output(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, environ(ports), out) }()

	app, frontEnd, org := "http://localhost:"+ports[0], "http://localhost:"+ports[1], "http://127.0.0.1:"+ports[2]
	get(t, app+"/readyz", ended)
	get(t, org+"/oauth2/default/.well-known/openid-configuration", ended)
	if page := get(t, frontEnd+"/", ended); !strings.Contains(page, `content="`+app+`"`) {
		t.Errorf("the front end's page does not name the app at %s: %s", app, page)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopped with %v, want no error", err)
	}
	printed, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{app, frontEnd, org, "http://127.0.0.1:" + ports[3], "ada@acme.test", "correct-horse-ada", "not assigned to the app", "a name from right to left"} {
		if !strings.Contains(string(printed), want) {
			t.Errorf("the demo does not print %s: %s", want, printed)
		}
	}
}

func TestRunSaysWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	for i, variable := range []string{"PORT", "DEMO_SPA_PORT", "DEMO_OKTA_PORT", "DEMO_API_PORT"} {
		ports := freePorts(t, 4)
		taken, err := net.Listen("tcp", "localhost:"+ports[i])
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		err = run(context.Background(), environ(ports), output(t))
		if err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("with its port taken: got %v, want an error that names %s", err, variable)
		}
	}
	if err := run(context.Background(), []string{"PORT=eighty"}, output(t)); err == nil || !strings.Contains(err.Error(), "PORT") {
		t.Errorf("with a port that is none: got %v, want an error that names PORT", err)
	}
}
