package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/web"
)

// TestServe holds that a server that is told to stop finishes what it has begun, tells
// its clients to close, and takes no new ones.
func TestServe(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, finish := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(begun)
			<-finish
		}
		io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()
	base := "http://" + listener.Addr().String()
	client := &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}
	get := func(path string) (string, error) {
		resp, err := client.Get(base + path)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return string(body) + resp.Header.Get("Connection"), err
	}
	if got, err := get("/"); got != "done" || err != nil {
		t.Fatalf("%q %v", got, err)
	}
	slow := make(chan string, 1)
	go func() {
		got, err := get("/slow")
		if err != nil {
			got = err.Error()
		}
		slow <- got
	}()
	<-begun
	stop()
	for { // until the listener has closed
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		conn.Close()
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-served:
		t.Fatalf("left while a request was under way: %v", err)
	default:
	}
	close(finish)
	if got := <-slow; !strings.HasPrefix(got, "done") {
		t.Errorf("the request under way: %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("told to stop: %v", err)
	}
}

func TestServeFails(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := web.Serve(t.Context(), listener, http.NotFoundHandler(), slog.New(slog.DiscardHandler)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestNewLogger(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ format, want string }{
		{"", `{"time":`}, {"json", `{"time":`}, {"text", "time="},
	} {
		name := filepath.Join(t.TempDir(), "log")
		file, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		log, _ := web.NewLogger(config.Config{LogFormat: tt.format, LogLevel: slog.LevelWarn}, file)
		log.Info("not this")
		log.Warn("this")
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || !strings.HasPrefix(string(got), tt.want) || strings.Contains(string(got), "not this") {
			t.Errorf("%q: %s, %v", tt.format, got, err)
		}
	}
}
