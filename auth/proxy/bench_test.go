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
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
)

// BenchmarkProxied compares a proxied request with one through a bare
// httputil.ReverseProxy to the same service, over HTTP from the same browser: what
// sessions, rules, checks and tokens cost. Both write a line for each request. The limit is 1.11 x-bare, which is 0.9 of the
// requests per second.
func BenchmarkProxied(b *testing.B) {
	for _, size := range []int{200, 20 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			answer := make([]byte, size)
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Write(answer)
			}))
			defer service.Close()
			at, err := url.Parse(service.URL)
			if err != nil {
				b.Fatal(err)
			}
			h := signInAt(b, http.NotFoundHandler(), nil, func(okta *auth.Auth, engine *gin.Engine, _ string) error {
				return okta.MountProxy(engine, route, auth.Upstream{URL: service.URL})
			})
			transport := http.DefaultTransport.(*http.Transport).Clone()
			transport.Proxy, transport.MaxIdleConnsPerHost = nil, 256
			bare := gin.New()
			bare.Use(h.auth.LogRequests())
			bare.Any(route, gin.WrapH(&httputil.ReverseProxy{
				Transport: transport, Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(at); r.SetXForwarded() },
			}))
			front := httptest.NewUnstartedServer(bare)
			if front.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				b.Fatal(err)
			}
			front.Start()
			defer front.Close()
			h.logs.off = true
			_, port, _ := net.SplitHostPort(front.Listener.Addr().String())
			browser := h.signIn("ada@acme.test")
			get := func(base string) {
				r := h.request(http.MethodGet, route, nil)
				u, err := url.Parse(base + route)
				if err != nil {
					b.Fatal(err)
				}
				r.URL = u
				resp, err := browser.Do(r)
				if err != nil {
					b.Fatal(err)
				}
				defer resp.Body.Close()
				if n, err := io.Copy(io.Discard, resp.Body); resp.StatusCode != http.StatusOK || n != int64(size) || err != nil {
					b.Fatalf("%d: %d bytes, %v", resp.StatusCode, n, err)
				}
			}
			bareURL := "http://localhost:" + port // the same cookies go there
			var took [2][]time.Duration
			for b.Loop() { // adjacent pairs: whatever else the machine does falls on both
				began := time.Now()
				get(bareURL)
				middle := time.Now()
				get(h.URL)
				took[0], took[1] = append(took[0], middle.Sub(began)), append(took[1], time.Since(middle))
			}
			straight, proxied := median(took[0]), median(took[1])
			b.ReportMetric(float64(straight.Microseconds()), "µs/bare")
			b.ReportMetric(float64(proxied.Microseconds()), "µs/proxied")
			b.ReportMetric(float64(proxied)/float64(straight), "x-bare")
		})
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
