package proxy_test

import (
	"bytes"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/testkit"
)

// host is an app with sign-in at an org of its own, and proxies.
type host struct {
	*app
	org   *mockokta.Org
	clock *testkit.Clock
	auth  *auth.Auth
}

// signInAt serves an app that mounts what mount says, with a service at its URL.
func signInAt(t testing.TB, service http.Handler, env map[string]string, mount func(okta *auth.Auth, engine *gin.Engine, service string) error) *host {
	t.Helper()
	upstream := httptest.NewServer(service)
	t.Cleanup(upstream.Close)
	listener, port := testkit.Listen(t)
	h := &host{app: &app{t: t, URL: "http://localhost:" + port, service: upstream.URL, logs: &testkit.Logs{}}, clock: &testkit.Clock{}}
	h.org = testkit.StartOrg(t, h.URL, h.clock, nil, nil)
	settings := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"}
	maps.Copy(settings, env)
	cfg := testkit.Load(t, testkit.Settings(h.org, h.URL, settings))
	log := slog.New(slog.NewJSONHandler(h.logs, nil))
	var err error
	if h.auth, err = auth.New(cfg, auth.Options{Log: log, Now: h.clock.Now}); err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	engine.Use(h.auth.LogRequests(), h.auth.Recover())
	if err := h.auth.Mount(engine); err != nil {
		t.Fatal(err)
	}
	if err := mount(h.auth, engine, upstream.URL); err != nil {
		t.Fatal(err)
	}
	testkit.Serve(t, listener, engine, log)
	return h
}

// plain mounts a proxy at route, for whom all rules let pass.
func plain(rules ...string) func(okta *auth.Auth, engine *gin.Engine, service string) error {
	return func(okta *auth.Auth, engine *gin.Engine, service string) error {
		var chain []gin.HandlerFunc
		for _, group := range rules {
			chain = append(chain, okta.RequireGroup(group))
		}
		return okta.MountProxy(engine, route, auth.Upstream{URL: service + "/v1/orders"}, chain...)
	}
}

// signIn returns the browser of a person who has signed in.
func (h *host) signIn(login string) *http.Client {
	h.t.Helper()
	browser := testkit.NewBrowser(h.t, h.URL)
	browser.Arrive(testkit.LoginPath, login)
	return browser.Client
}

// ask has a script in browser send a request.
func (h *host) ask(browser *http.Client, method, path, body string, headers ...string) reply {
	h.t.Helper()
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	resp, err := browser.Do(h.request(method, path, content, headers...))
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return reply{resp, string(read), err}
}

// picky is a service that takes no token that it was told to refuse.
type picky struct {
	mu      sync.Mutex
	refused map[string]bool
	all     bool
	asked   []string // METHOD TOKEN BODY
}

func (p *picky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Method+" "+token+" "+string(body[:min(len(body), 10)]))
	if p.all || p.refused[token] {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		http.Error(w, "not you", http.StatusUnauthorized)
		return
	}
	io.WriteString(w, token)
}

// refuse has it take no longer the tokens that it has seen.
func (p *picky) refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = map[string]bool{}
	for _, line := range p.asked {
		p.refused[strings.Fields(line)[1]] = true
	}
	p.asked = nil
}

func (p *picky) took() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}

// TestPeopleBySession holds that a service is called for people with a session of this
// app alone, each with their own token, and that rules count as on any route.
func TestPeopleBySession(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, func(okta *auth.Auth, engine *gin.Engine, service string) error {
		if err := okta.MountProxy(engine.Group("/staff", okta.RequireGroup("Admins")), "/reports", auth.Upstream{URL: service}); err != nil {
			return err
		}
		if err := okta.MountProxy(engine, "/bearers", auth.Upstream{URL: service}, okta.RequireScope()); err != nil {
			return err
		}
		return plain()(okta, engine, service)
	})
	nobody := &http.Client{}
	got := h.ask(nobody, http.MethodGet, route, "")
	got.refuses(t, http.StatusUnauthorized, "not_signed_in")
	if !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Cookie") {
		t.Errorf("challenge %q", got.Header.Get("WWW-Authenticate"))
	}
	ada, grace := h.signIn(testkit.Ada), h.signIn(testkit.Grace)
	hers := h.ask(ada, http.MethodGet, route, "")
	if hers.StatusCode != http.StatusOK || strings.Count(hers.body, ".") != 2 {
		t.Fatalf("%d: %s", hers.StatusCode, hers.body)
	}
	for _, path := range []string{route, "/bearers"} {
		h.ask(nobody, http.MethodGet, path, "", "Authorization", "Bearer "+hers.body).refuses(t, http.StatusUnauthorized, "not_signed_in")
	}
	h.ask(grace, http.MethodGet, "/staff/reports/x", "").refuses(t, http.StatusForbidden, "group_required")
	if got := h.ask(ada, http.MethodGet, "/staff/reports/x", ""); got.StatusCode != http.StatusOK {
		t.Errorf("an admin: %d", got.StatusCode)
	}
	if strings.Contains(h.logs.String(), hers.body) {
		t.Error("an access token is in the log")
	}

	var group sync.WaitGroup // two people never mix
	for range 4 {
		for _, browser := range []*http.Client{ada, grace} {
			group.Go(func() {
				var own string
				for range 25 {
					got := h.ask(browser, http.MethodGet, route, "")
					if own == "" {
						own = got.body
					}
					if got.body != own || (browser == ada) != (own == hers.body) {
						t.Error("answered with another's token")
					}
				}
			})
		}
	}
	group.Wait()
}

// TestRenewsBeforeAsking holds that a token near its end is renewed first, once for all
// who ask at the time.
func TestRenewsBeforeAsking(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	first := h.ask(ada, http.MethodGet, route, "").body
	asked := h.org.Count("token")
	h.clock.Add(time.Hour)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := h.ask(ada, http.MethodGet, route, ""); got.StatusCode != http.StatusOK || got.body == first {
				t.Errorf("%d, with the old token: %v", got.StatusCode, got.body == first)
			}
		})
	}
	group.Wait()
	if n := h.org.Count("token") - asked; n != 1 {
		t.Errorf("renewed %d times", n)
	}
}

// TestRefusedTokenIsRenewedOnce holds that a 401 renews once, for all who get one, and that
// the request is sent again where its body can be.
func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	h.ask(ada, http.MethodGet, route, "")
	service.refuse()
	asked := h.org.Count("token")
	got := h.ask(ada, http.MethodPost, route, "the body", "Content-Type", "application/json")
	if took := service.took(); got.StatusCode != http.StatusOK || len(took) != 2 || !strings.HasSuffix(took[1], " the body") || took[0] == took[1] {
		t.Fatalf("%d, the service was asked: %q", got.StatusCode, took)
	}
	if again := h.ask(ada, http.MethodGet, route, ""); again.body != got.body || h.org.Count("token") != asked+1 {
		t.Errorf("the browser did not keep the renewed session")
	}

	h.clock.Add(2 * time.Minute)
	service.refuse()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := h.ask(ada, http.MethodGet, route, ""); got.StatusCode != http.StatusOK {
				t.Errorf("at once: %d", got.StatusCode)
			}
		})
	}
	group.Wait()
	if n := h.org.Count("token") - asked; n != 2 {
		t.Errorf("renewed %d times in all", n)
	}
}

// TestRefusedForGood holds that a service which takes no token at all gets its say, and
// does not have the app ask Okta over and over.
func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	service := &picky{all: true}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	asked := h.org.Count("token")
	for i := range 5 {
		got := h.ask(ada, http.MethodGet, route, "")
		if got.StatusCode != http.StatusUnauthorized || got.body != "not you\n" || got.Header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` {
			t.Fatalf("%d: %d, %s, %v", i, got.StatusCode, got.body, got.Header)
		}
	}
	if n := h.org.Count("token") - asked; n != 1 || len(service.took()) != 6 {
		t.Errorf("renewed %d times, the service was asked %d times", n, len(service.took()))
	}
	h.clock.Add(2 * time.Minute)
	h.ask(ada, http.MethodGet, route, "")
	if n := h.org.Count("token") - asked; n != 2 {
		t.Errorf("after a while: renewed %d times", n)
	}
}

// TestLongBodyIsSentOnce holds that what is too long to be kept is not sent again.
func TestLongBodyIsSentOnce(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	h.ask(ada, http.MethodGet, route, "")
	for size, want := range map[int]struct{ tries, status int }{64 << 10: {2, http.StatusOK}, 64<<10 + 1: {1, http.StatusUnauthorized}} {
		service.refuse()
		h.clock.Add(2 * time.Minute)
		got := h.ask(ada, http.MethodPost, route, string(bytes.Repeat([]byte("x"), size)), "Content-Type", "application/json")
		if n := len(service.took()); n != want.tries || got.StatusCode != want.status {
			t.Errorf("%d bytes: sent %d times, %d", size, n, got.StatusCode)
		}
	}
}

// TestHalfABodyIsSentOnce holds that a service which refuses the token before the body
// has come is not sent the beginning of it as though that were all.
func TestHalfABodyIsSentOnce(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	h := signInAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		control := http.NewResponseController(w)
		if err := control.EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		if _, err := io.ReadFull(r.Body, make([]byte, 4)); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusUnauthorized)
	}), nil, plain())
	ada := h.signIn(testkit.Ada)
	body, in := io.Pipe()
	defer in.Close() // after the answer
	go io.WriteString(in, "half")
	resp, err := ada.Do(h.request(http.MethodPost, route, body, "Content-Type", "application/json"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := asked.Load(); n != 1 || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("asked %d times, %d", n, resp.StatusCode)
	}
}

// TestRenewalRefused holds that a 401 whose renewal Okta refuses ends the session, and
// that one for which Okta can't be asked does not.
func TestRenewalRefused(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	h.ask(ada, http.MethodGet, route, "")
	service.refuse()
	h.org.Stop()
	const times = 4
	for range times {
		if got := h.ask(ada, http.MethodGet, route, ""); got.StatusCode != http.StatusUnauthorized || got.body != "not you\n" {
			t.Errorf("while Okta is away: %d, %s", got.StatusCode, got.body)
		}
	}
	if n := strings.Count(h.logs.String(), `"event":"renewal_failed"`); n == 0 || n == times { // not again for five seconds
		t.Errorf("tried to renew %d times", n)
	}
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(time.Minute)
	h.org.DeactivateUser(testkit.Ada)
	h.ask(ada, http.MethodGet, route, "").refuses(t, http.StatusUnauthorized, "session_ended")
	h.ask(ada, http.MethodGet, route, "").refuses(t, http.StatusUnauthorized, "not_signed_in")
}

// TestExpiredWhileOktaIsAway holds that a token whose time is over is not sent.
func TestExpiredWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, plain())
	ada := h.signIn(testkit.Ada)
	h.org.Stop()
	h.clock.Add(65 * time.Minute)
	h.ask(ada, http.MethodGet, route, "").refuses(t, http.StatusServiceUnavailable, "okta_unreachable")
	if took := service.took(); len(took) > 0 {
		t.Errorf("the service was asked: %q", took)
	}
}

// TestNoToken holds that a session without an access token, from before any was kept,
// asks for nothing in anybody's name.
func TestNoToken(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{person: func(*http.Request) *session.Session { return ada("") }})
	a.do(http.MethodGet, route, nil).refuses(t, http.StatusUnauthorized, "no_access_token")
	if service.count() > 0 {
		t.Error("the service was asked")
	}
}

// TestBoundTokens holds that with OKTA_DPOP a service gets a token that is bound to the
// session's key, with a proof for each request, and the nonce that it wants.
func TestBoundTokens(t *testing.T) {
	t.Parallel()
	var api atomic.Pointer[mockokta.Resource]
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { api.Load().ServeHTTP(w, r) })
	h := signInAt(t, service, map[string]string{"OKTA_DPOP": "on"}, plain())
	api.Store(mockokta.NewResource(h.org, mockokta.ResourceRules{BoundOnly: true, FreshNonces: true, Nonces: true}))
	ada := h.signIn(testkit.Ada)
	for range 3 {
		got := h.ask(ada, http.MethodPost, route+"/7", "the body", "Content-Type", "application/json", "DPoP", "forged")
		if got.StatusCode != http.StatusOK || !strings.Contains(got.body, `"scheme":"DPoP"`) || !strings.Contains(got.body, "the body") {
			t.Fatalf("%d: %s", got.StatusCode, got.body)
		}
		if got.Header.Get("DPoP-Nonce") != "" {
			t.Error("the browser sees a nonce")
		}
	}
}

// TestScopes holds that a route's scopes are looked for in the person's token.
func TestScopes(t *testing.T) {
	t.Parallel()
	service := &picky{}
	h := signInAt(t, service, nil, func(okta *auth.Auth, engine *gin.Engine, service string) error {
		if err := okta.MountProxy(engine, "/email", auth.Upstream{URL: service, Scopes: []string{"openid", "email"}}); err != nil {
			return err
		}
		return okta.MountProxy(engine, "/orders", auth.Upstream{URL: service, Scopes: []string{"email", "orders.read"}})
	})
	ada := h.signIn(testkit.Ada)
	if got := h.ask(ada, http.MethodGet, "/email", ""); got.StatusCode != http.StatusOK {
		t.Errorf("a scope that she has: %d", got.StatusCode)
	}
	h.ask(ada, http.MethodGet, "/orders", "").refuses(t, http.StatusForbidden, "insufficient_scope")
}

// TestMountProxyRefuses holds what an adopter is told at once.
func TestMountProxyRefuses(t *testing.T) {
	t.Parallel()
	h := signInAt(t, &picky{}, nil, plain())
	engine := gin.New()
	engine.GET("/taken/:id", func(*gin.Context) {})
	for name, test := range map[string]struct {
		path string
		to   auth.Upstream
		want string
	}{
		"no path":             {"", auth.Upstream{URL: "https://api.example.com"}, "must begin with a path"},
		"a pattern":           {"/a/:id", auth.Upstream{URL: "https://api.example.com"}, "must begin with a path"},
		"a slash at the end":  {"/a/", auth.Upstream{URL: "https://api.example.com"}, "must begin with a path"},
		"http elsewhere":      {"/a", auth.Upstream{URL: "http://api.example.com"}, "https"},
		"no host":             {"/a", auth.Upstream{URL: "https:///x"}, "host"},
		"a query":             {"/a", auth.Upstream{URL: "https://api.example.com/?x"}, "question mark"},
		"dots":                {"/a", auth.Upstream{URL: "https://api.example.com/a/../b"}, "plain"},
		"our own cookie":      {"/a", auth.Upstream{URL: "https://api.example.com", Cookies: []string{"__Host-" + cookieName(h)}}, "sign-in's own"},
		"our attempts cookie": {"/a", auth.Upstream{URL: "https://api.example.com", Cookies: []string{cookieName(h) + "_attempt_x"}}, "sign-in's own"},
		"a route in the way":  {"/taken", auth.Upstream{URL: "https://api.example.com"}, "stand beside"},
		"a bound below zero":  {"/a", auth.Upstream{URL: "https://api.example.com", MaxBody: -1}, "negative"},
		"a long wait":         {"/a", auth.Upstream{URL: "https://api.example.com", Wait: time.Hour}, "length of wait"},
	} {
		if err := h.auth.MountProxy(engine, test.path, test.to); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func cookieName(h *host) string {
	h.t.Helper()
	browser := h.signIn(testkit.Ada)
	at, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	names := []string{}
	for _, cookie := range browser.Jar.Cookies(at) {
		names = append(names, cookie.Name)
	}
	for _, name := range names {
		if !strings.Contains(name, "_attempt") && !strings.HasSuffix(name, "_1") {
			return name
		}
	}
	h.t.Fatalf("no cookie among %q", names)
	return ""
}
