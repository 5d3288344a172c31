package program_test

import (
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
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

// TestTwoProcessesShareRedis: two processes of the program behind one address, by
// turns. A person signs in at one and is served by the other, twenty requests that
// come together cause one renewal, and signing out at one counts at the other.
func TestTwoProcessesShareRedis(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]string{"sessions in Redis": "SESSION_STORE", "sessions in cookies": "REDIS_URL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			front, processes := startTwo(t, map[string]string{
				setting:       redistest.Start(t).URL(),
				"OKTA_SCOPES": "openid profile email offline_access",
			})
			front.Org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 20 * time.Second }) // due at once
			person := drive.NewVisitor(t, front)
			person.SignIn("/greet", drive.Ada)
			front.Org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = time.Hour })
			front.Org.ResetCounts()

			var together sync.WaitGroup
			for range 20 {
				together.Go(func() {
					if r, err := person.Send(front.URL+drive.ProfilePath, nil); err != nil || r.StatusCode != http.StatusOK {
						t.Errorf("among twenty: %v, %v", r.Response, err)
					}
				})
			}
			together.Wait()
			if got := front.Org.Count("token"); got != 1 {
				t.Errorf("%d renewals, want 1", got)
			}
			for i, process := range processes {
				drive.Await(t, "a page of process "+strconv.Itoa(i), func() bool { // its log is a second late
					return strings.Contains(process.Logs.String(), `"route":"`+drive.ProfilePath+`","status":200`)
				})
			}

			thief := drive.NewVisitor(t, front)
			address, err := url.Parse(front.URL)
			if err != nil {
				t.Fatal(err)
			}
			thief.Client.Jar.SetCookies(address, person.Client.Jar.Cookies(address))
			if !thief.SignedIn() {
				t.Fatal("the copy of the cookies is none")
			}
			if _, err := person.Send(front.URL+drive.LogoutPath, url.Values{}); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				if thief.SignedIn() || person.SignedIn() {
					t.Error("signed out at one process, signed in at the other")
				}
			}
		})
	}
}

// startTwo starts two processes of the program, and a proxy before them that sends
// requests to them by turns. The first app it returns is what people see.
func startTwo(t *testing.T, env map[string]string) (front *drive.App, processes [2]*drive.App) {
	t.Helper()
	front = drive.NewApp(t, env)
	var targets [2]*url.URL
	for i := range processes {
		port := drive.FreePort(t)
		process := &drive.App{T: t, URL: "http://localhost:" + port, Org: front.Org, Env: maps.Clone(front.Env)}
		process.Env["PORT"] = port
		process.Start()
		t.Cleanup(process.Stop)
		process.WaitFor("/readyz", http.StatusOK)
		address, err := url.Parse(process.URL)
		if err != nil {
			t.Fatal(err)
		}
		processes[i], targets[i] = process, address
	}
	var turn atomic.Uint64
	listener, err := net.Listen("tcp", strings.TrimPrefix(front.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	proxy := &http.Server{Handler: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(targets[turn.Add(1)%2])
		r.Out.Host = r.In.Host
	}}}
	go proxy.Serve(listener)
	t.Cleanup(func() { proxy.Close() })
	return front, processes
}
