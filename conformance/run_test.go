package conformance_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

// The person of every module.
const (
	login    = "ada@acme.test"
	password = "correct-horse-ada"
	subject  = "00u9mockAdaLove1a5d7"
)

const (
	initiatePath = "/authorization-code/login-redirect" // the app's initiate_login_uri
	callbackPath = "/authorization-code/callback"
	closedPath   = "/greet" // a page for people who are signed in
	profilePath  = "/profile"
)

// run is one run of a module: the app, its provider, and a browser.
type run struct {
	*testing.T
	URL          string // the app's
	responseMode string
	org          *mockokta.Org
	browser      *browser
	record       *record
	logs         *logs
}

// start serves an app that has not asked its provider anything yet.
func start(t *testing.T, responseMode string, p provider) *run {
	t.Helper()
	return startBelow(t, "", responseMode, p)
}

// startBelow is start for an app that has only the paths below base of its host.
func startBelow(t *testing.T, base, responseMode string, p provider) *run {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r := &run{T: t, URL: "http://localhost:" + port + base, responseMode: responseMode, record: &record{}, logs: &logs{}}
	client := mockokta.WebClient(r.URL)
	client.FrontChannelLogoutURI, client.BackChannelLogoutURI = r.URL+frontPath, r.URL+backPath
	r.org, err = mockokta.Start(mockokta.Options{IssuerPath: p.issuerPath, Clients: []mockokta.Client{client}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.org.Close() })
	last := &lastToken{}
	r.org.Set(func(k *mockokta.Knobs) {
		p.shape(k, last)
		k.Intercept = func(endpoint string, _ http.ResponseWriter, req *http.Request) bool {
			r.record.note(endpoint, req)
			last.unwrap(req)
			return false
		}
	})
	cfg, err := config.Load(map[string]string{
		"PORT":                      port,
		"BASE_URL":                  r.URL,
		"OKTA_OAUTH2_ISSUER":        r.org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"OKTA_RESPONSE_MODE":        responseMode,
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(r.logs, nil))
	app, err := handlers.New(cfg, log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: app, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	r.browser = newBrowser(t, r.URL)
	return r
}

// bendIDToken changes ID tokens before they are signed, after all that the provider does to them.
func (r *run) bendIDToken(bend func(header, claims map[string]any)) {
	r.org.Set(func(k *mockokta.Knobs) {
		before := k.TamperIDToken
		k.TamperIDToken = func(header, claims map[string]any) {
			if before != nil {
				before(header, claims)
			}
			bend(header, claims)
		}
	})
}

// bendKeys changes the key set, after all that the provider does to it.
func (r *run) bendKeys(bend func(set map[string]any)) {
	r.org.Set(func(k *mockokta.Knobs) {
		before := k.TamperKeys
		k.TamperKeys = func(set map[string]any) {
			if before != nil {
				before(set)
			}
			bend(set)
		}
	})
}

// bendDiscovery changes the metadata, after all that the provider does to them.
func (r *run) bendDiscovery(bend func(doc map[string]any)) {
	r.org.Set(func(k *mockokta.Knobs) {
		before := k.TamperDiscovery
		k.TamperDiscovery = func(doc map[string]any) {
			if before != nil {
				before(doc)
			}
			bend(doc)
		}
	})
}

// intercept sees each request first, once it is recorded.
func (r *run) intercept(see func(endpoint string, w http.ResponseWriter, req *http.Request) bool) {
	r.org.Set(func(k *mockokta.Knobs) {
		before := k.Intercept
		k.Intercept = func(endpoint string, w http.ResponseWriter, req *http.Request) bool {
			return before(endpoint, w, req) || see(endpoint, w, req)
		}
	})
}

// logs is all that the app has logged.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.buf.String(), text)
}
