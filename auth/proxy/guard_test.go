package proxy_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/over"
	"example.com/okta-gin/testkit"
)

// memory is a memory of what is over that is away when its test wants.
type memory struct {
	*over.Memory
	looks atomic.Int64
	away  func(look int64) bool
}

func (m *memory) Has(ctx context.Context, names ...string) ([]time.Time, error) {
	if look := m.looks.Add(1); m.away != nil && m.away(look) {
		return nil, session.ErrUnavailable
	}
	return m.Memory.Has(ctx, names...)
}

func newMemory(t *testing.T, away func(look int64) bool) *memory {
	t.Helper()
	return &memory{Memory: over.NewMemory(100, time.Now, slog.New(slog.DiscardHandler)), away: away}
}

// looked waits until a call has asked so often.
func (m *memory) looked(t *testing.T, times int64) {
	t.Helper()
	testkit.Await(t, "looks whether the session is over", func() bool { return m.looks.Load() >= times })
}

const look = 10 * time.Millisecond

// endless is a service that says ready, then more whenever asked to, until it is left.
func endless(more <-chan struct{}, gone chan<- struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer close(gone)
		io.WriteString(w, "ready\n")
		for {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-more:
				io.WriteString(w, "more\n")
			case <-r.Context().Done():
				return
			}
		}
	}
}

// open begins to read an endless answer.
func (a *app) open() *bufio.Reader {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 20*time.Second)
	a.t.Cleanup(cancel)
	resp, err := http.DefaultTransport.RoundTrip(a.request(http.MethodGet, route, nil).WithContext(ctx))
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		a.t.Fatalf("got %q and %v", line, err)
	}
	return lines
}

// ends checks that an answer is cut off, never to look whole, and that the service is told.
func ends(t *testing.T, lines io.Reader, gone <-chan struct{}) {
	t.Helper()
	if rest, err := io.ReadAll(lines); err == nil {
		t.Errorf("the stream ended as though it were whole, with %q", rest)
	}
	select {
	case <-gone:
	case <-time.After(20 * time.Second):
		t.Error("the service goes on")
	}
}

// TestEndedSessionEndsDownload holds that an answer goes on while the session does, and
// ends with it, whoever ends that.
func TestEndedSessionEndsDownload(t *testing.T) {
	t.Parallel()
	more, gone, memory := make(chan struct{}), make(chan struct{}), newMemory(t, nil)
	a := start(t, endless(more, gone), setup{look: look, ended: memory})
	lines := a.open()
	memory.looked(t, 3)
	more <- struct{}{}
	if line, err := lines.ReadString('\n'); line != "more\n" {
		t.Fatalf("before the end: %q and %v", line, err)
	}
	if _, err := a.sessions.EndAll(t.Context(), "00u0ada"); err != nil {
		t.Fatal(err)
	}
	ends(t, lines, gone)
	testkit.Await(t, "the log to say why", func() bool { return strings.Contains(a.logs.String(), `"reason":"session_ended"`) })
}

// TestAbsoluteEndEndsDownload holds that nothing streams on beyond SESSION_MAX_AGE.
func TestAbsoluteEndEndsDownload(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	a := start(t, endless(nil, gone), setup{look: look, person: func(*http.Request) *session.Session {
		s := ada(token)
		s.EndsAt = time.Now().Add(100 * time.Millisecond)
		return s
	}})
	lines := a.open()
	ends(t, lines, gone)
}

// TestNobodyKnows holds that a stream goes on while it is not known for a moment whether
// the session does, and not for long.
func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	more, gone := make(chan struct{}), make(chan struct{})
	var broken atomic.Bool
	memory := newMemory(t, func(look int64) bool { return broken.Load() || look%6 != 0 }) // five times in a row
	a := start(t, endless(more, gone), setup{look: look, ended: memory})
	lines := a.open()
	memory.looked(t, 13)
	select {
	case more <- struct{}{}:
		if line, err := lines.ReadString('\n'); line != "more\n" {
			t.Fatalf("for a moment: %q and %v", line, err)
		}
	case <-gone:
		t.Fatal("it was cut off at once")
	}
	broken.Store(true)
	ends(t, lines, gone)
	if log := a.logs.String(); strings.Contains(log, "session_ended") {
		t.Errorf("the log says %s", log)
	}
}

// TestEndedSessionEndsWebSocket is for the other kind of stream.
func TestEndedSessionEndsWebSocket(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	a := start(t, echo(ended), setup{look: look})
	_, answer := a.dial(handshake + "Origin: " + site + "\r\n\r\n")
	resp, err := http.ReadResponse(answer, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", resp, err)
	}
	if _, err := a.sessions.EndAll(t.Context(), "00u0ada"); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(answer); len(rest) > 0 || err != nil {
		t.Errorf("got %q and %v", rest, err)
	}
	<-ended
}

// TestEndedSessionEndsRequests holds that what is still on its way, or not yet answered,
// ends too, with an answer that says why.
func TestEndedSessionEndsRequests(t *testing.T) {
	t.Parallel()
	const head = " " + route + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\n"
	for name, request := range map[string]string{
		"an upload of a known length": "POST" + head + "Content-Length: 100000\r\n\r\nx",
		"a chunked upload":            "POST" + head + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
		"a wait for the answer":       "GET" + head + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, gone := make(chan struct{}), make(chan struct{})
			a := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(gone)
				close(asked)
				if _, err := io.ReadAll(r.Body); err == nil {
					<-r.Context().Done()
				}
			}), setup{look: look, patience: time.Minute})
			_, answer := a.dial(request)
			<-asked
			if _, err := a.sessions.EndAll(t.Context(), "00u0ada"); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(answer, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			reply{resp, string(body), nil}.refuses(t, http.StatusUnauthorized, "session_ended")
			<-gone
		})
	}
}
