package apptest

import (
	"maps"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// Replicas are several processes of this app behind one address: requests go round, or
// with the header X-Replica to the one of that number. They share nothing but settings,
// which each has for itself.
type Replicas struct {
	*App
	Only atomic.Int64 // the number of the one that gets all requests; -1 for none

	Env     map[string]string
	Engines []atomic.Pointer[handlers.App]
	turn    atomic.Int64
	arrived atomic.Int64 // requests so far
}

// StartReplicas serves n of them until the test ends. Of s, Late and Front do not count.
func StartReplicas(t testing.TB, n int, s Setup) *Replicas {
	t.Helper()
	listener, port := testkit.Listen(t)
	r := &Replicas{App: newApp(t, port, s), Engines: make([]atomic.Pointer[handlers.App], n)}
	r.Only.Store(-1)
	r.Env = r.settings(s)
	for i := range n {
		r.Replace(i, nil)
	}
	testkit.Serve(t, listener, r, r.Log())
	return r
}

// Replace puts a new process in the place of the i-th, with env over the common settings.
func (r *Replicas) Replace(i int, env map[string]string) {
	r.T.Helper()
	all := maps.Clone(r.Env)
	maps.Copy(all, env)
	r.Engines[i].Store(r.Build(testkit.Load(r.T, all)))
}

// Hurry puts an Impatient process in each place, which has already asked Okta for what it has to know. Who is to be
// signed in signs in before: a machine may be too busy to answer all that in time.
func (r *Replicas) Hurry() {
	r.T.Helper()
	for i := range r.Engines {
		r.Replace(i, map[string]string{"OKTA_TIMEOUT": Impatient})
		b := r.Browser()
		testkit.Await(r.T, "/readyz", func() bool { return b.Get("/readyz", "X-Replica", strconv.Itoa(i)).StatusCode == http.StatusOK })
	}
}

// ServeHTTP hands req to one of the processes.
func (r *Replicas) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.arrived.Add(1)
	i := int(r.turn.Add(1)) % len(r.Engines)
	if only := int(r.Only.Load()); only >= 0 {
		i = only
	}
	if chosen := req.Header.Get("X-Replica"); chosen != "" {
		i, _ = strconv.Atoi(chosen)
	}
	r.Engines[i].Load().ServeHTTP(w, req)
}

// Together sends n requests of one browser at the same time, and holds Okta's
// token endpoint until the app has them all.
func (r *Replicas) Together(b *Browser, n int, path string, headers ...string) []testkit.Reply {
	r.T.Helper()
	all := r.arrived.Load() + int64(n)
	r.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "token" {
				testkit.AwaitBeside(r.T, "all requests to arrive", func() bool { return r.arrived.Load() >= all })
			}
			return false
		}
	})
	replies, done := make([]testkit.Reply, n), make(chan struct{}, n)
	for i := range n {
		go func() {
			replies[i] = b.Get(path, headers...)
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
	r.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
	return replies
}
