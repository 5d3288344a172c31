package proxy_test

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/proxy"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/config/proxyroute"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/testkit"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

const (
	site     = "https://app.example.com"
	frontEnd = "https://spa.example.com"
	route    = "/api/orders"
	token    = "the-access-token-of-ada"
)

// setup is what a test changes of an app with a proxy.
type setup struct {
	site     string
	route    string              // "/api/orders"
	to       proxyroute.Upstream // URL: of service
	path     string              // of the service, below its URL; "/v1/orders"
	patience time.Duration
	look     time.Duration
	ended    session.Ended
	serve    func(*http.Server)
	person   func(r *http.Request) *session.Session
	recovery gin.HandlerFunc // of the host app
}

// app is an app with a proxy at route, whose one person is signed in, and the address
// of the service behind it.
type app struct {
	t        testing.TB
	URL      string
	service  string
	logs     *testkit.Logs
	sessions *session.Sessions
}

// start serves an app with a proxy to service until the test ends.
func start(t testing.TB, service http.Handler, s setup) *app {
	t.Helper()
	upstream := httptest.NewServer(service)
	t.Cleanup(upstream.Close)
	return startAt(t, upstream.URL, s)
}

func startAt(t testing.TB, service string, s setup) *app {
	t.Helper()
	a := &app{t: t, service: service, logs: &testkit.Logs{}}
	s.to.URL = service + cmp.Or(s.path, "/v1/orders")
	p, answers := newProxy(t, s, a.logs)
	a.sessions = answers.sessions
	engine := gin.New()
	recovery := answers.Recover
	if s.recovery != nil {
		recovery = s.recovery
	}
	engine.Use(answers.log, recovery)
	for _, method := range proxy.Methods() {
		engine.Handle(method, cmp.Or(s.route, route), answers.HandleProgram(p.Serve))
		engine.Handle(method, cmp.Or(s.route, route)+proxy.Rest, answers.HandleProgram(p.Serve))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: engine, ErrorLog: slog.NewLogLogger(slog.NewTextHandler(a.logs, nil), slog.LevelError)}
	if s.serve != nil {
		s.serve(server)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	a.URL = "http://" + listener.Addr().String()
	return a
}

type answers struct {
	*web.Answers
	log      gin.HandlerFunc
	sessions *session.Sessions
}

func newProxy(t testing.TB, s setup, out io.Writer) (*proxy.Proxy, answers) {
	t.Helper()
	where, err := web.NewSite(cmp.Or(s.site, site), nil)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(out, nil))
	sessions, err := session.NewCookies(session.Options{
		Realm: "test", Secrets: [][]byte{bytes.Repeat([]byte("k"), 32)}, IdleTimeout: time.Hour, MaxAge: 12 * time.Hour,
		Ended: s.ended,
	})
	if err != nil {
		t.Fatal(err)
	}
	person := s.person
	if person == nil {
		person = func(*http.Request) *session.Session { return ada(token) }
	}
	p, err := proxy.New(s.to, proxy.Options{
		Links: links.Links{Site: where}, Origins: []string{frontEnd},
		Ours: func(name string) bool { return strings.Contains(name, "okta_session") },
		As: func(next http.RoundTripper, s *session.Session) (http.RoundTripper, error) {
			return proxy.AsBearer(next, s.AccessToken), nil
		},
		Who:      func(c *gin.Context) (*session.Session, error) { return person(c.Request), nil },
		Renewer:  &renewal.Renewer{Options: renewal.Options{Sessions: sessions, Now: time.Now}},
		Journal:  journal.New(where, log, time.Now, sessions, new(okta.RelyingParty), watch.New(nil, time.Now)),
		Patience: s.patience, Look: s.look,
	})
	if err != nil {
		t.Fatal(err)
	}
	all := web.NewAnswers(where, log, func(error) *web.Problem { return nil }, func(*gin.Context, *web.Problem) error { return nil })
	return p, answers{all, where.LogRequests(log), sessions}
}

// ada is a session that can't be renewed.
func ada(token string) *session.Session {
	now := time.Now()
	return &session.Session{
		ID: "an id", Subject: "00u0ada", AccessToken: token, AccessTokenExpiry: now.Add(time.Hour),
		SignedInAt: now, SeenAt: now, EndsAt: now.Add(12 * time.Hour),
	}
}

// request returns what a script of the app's own pages sends. Headers come as name,
// value, name, value; an empty value takes one away.
func (a *app) request(method, path string, body io.Reader, headers ...string) *http.Request {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.URL+path, body)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Set("Sec-Fetch-Dest", "empty")
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// reply is a response with its body read.
type reply struct {
	*http.Response
	body string
	err  error // of reading the body
}

func (a *app) send(r *http.Request) reply {
	a.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return reply{resp, string(body), err}
}

func (a *app) do(method, path string, body io.Reader, headers ...string) reply {
	a.t.Helper()
	return a.send(a.request(method, path, body, headers...))
}

// refuses checks for problem JSON with that status and reason.
func (r reply) refuses(t testing.TB, status int, reason string) {
	t.Helper()
	if r.StatusCode != status || r.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(r.body, `"reason":"`+reason+`"`) {
		t.Errorf("got %d, %s: %s, want %d, %s", r.StatusCode, r.Header.Get("Content-Type"), r.body, status, reason)
	}
}

// dial connects and sends text as it is.
func (a *app) dial(text string) (net.Conn, *bufio.Reader) {
	a.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		a.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		a.t.Fatal(err)
	}
	return conn, bufio.NewReader(conn)
}

// seen collects the requests that a service got.
type seen struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	answer   http.HandlerFunc // nil: 200
}

func (s *seen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	io.WriteString(w, "served")
}

func (s *seen) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// last returns the last request, nil where there was none.
func (s *seen) last() *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == 0 {
		return nil
	}
	return s.requests[len(s.requests)-1]
}
