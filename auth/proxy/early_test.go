package proxy_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestAnswersBeforeTheBody holds that a client which waits with the rest of its request
// gets the answer of a service that does not, the whole of it, and that what it sends
// afterwards is no request of its own.
func TestAnswersBeforeTheBody(t *testing.T) {
	t.Parallel()
	const head = "POST " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
	const smuggled = "GET " + route + "/smuggled HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n\r\n"
	for name, test := range map[string]struct {
		answer string // of the service
		status int
		body   string // or part of it
	}{
		"short":     {"401 No\r\nContent-Length: 2\r\n\r\nno", 401, "no"},
		"empty":     {"204 Done\r\n\r\n", 204, ""},
		"long":      {"200 OK\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000), 200, strings.Repeat("x", 100000)},
		"in pieces": {"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n", 200, "onetwo"},
		"a problem": {"302 Found\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n", 502, `"reason":"service_redirects"`},
		"the last":  {"413 Enough\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 413, "no"},
	} {
		for by, framing := range map[string]string{
			"a known length": "Content-Length: 11\r\n\r\nhalf", "chunked": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
		} {
			t.Run(name+", to "+by, func(t *testing.T) {
				t.Parallel()
				service := newHasty(t, test.answer)
				a := startAt(t, service.URL, setup{patience: time.Hour})
				conn, answer := a.dial(head + framing)
				resp, err := http.ReadResponse(answer, nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				if resp.StatusCode != test.status || !strings.Contains(string(body), test.body) || err != nil || !resp.Close {
					t.Errorf("got %d, %d bytes and %v; the connection is closed: %v", resp.StatusCode, len(body), err, resp.Close)
				}
				_, _ = io.WriteString(conn, "\r\n0\r\n\r\n"+smuggled)
				if rest, _ := io.ReadAll(answer); len(rest) > 0 {
					t.Errorf("then came %q", rest)
				}
				if n := service.asked.Load(); n != 1 {
					t.Errorf("asked %d times", n)
				}
			})
		}
	}
}

// hasty is a service that answers when four bytes of a body have come.
type hasty struct {
	URL   string
	asked atomic.Int64
}

func newHasty(t *testing.T, answer string) *hasty {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hasty{URL: "http://" + listener.Addr().String()}
	done := make(chan struct{})
	t.Cleanup(func() {
		listener.Close()
		close(done)
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				h.asked.Add(1)
				if _, err := io.ReadFull(r.Body, make([]byte, 4)); err != nil {
					t.Error(err)
				}
				io.WriteString(conn, "HTTP/1.1 "+answer)
				<-done
			}()
		}
	}()
	return h
}
