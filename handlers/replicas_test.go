package handlers_test

import (
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

// replicas are several processes of this app behind one address: requests go
// round, or with the header X-Replica to the one of that number. They share
// nothing but settings, which each has for itself.
type replicas struct {
	*app
	env     map[string]string
	engines []atomic.Pointer[handlers.App]
	turn    atomic.Int64
	only    atomic.Int64 // the number of the one that gets all requests; -1 for none
	arrived atomic.Int64 // requests so far
}

// startReplicas serves n of them until the test ends.
func startReplicas(t testing.TB, n int, s setup) *replicas {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r := &replicas{
		app:     &app{t: t, URL: "http://localhost:" + port, clock: &clock{}, logs: &logs{}},
		engines: make([]atomic.Pointer[handlers.App], n),
	}
	r.only.Store(-1)
	r.startOrg(s)
	r.env = map[string]string{
		"BASE_URL":                  r.URL,
		"OKTA_OAUTH2_ISSUER":        r.org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"COOKIE_NAME":               "okta_session",
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	}
	maps.Copy(r.env, s.env)
	for i := range n {
		r.restart(i, nil)
	}
	server := &http.Server{Handler: r}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return r
}

// restart puts a new process in the place of the i-th, with env over the common
// settings.
func (r *replicas) restart(i int, env map[string]string) {
	r.t.Helper()
	all := maps.Clone(r.env)
	maps.Copy(all, env)
	cfg, err := config.Load(all)
	if err != nil {
		r.t.Fatal(err)
	}
	app, err := handlers.New(cfg, slog.New(slog.NewJSONHandler(r.logs, nil)), r.clock.Now)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = app.Close() })
	r.engines[i].Store(app)
}

func (r *replicas) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.arrived.Add(1)
	i := int(r.turn.Add(1)) % len(r.engines)
	if only := int(r.only.Load()); only >= 0 {
		i = only
	}
	if chosen := req.Header.Get("X-Replica"); chosen != "" {
		i, _ = strconv.Atoi(chosen)
	}
	r.engines[i].Load().ServeHTTP(w, req)
}

// together sends n requests of one browser at the same time, and holds Okta's
// token endpoint until the app has them all.
func (r *replicas) together(b *browser, n int, path string, headers ...string) []reply {
	r.t.Helper()
	all := r.arrived.Load() + int64(n)
	r.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "token" {
				await(r.t, "all requests to arrive", func() bool { return r.arrived.Load() >= all })
			}
			return false
		}
	})
	replies, done := make([]reply, n), make(chan struct{}, n)
	for i := range n {
		go func() {
			replies[i] = b.get(path, headers...)
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
	r.org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
	return replies
}

// await waits until condition holds.
func await(t testing.TB, what string, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !condition(); <-tick.C {
		if time.Now().After(deadline) {
			t.Errorf("waited in vain for %s", what)
			return
		}
	}
}

// receive returns the next value of ch.
func receive[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

// copyOf returns a browser with the cookies that b has now.
func copyOf(b *browser) *browser {
	b.t.Helper()
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	other := b.app.browser()
	other.client.Jar.SetCookies(origin, b.client.Jar.Cookies(origin))
	return other
}
