package handlers_test

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

const (
	loginPath    = "/authorization-code/login-redirect"
	callbackPath = "/authorization-code/callback"
	profilePath  = "/authorization-code/profile"
	logoutPath   = "/authorization-code/logout"

	ada   = "ada@acme.test"   // administrator
	grace = "grace@acme.test" // employee
	eve   = "eve@acme.test"   // not assigned to the app
	many  = "many@acme.test"  // 120 groups
)

// clock runs as time does, from a start that tests move.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// logs is everything the app has logged, as JSON lines.
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

// app is this app, served over TCP, with an Okta org of its own.
type app struct {
	t     testing.TB
	URL   string
	cfg   config.Config
	org   *mockokta.Org
	clock *clock
	logs  *logs
	auth  *handlers.Auth

	router  *gin.Engine
	serving atomic.Pointer[gin.Engine]
}

// setup is what a test changes of an app before it starts.
type setup struct {
	env    map[string]string         // settings, over those that fit the org
	client func(*mockokta.Client)    // the app integration
	org    func(*mockokta.Options)   // the org
	routes func(auth *handlers.Auth) // further routes
	engine func(engine *gin.Engine)  // further routes that no rule is given for
}

// start serves an app until the test ends.
func start(t testing.TB, s setup) *app {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	a := &app{t: t, URL: "http://localhost:" + port, clock: &clock{}, logs: &logs{}}
	a.startOrg(s)
	env := map[string]string{
		"PORT":                      port,
		"OKTA_OAUTH2_ISSUER":        a.org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"SESSION_SECRET":            strings.Repeat("5e", 32),
	}
	maps.Copy(env, s.env)
	if env["OKTA_OAUTH2_ISSUER"] == "org" {
		env["OKTA_OAUTH2_ISSUER"] = a.org.OrgIssuer()
	}
	if a.cfg, err = config.Load(env); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(a.logs, &slog.HandlerOptions{Level: a.cfg.LogLevel}))
	a.build(log)
	if s.routes != nil {
		s.routes(a.auth)
	}
	if s.engine != nil {
		s.engine(a.router)
	}
	a.serving.Store(a.router)
	handler := func(w http.ResponseWriter, r *http.Request) { a.serving.Load().ServeHTTP(w, r) }
	server := &http.Server{Handler: http.HandlerFunc(handler), ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return a
}

func (a *app) build(log *slog.Logger) {
	a.t.Helper()
	var err error
	if a.auth, err = handlers.New(a.cfg, log, a.clock.Now); err != nil {
		a.t.Fatal(err)
	}
	if a.router, err = handlers.Router(a.auth); err != nil {
		a.t.Fatal(err)
	}
}

// restart puts a new app with the same settings, knowing nothing of what was, in
// place of the one that serves.
func (a *app) restart() {
	a.t.Helper()
	a.build(slog.New(slog.NewJSONHandler(a.logs, &slog.HandlerOptions{Level: a.cfg.LogLevel})))
	a.serving.Store(a.router)
}

func (a *app) startOrg(s setup) {
	a.t.Helper()
	client := mockokta.WebClient(a.URL)
	if s.client != nil {
		s.client(&client)
	}
	options := mockokta.Options{Clients: []mockokta.Client{client, mockokta.MachineClient()}, Now: a.clock.Now}
	if s.org != nil {
		s.org(&options)
	}
	org, err := mockokta.Start(options)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { org.Close() })
	a.org = org
}

// browser keeps cookies, follows no redirect by itself and asks for HTML.
type browser struct {
	t      testing.TB
	app    *app
	client *http.Client
}

func (a *app) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return &browser{a.t, a, &http.Client{
		Jar:           jar,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is a response with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) location() string { return r.Header.Get("Location") }

// page parses the body.
func (r reply) page(t testing.TB) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// do sends a request; a target that begins with "/" is at the app. Headers come
// as name, value, name, value.
func (b *browser) do(method, target string, form url.Values, headers ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.app.URL + target
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Host = req.Header.Get("Host") // net/http sends no Host from the map
	return b.send(req)
}

// send sends req as it is, with the browser's cookies.
func (b *browser) send(req *http.Request) reply {
	b.t.Helper()
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp, string(read)}
}

func (b *browser) get(target string, headers ...string) reply {
	b.t.Helper()
	return b.do(http.MethodGet, target, nil, headers...)
}

func (b *browser) post(target string, form url.Values, headers ...string) reply {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.do(http.MethodPost, target, form, headers...)
}

// follow goes where r redirects to, again and again.
func (b *browser) follow(r reply) reply {
	b.t.Helper()
	for range 10 {
		if r.location() == "" {
			return r
		}
		next, err := r.Request.URL.Parse(r.location())
		if err != nil {
			b.t.Fatal(err)
		}
		r = b.get(next.String())
	}
	b.t.Fatal("redirected in circles")
	return r
}

// submit posts the first form of a page, with values over its own.
func (b *browser) submit(r reply, values url.Values) reply {
	b.t.Helper()
	form := r.page(b.t).Find("form").First()
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	maps.Copy(fields, values)
	action, err := r.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.post(action.String(), fields)
}

// toCallback starts a sign-in at path and goes as far as Okta's answer, which it
// returns unvisited: the URL of the callback.
func (b *browser) toCallback(path, login string) string {
	b.t.Helper()
	r := b.get(path)
	for range 10 {
		switch {
		case strings.HasPrefix(r.location(), b.app.URL+callbackPath):
			return r.location()
		case r.location() != "":
			next, err := r.Request.URL.Parse(r.location())
			if err != nil {
				b.t.Fatal(err)
			}
			r = b.get(next.String())
		case r.page(b.t).Find(`[data-type="save"]`).Length() > 0:
			r = b.submit(r, url.Values{"username": {login}, "password": {passwordOf(login)}})
		default:
			b.t.Fatalf("no way on from %s: status %d\n%s", r.Request.URL, r.StatusCode, r.body)
		}
	}
	b.t.Fatal("redirected in circles")
	return ""
}

// signIn signs login in by way of path and returns the page it ends on.
func (b *browser) signIn(path, login string) reply {
	b.t.Helper()
	return b.follow(b.get(b.toCallback(path, login)))
}

// cookie returns the value of a cookie for the app, "" if there is none.
func (b *browser) cookie(name string) string {
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(origin) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// signedIn reports whether the app takes the browser for somebody's.
func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get(profilePath).StatusCode == http.StatusOK
}

func passwordOf(login string) string {
	name, _, _ := strings.Cut(login, "@")
	return "correct-horse-" + name
}
