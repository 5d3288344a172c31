package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/web"
)

// output is what was logged.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) count(text string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Count(o.buf.Bytes(), []byte(text))
}

// Clients that never finish their request can't take all of the memory: beyond so
// many, others wait, and the log says so once.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out output
	log := slog.New(slog.NewTextHandler(&out, nil))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	go func() { done <- web.Serve(ctx, web.Bound(listener, 3, nil, log), ok, log) }()

	var idle []net.Conn
	for range 3 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n")); err != nil { // half a header
			t.Fatal(err)
		}
		idle = append(idle, conn)
	}
	answered := make(chan error, 1)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		resp, err := client.Get("http://" + listener.Addr().String())
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	for deadline := time.Now().Add(5 * time.Second); out.count("all connections are taken") == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody says that all connections are taken")
		}
		time.Sleep(time.Millisecond)
	}
	select {
	case err := <-answered:
		t.Fatalf("a fourth client was served: %v", err)
	default:
	}
	for _, conn := range idle {
		conn.Close()
	}
	if err := <-answered; err != nil {
		t.Errorf("after the others left: %v", err)
	}
	if n := out.count("all connections are taken"); n != 1 {
		t.Errorf("said %d times", n)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
