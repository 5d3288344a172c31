package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/config/proxyroute"
)

// strict are time-outs like those of the app's own server, only shorter.
func strict(s *http.Server) {
	s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout = time.Second, 100*time.Millisecond, 100*time.Millisecond
}

// TestStreams holds that each piece of an answer and of a request arrives before the
// next is sent, for longer than the server's own time-outs.
func TestStreams(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Method == http.MethodPost {
			if err := control.EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			lines := bufio.NewScanner(r.Body)
			for lines.Scan() {
				next <- lines.Text()
			}
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_ = control.Flush()
		for line := range next {
			io.WriteString(w, "data: "+line+"\n\n")
			_ = control.Flush()
		}
	})
	a := start(t, service, setup{serve: strict})
	resp, err := http.DefaultTransport.RoundTrip(a.request(http.MethodGet, route, nil, "Accept", "text/event-stream"))
	if err != nil { // the headers come before any event
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out, in := io.Pipe()
	go http.DefaultTransport.RoundTrip(a.request(http.MethodPost, route, out, "Content-Type", "application/json"))
	events := bufio.NewReader(resp.Body)
	for began := time.Now(); time.Since(began) < 300*time.Millisecond; {
		want := time.Now().String()
		if _, err := io.WriteString(in, want+"\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := events.ReadString('\n'); got != "data: "+want+"\n" || err != nil {
			t.Fatalf("%q and %v", got, err)
		}
		if _, err := events.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	close(next)
	in.Close()
}

// echo answers to the upgrade to a WebSocket, and then with whatever it gets.
func echo(ended chan<- error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			ended <- err
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSet-Cookie: okta_session=x\r\nX-Got: "+
			r.Header.Get("Authorization")[:6]+r.Header.Get("Sec-WebSocket-Key")+"\r\n\r\n")
		_, err = io.Copy(conn, buffered)
		ended <- err
	}
}

const handshake = "GET " + route + " HTTP/1.1\r\nHost: app.example.com\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: key\r\n"

// TestWebSocket holds that a WebSocket of the app's own pages passes, both ways, and
// ends at the service when the browser ends it.
func TestWebSocket(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	a := start(t, echo(ended), setup{serve: strict})
	conn, answer := a.dial(handshake + "Origin: " + site + "\r\nSec-Fetch-Mode: websocket\r\nSec-Fetch-Dest: websocket\r\nSec-Fetch-Site: same-origin\r\n\r\n")
	resp, err := http.ReadResponse(answer, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("X-Got") != "Bearerkey" || resp.Header.Get("Set-Cookie") != "" {
		t.Fatalf("%d, %v", resp.StatusCode, resp.Header)
	}
	for began := time.Now(); time.Since(began) < 300*time.Millisecond; {
		got := make([]byte, 5)
		if _, err := io.WriteString(conn, "hello"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(answer, got); err != nil || string(got) != "hello" {
			t.Fatalf("%q and %v", got, err)
		}
	}
	conn.Close()
	if err := <-ended; err != nil && !errors.Is(err, net.ErrClosed) {
		t.Logf("the service's end: %v", err)
	}
}

// TestWebSocketHijacking holds that no other site's page opens a WebSocket with the
// person's cookie, nor one that hides where it is from.
func TestWebSocketHijacking(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	for _, headers := range []string{
		"Origin: https://evil.test\r\nSec-Fetch-Mode: websocket\r\nSec-Fetch-Site: cross-site\r\n",
		"Origin: https://evil.example.com\r\nSec-Fetch-Mode: websocket\r\nSec-Fetch-Site: same-site\r\n",
		"Origin: https://evil.test\r\n",
		"Origin: null\r\n",
		"Origin: http://app.example.com\r\n",
		"Origin: https://app.example.com.evil.test\r\n",
		"Sec-Fetch-Mode: websocket\r\nSec-Fetch-Site: same-origin\r\n",
		"X-Requested-With: x\r\n",
		"",
	} {
		conn, answer := a.dial(handshake + headers + "\r\n")
		resp, err := http.ReadResponse(answer, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%q: %d", headers, resp.StatusCode)
		}
		conn.Close()
	}
	if n := service.count(); n > 0 {
		t.Errorf("%d reach the service", n)
	}
}

// TestOtherUpgradesPassNot holds that no other protocol leads past the proxy.
func TestOtherUpgradesPassNot(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	for _, r := range []*http.Request{
		a.request(http.MethodGet, route, nil, "Connection", "Upgrade", "Upgrade", "h2c"),
		a.request(http.MethodGet, route, nil, "Connection", "Upgrade", "Upgrade", "TLS/1.0"),
		a.request(http.MethodGet, route, nil, "Upgrade", "websocket"),
		a.request(http.MethodPost, route, nil, "Connection", "Upgrade", "Upgrade", "websocket"),
	} {
		if got := a.send(r); got.StatusCode != http.StatusOK {
			t.Errorf("%d: %s", got.StatusCode, got.body)
		}
		if got := service.last().Header; got.Get("Upgrade") != "" || got.Get("Connection") != "" {
			t.Errorf("%v", got)
		}
	}
}

// TestServiceAwayOrBroken holds what a script is told, for good, of a service that is
// away, slow or broken, and that its own errors are its own.
func TestServiceAwayOrBroken(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	raw := func(answer string) string { // a service that says this and no more
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { listener.Close() })
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
						return
					}
					if io.WriteString(conn, answer); answer == "" {
						<-stop
					}
				}()
			}
		}()
		return "http://" + listener.Addr().String()
	}
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	busy, err := net.Dial("tcp", other.Addr().String()) // nobody listens at its end, nor can
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() })
	for name, test := range map[string]struct {
		service string
		status  int
		reason  string
	}{
		"away":                {"http://" + busy.LocalAddr().String(), 502, "service_unreachable"},
		"hangs up":            {raw("\r"), 502, "service_unreachable"},
		"no HTTP":             {raw("SSH-2.0-x\r\n\r\n"), 502, "service_unreachable"},
		"silent":              {raw(""), 504, "service_timeout"},
		"too many headers":    {raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<17) + "\r\n\r\n"), 502, "service_unreachable"},
		"switches unasked":    {raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"), 502, "service_unreachable"},
		"a header with a NUL": {raw("HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n"), 502, "service_unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startAt(t, test.service, setup{to: proxyroute.Upstream{Wait: time.Second}, serve: strict})
			got := a.do(http.MethodGet, route+"?secret=1", nil)
			got.refuses(t, test.status, test.reason)
			if got.Header.Get("Retry-After") != "5" || strings.Contains(got.body, a.service) {
				t.Errorf("%v: %s", got.Header, got.body)
			}
			if log := a.logs.String(); strings.Contains(log, "secret=1") || strings.Contains(log, token) || !strings.Contains(log, test.reason) {
				t.Errorf("the log says %s", log)
			}
		})
	}
	t.Run("its own errors", func(t *testing.T) {
		t.Parallel()
		a := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "mine", http.StatusServiceUnavailable) }), setup{})
		if got := a.do(http.MethodGet, route, nil); got.StatusCode != 503 || got.body != "mine\n" {
			t.Errorf("%d: %s", got.StatusCode, got.body)
		}
		if log := a.logs.String(); !strings.Contains(log, `"service_status":503`) || !strings.Contains(log, `"service_ms":`) {
			t.Errorf("the log says %s", log)
		}
	})
}

// TestCutOffAnswersLookCutOff holds that an answer which the service does not finish, or
// falls silent in, is never taken for a whole one, whoever recovers from panics.
func TestCutOffAnswersLookCutOff(t *testing.T) {
	t.Parallel()
	released := make(chan struct{})
	t.Cleanup(func() { close(released) })
	for name, service := range map[string]http.HandlerFunc{
		"breaks off": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"breaks off a known length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "8")
			io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"falls silent": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-released:
			case <-r.Context().Done():
			}
		},
	} {
		for by, recovery := range map[string]gin.HandlerFunc{"ours": nil, "gin's": gin.CustomRecoveryWithWriter(io.Discard, func(*gin.Context, any) {})} {
			t.Run(name+", "+by, func(t *testing.T) {
				t.Parallel()
				a := start(t, service, setup{to: proxyroute.Upstream{Idle: time.Second}, recovery: recovery})
				got := a.do(http.MethodGet, route, nil)
				if got.err == nil || got.body != "half" {
					t.Errorf("got %q and %v", got.body, got.err)
				}
			})
		}
	}
}

// TestClientGoesAway holds that the service is told at once when nobody waits any more.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	asked, gone := make(chan struct{}), make(chan struct{})
	a := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(gone)
	}), setup{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := http.DefaultTransport.RoundTrip(a.request(http.MethodGet, route, nil).WithContext(ctx)); err == nil {
		t.Error("answered")
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Fatal("the service works on")
	}
}

// TestSlowClients holds that who sends or takes too slowly holds no place for long.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	const patience = 200 * time.Millisecond
	const head = "POST " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
	for name, framing := range map[string]string{
		"a known length": "Content-Length: 100000\r\n\r\nx", "chunked": "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
	} {
		t.Run("sends slowly, "+name, func(t *testing.T) {
			t.Parallel()
			gone := make(chan error, 1)
			a := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				gone <- err
			}), setup{patience: patience})
			_, answer := a.dial(head + framing)
			resp, err := http.ReadResponse(answer, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			reply{resp, string(body), nil}.refuses(t, http.StatusRequestTimeout, "request_too_slow")
			if err := <-gone; err == nil {
				t.Error("the service got a body that looks whole")
			}
		})
	}
	t.Run("takes nothing", func(t *testing.T) {
		t.Parallel()
		gone := make(chan struct{})
		a := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(gone)
			for piece := make([]byte, 1<<20); ; {
				if _, err := w.Write(piece); err != nil {
					return
				}
			}
		}), setup{patience: patience})
		a.dial("GET " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n\r\n")
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			t.Fatal("the service still writes")
		}
	})
	t.Run("takes nothing of a WebSocket", func(t *testing.T) {
		t.Parallel()
		gone := make(chan struct{})
		a := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(gone)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
			for piece := make([]byte, 1<<20); ; {
				if _, err := conn.Write(piece); err != nil {
					return
				}
			}
		}), setup{patience: patience})
		a.dial(handshake + "Origin: " + site + "\r\n\r\n")
		select {
		case <-gone:
		case <-time.After(10 * time.Second):
			t.Fatal("the service still writes")
		}
	})
	t.Run("a service that takes nothing", func(t *testing.T) {
		t.Parallel()
		released := make(chan struct{})
		a := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-released }),
			setup{to: proxyroute.Upstream{Wait: time.Second, MaxBody: 1 << 30}})
		t.Cleanup(func() { close(released) })
		a.do(http.MethodPost, route, io.LimitReader(zeros{}, 100<<20), "Content-Type", "application/octet-stream").refuses(t, http.StatusGatewayTimeout, "service_timeout")
	})
}

// TestServiceThatDribbles holds that a service which begins its answer and never comes to
// the end of its headers holds no place for long either.
func TestServiceThatDribbles(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: ")
		for range time.Tick(10 * time.Millisecond) {
			if _, err := io.WriteString(conn, "x"); err != nil {
				return
			}
		}
	}()
	a := startAt(t, "http://"+listener.Addr().String(), setup{to: proxyroute.Upstream{Wait: time.Second}})
	a.do(http.MethodGet, route, nil).refuses(t, http.StatusGatewayTimeout, "service_timeout")
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Fatal("the service still writes")
	}
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestBodiesAreBounded holds the bound for bodies with a length and without.
func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{to: proxyroute.Upstream{MaxBody: 1000}})
	for _, size := range []int64{1000, 1001, 1 << 20} {
		for name, body := range map[string]io.Reader{
			"with its length": bytes.NewReader(make([]byte, size)), "chunked": io.LimitReader(zeros{}, size),
		} {
			got := a.do(http.MethodPost, route, body, "Content-Type", "application/json")
			if size > 1000 {
				got.refuses(t, http.StatusRequestEntityTooLarge, "body_too_large")
			} else if got.StatusCode != http.StatusOK {
				t.Errorf("%d bytes, %s: %d", size, name, got.StatusCode)
			}
		}
	}
	service.mu.Lock()
	defer service.mu.Unlock()
	for _, body := range service.bodies {
		if len(body) > 1000 {
			t.Errorf("%d bytes reach the service", len(body))
		}
	}
}

// TestAGigabyteInConstantMemory sends one both ways at once.
func TestAGigabyteInConstantMemory(t *testing.T) { // alone: it looks at the memory of the process
	const size = 1 << 30
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		buffer := make([]byte, 256<<10)
		if _, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r.Body}, buffer); err != nil {
			t.Error(err)
		}
	}))
	defer service.Close()
	a := startAt(t, service.URL, setup{to: proxyroute.Upstream{MaxBody: 2 << 30}, serve: strict})
	r := a.request(http.MethodPost, route, io.LimitReader(zeros{}, size), "Content-Type", "application/octet-stream")
	r.ContentLength = size
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var before, most runtime.MemStats
	runtime.ReadMemStats(&before)
	got := int64(0)
	for buffer := make([]byte, 256<<10); ; {
		n, err := resp.Body.Read(buffer)
		if got += int64(n); got/(64<<20) != (got-int64(n))/(64<<20) {
			var now runtime.MemStats
			if runtime.ReadMemStats(&now); now.HeapInuse > most.HeapInuse {
				most = now
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got != size {
		t.Errorf("%d bytes came back", got)
	}
	t.Logf("heap in use %d KB, at most %d KB", before.HeapInuse>>10, most.HeapInuse>>10)
	if most.HeapInuse > before.HeapInuse+32<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before.HeapInuse, most.HeapInuse)
	}
}
