//go:build soak

package program_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// The soak: who comes, for how long, and what happens meanwhile.
const (
	soakPeople   = 2000
	soakArrive   = 50 * time.Second  // everybody has come by then
	soakCrowd    = 80 * time.Second  // everything has happened once
	soakLeave    = 140 * time.Second // when people begin to go
	soakEnd      = 165 * time.Second // everybody has gone by then
	soakPause    = 6 * time.Second   // between two pages of a person, on average
	soakLifetime = 90 * time.Second  // of access tokens: renewed after a minute
	soakReport   = 15 * time.Second  // a line of the table

	redisAway    = 3 * time.Second
	redisRecover = 2 * time.Second // 503s are in order so long after it is back

	// flat is how much more memory the program may take when people begin to go than
	// it did when everything had happened once.
	flat = 1.25
)

// soak is the run: the built program with its sessions in Redis, and its people.
type soak struct {
	*drive.App
	redis       *redistest.Server
	connections *http.Transport // of all people's browsers
	began       time.Time

	away       atomic.Bool // Redis is, or has just been
	signedIn   atomic.Int64
	signedOut  atomic.Int64
	pages      atomic.Int64
	documented atomic.Int64 // 503s while Redis is away
	lost       atomic.Int64 // sessions

	mu       sync.Mutex
	failures []string
	waits    []time.Duration // of pages, since the last line of the table
	gone     []former        // whose sessions have ended
}

// TestSoak has 2,000 people sign in, browse, have their sessions renewed and leave
// in all ways at once, while Redis is killed and comes back, twice, and Okta changes its keys.
func TestSoak(t *testing.T) {
	s := startSoak(t)
	var people sync.WaitGroup
	for i := range soakPeople {
		people.Go(func() { s.person(i) })
	}
	var happenings sync.WaitGroup
	happenings.Go(s.happenings)
	table := s.observe()
	people.Wait()
	happenings.Wait()
	for _, f := range s.gone {
		s.holdGone(f)
	}
	if len(s.gone) != 2*soakPeople {
		t.Errorf("%d of %d people have left", len(s.gone)/2, soakPeople)
	}

	t.Logf("%d people, %d pages, %d answers 503 while Redis was away, %d sessions lost\n\n%s", soakPeople, s.pages.Load(), s.documented.Load(), s.lost.Load(), table)
	renewals := s.metric(`okta_renewals_total{outcome="success"}`)
	t.Logf("%v renewals; %v failed for now, %v refused", renewals, s.metric(`okta_renewals_total{outcome="failed"}`), s.metric(`okta_renewals_total{outcome="refused"}`))
	for _, failure := range s.failures[:min(20, len(s.failures))] {
		t.Error(failure)
	}
	if len(s.failures) > 20 {
		t.Errorf("and %d more", len(s.failures)-20)
	}
	if renewals < soakPeople {
		t.Errorf("%v renewals of %d sessions", renewals, soakPeople)
	}
	if s.documented.Load() == 0 {
		t.Error("nobody noticed that Redis was away")
	}
	if active := s.metric("okta_sessions_active"); active != 0 {
		t.Errorf("%v sessions are left when all have gone", active)
	}
}

func startSoak(t *testing.T) *soak {
	port := drive.FreePort(t)
	a := &drive.App{T: t, URL: "http://localhost:" + port}
	client := mockokta.WebClient(a.URL)
	client.RefreshRotation = "ROTATE"
	client.FrontChannelLogoutURI = a.URL + "/authorization-code/front-channel-logout"
	people := make([]mockokta.Person, soakPeople)
	for i := range people {
		login := loginOf(i)
		people[i] = mockokta.Person{Login: login, Password: drive.PasswordOf(login), FirstName: "Person", LastName: strconv.Itoa(i), Groups: []string{"Everyone"}, Assigned: true}
	}
	org, err := mockokta.Start(mockokta.Options{
		Clients: []mockokta.Client{client}, People: people,
		EventHooks: []mockokta.EventHook{{URL: a.URL + "/authorization-code/event-hook", Secret: drive.EventHookSecret}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = soakLifetime })
	a.Org = org
	server := redistest.Start(t)
	a.Env = map[string]string{
		"PORT": port, "BASE_URL": a.URL,
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"OKTA_EVENT_HOOK_SECRET":    drive.EventHookSecret,
		"OKTA_SCOPES":               "openid profile email offline_access",
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
		"SESSION_STORE":             server.URL(),
		"LOG_LEVEL":                 "error",
	}
	t.Cleanup(a.Stop)
	a.Start()
	a.WaitFor("/readyz", http.StatusOK)
	connections := http.DefaultTransport.(*http.Transport).Clone()
	connections.MaxIdleConns, connections.MaxIdleConnsPerHost = 0, 200
	t.Cleanup(connections.CloseIdleConnections)
	return &soak{App: a, redis: server, connections: connections, began: time.Now()}
}

func loginOf(i int) string { return fmt.Sprintf("person%04d@soak.test", i) }

// happenings is what goes wrong meanwhile.
func (s *soak) happenings() {
	s.at(60*time.Second, func() { s.Org.RotateKeys() })
	s.at(75*time.Second, s.restartRedis)
	s.at(95*time.Second, func() { s.Org.RotateKeys() })
	s.at(110*time.Second, s.restartRedis)
}

func (s *soak) at(moment time.Duration, happen func()) {
	time.Sleep(time.Until(s.began.Add(moment)))
	happen()
}

func (s *soak) restartRedis() {
	s.away.Store(true)
	s.redis.Kill()
	time.Sleep(redisAway)
	s.redis.Restart()
	time.Sleep(redisRecover)
	s.away.Store(false)
}

// person signs in, looks at pages now and then, and leaves.
func (s *soak) person(i int) {
	random := rand.New(rand.NewPCG(1, uint64(i)))
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(random.Int64N(int64(to-from))) }
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.fail("%v", err)
		return
	}
	v := &drive.Visitor{T: s.T, App: s.App, Client: &http.Client{Jar: jar, Transport: s.connections, Timeout: drive.Patience}}
	leave := between(soakLeave, soakEnd)

	s.at(between(0, soakArrive), func() {})
	if !s.untilServed("sign-in", func() (drive.Reply, error) { return v.TrySignIn(drive.ProfilePath, loginOf(i)) }) {
		return
	}
	s.signedIn.Add(1)
	// From here on a redirect would mean that the session is lost.
	v.Client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	paths := []string{drive.ProfilePath, "/greet", "/api/me", "/"}
	for {
		time.Sleep(between(soakPause/2, soakPause*3/2))
		if time.Since(s.began) > leave {
			break
		}
		path := paths[random.IntN(len(paths))]
		began := time.Now()
		if !s.untilServed(path, func() (drive.Reply, error) { return v.Send(s.URL+path, nil) }) {
			return
		}
		s.pages.Add(1)
		s.mu.Lock()
		s.waits = append(s.waits, time.Since(began))
		s.mu.Unlock()
	}
	s.leave(i, v)
}

// untilServed sends a request until it is answered otherwise than with a 503 while
// Redis is away, and reports whether that was well.
func (s *soak) untilServed(what string, send func() (drive.Reply, error)) bool {
	for {
		r, err := send()
		switch {
		case err != nil:
			s.fail("%s: %v", what, err)
			return false
		case r.StatusCode == http.StatusOK:
			return true
		case r.StatusCode == http.StatusServiceUnavailable && s.away.Load():
			s.documented.Add(1)
			time.Sleep(time.Second)
		default:
			if what != "sign-in" && r.StatusCode < 500 {
				s.lost.Add(1)
			}
			s.fail("%v: %s: status %d to %q", time.Since(s.began).Round(time.Second), what, r.StatusCode, r.Header.Get("Location"))
			return false
		}
	}
}

func (s *soak) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, fmt.Sprintf(format, args...))
}

// observe returns a table with a line for every soakReport.
func (s *soak) observe() string {
	var table bytes.Buffer
	fmt.Fprintln(&table, "| seconds | people in | pages/s | median | 99 of 100 within | 503s | memory |")
	fmt.Fprintln(&table, "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	pages, documented := int64(0), int64(0)
	var middle, end int
	for moment := soakReport; moment <= soakEnd; moment += soakReport {
		s.at(moment, func() {})
		s.mu.Lock()
		waits := slices.Sorted(slices.Values(s.waits))
		s.waits = nil
		s.mu.Unlock()
		rss := s.memory()
		switch {
		case moment > soakCrowd && moment <= soakCrowd+2*soakReport:
			middle = max(middle, rss)
		case moment > soakLeave-soakReport && moment <= soakLeave+soakReport:
			end = max(end, rss)
		}
		nowPages, nowDocumented := s.pages.Load(), s.documented.Load()
		fmt.Fprintf(&table, "| %.0f | %d | %.0f | %s | %s | %d | %d MB |\n", moment.Seconds(), s.signedIn.Load()-s.signedOut.Load(),
			float64(nowPages-pages)/soakReport.Seconds(), quantile(waits, 0.5), quantile(waits, 0.99), nowDocumented-documented, rss>>10)
		pages, documented = nowPages, nowDocumented
	}
	if float64(end) > flat*float64(middle) {
		s.fail("memory grew from %d to %d KB", middle, end)
	}
	return table.String()
}

func quantile(sorted []time.Duration, q float64) string {
	if len(sorted) == 0 {
		return "–"
	}
	return sorted[int(q*float64(len(sorted)-1))].Round(100 * time.Microsecond).String()
}

// memory is the program's resident set in KB.
func (s *soak) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.Cmd.Process.Pid))
	if err != nil {
		s.fail("%v", err)
		return 0
	}
	_, line, _ := strings.Cut(string(status), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(line)[0])
	if err != nil {
		s.fail("%v", err)
	}
	return kb
}

// metric reads one series of /metrics; 0 if it is not there.
func (s *soak) metric(name string) float64 {
	resp, err := http.Get(s.URL + "/metrics")
	if err != nil {
		s.T.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), name+" "); found {
			value, err := strconv.ParseFloat(rest, 64)
			if err != nil {
				s.T.Fatal(err)
			}
			return value
		}
	}
	return 0
}
