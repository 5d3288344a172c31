//go:build unix

package proxy_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// block is how many requests are timed together: the kernel counts CPU coarsely.
const block = 25

// BenchmarkProxied compares a proxied request with one through a bare
// httputil.ReverseProxy to the same service, by the same settings of its transport, over
// HTTP from the same browser: what sessions, rules, checks and tokens cost. Both write a
// line for each request. The limit for plain bearer tokens is 1.11 x-bare, which is 0.9 of
// the requests per second. x-cpu is the same by the CPU that the process takes, client and
// service with it, on a machine that does other things too.
func BenchmarkProxied(b *testing.B) {
	for _, token := range []string{"bearer", "bound"} {
		for _, size := range []int{200, 20 << 10} {
			b.Run(fmt.Sprint(token, "/", size), func(b *testing.B) {
				bare, proxied := startPair(b, size, map[string]string{"bearer": "off", "bound": "on"}[token])
				var times, cpus []float64
				for b.Loop() { // adjacent blocks: whatever else the machine does falls on both
					time1, cpu1 := cost(func() { bare(b) })
					time2, cpu2 := cost(func() { proxied(b) })
					times, cpus = append(times, float64(time2)/float64(time1)), append(cpus, float64(cpu2)/float64(cpu1))
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*2*block), "µs/request")
				b.ReportMetric(median(times), "x-bare")
				b.ReportMetric(median(cpus), "x-cpu")
			})
		}
	}
}

// cost is what a block of requests takes.
func cost(requests func()) (wall, cpu time.Duration) {
	began, used := time.Now(), processCPU()
	for range block {
		requests()
	}
	return time.Since(began), processCPU() - used
}

func processCPU() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// startPair returns requests for answers of size bytes, by a bare reverse proxy and by
// the app's.
func startPair(b *testing.B, size int, bound string) (bare, proxied func(testing.TB)) {
	answer := make([]byte, size)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer)
	}))
	b.Cleanup(service.Close)
	h := signInAt(b, http.NotFoundHandler(), map[string]string{"OKTA_DPOP": bound}, func(okta *auth.Auth, engine *gin.Engine, _ string) error {
		return okta.MountProxy(engine, route, auth.Upstream{URL: service.URL})
	})
	h.logs.Close()
	at, err := url.Parse(service.URL)
	if err != nil {
		b.Fatal(err)
	}
	engine := gin.New()
	engine.Use(h.auth.LogRequests())
	engine.Any(route, gin.WrapH(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at); r.SetXForwarded() },
		Transport: &http.Transport{ // as the app's
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
			ResponseHeaderTimeout: 30 * time.Second, ExpectContinueTimeout: time.Second, IdleConnTimeout: 90 * time.Second,
			MaxIdleConns: 256, MaxIdleConnsPerHost: 256, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true, ForceAttemptHTTP2: true,
		},
	}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	front := &http.Server{Handler: engine}
	go front.Serve(listener)
	b.Cleanup(func() { front.Close() })
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	browser := h.signIn(testkit.Ada)
	to := func(address string) func(testing.TB) {
		r := h.request(http.MethodGet, route, nil)
		if r.URL, err = url.Parse(address + route); err != nil {
			b.Fatal(err)
		}
		return func(t testing.TB) {
			resp, err := browser.Do(r.Clone(b.Context())) // it gets the cookies
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if n, err := io.Copy(io.Discard, resp.Body); resp.StatusCode != http.StatusOK || n != int64(size) || err != nil {
				t.Fatalf("%d: %d bytes, %v", resp.StatusCode, n, err)
			}
		}
	}
	return to("http://localhost:" + port), to(h.URL) // the same cookies go there
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
