package watch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/watch"
)

// series returns what w tells, by name and labels as in "name{a=b,c=d}". Of a histogram
// it is the number of measurements.
func series(t *testing.T, w *watch.Watch) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(w)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]float64)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, label.GetName()+"="+label.GetValue())
			}
			name := family.GetName() + "{" + strings.Join(labels, ",") + "}"
			found[name] = metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	return found
}

// hold compares what w tells with want, and nothing beyond the families of want.
func hold(t *testing.T, w *watch.Watch, want map[string]float64) {
	t.Helper()
	families := make(map[string]bool)
	for name := range want {
		family, _, _ := strings.Cut(name, "{")
		families[family] = true
	}
	got := series(t, w)
	for name, value := range want {
		if v, found := got[name]; !found || v != value {
			t.Errorf("%s: %v (there: %v), want %v", name, v, found, value)
		}
	}
	for name, value := range got {
		family, _, _ := strings.Cut(name, "{")
		if _, wanted := want[name]; families[family] && !wanted {
			t.Errorf("further series %s %v", name, value)
		}
	}
}

func reasonHeader(c *gin.Context) string { return c.Request.Header.Get("X-Reason") }

func TestRequestsAreCountedByRouteMethodAndStatus(t *testing.T) {
	t.Parallel()
	w := watch.New(nil, time.Now)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	count := w.Requests(reasonHeader)
	engine.Use(count)
	engine.GET("/people/:id", count, func(c *gin.Context) { c.Status(http.StatusNoContent) }) // twice in the chain, once counted
	engine.POST("/people/:id", func(*gin.Context) { panic(http.ErrAbortHandler) })
	ask := func(method, path, reason string) {
		defer func() { _ = recover() }()
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("X-Reason", reason)
		engine.ServeHTTP(httptest.NewRecorder(), r)
	}
	ask("GET", "/people/ada?code=secret", "")
	ask("GET", "/people/grace", "")
	ask("POST", "/people/ada", "")
	ask("GET", "/no/such/page", "not_found")
	ask("GET", "/nor/this", "not_found")
	ask("BREW", "/coffee", "")
	hold(t, w, map[string]float64{
		"okta_http_requests_total{method=GET,route=/people/:id,status=204}":  2,
		"okta_http_requests_total{method=POST,route=/people/:id,status=200}": 1,
		"okta_http_requests_total{method=GET,route=none,status=404}":         2,
		"okta_http_requests_total{method=other,route=none,status=404}":       1,
		"okta_http_request_duration_seconds{method=GET,route=/people/:id}":   2,
		"okta_http_request_duration_seconds{method=POST,route=/people/:id}":  1,
		"okta_http_request_duration_seconds{method=GET,route=none}":          2,
		"okta_http_request_duration_seconds{method=other,route=none}":        1,
		"okta_http_refusals_total{reason=not_found}":                         2,
	})
}

// TestWhatOthersSendMakesNoSeries: whatever a host app gives as reasons, there are few.
func TestWhatOthersSendMakesNoSeries(t *testing.T) {
	t.Parallel()
	w := watch.New(nil, time.Now)
	engine := gin.New()
	engine.Use(w.Requests(reasonHeader))
	for i := range 500 {
		r := httptest.NewRequest(fmt.Sprintf("M%d", i), fmt.Sprintf("/%d", i), nil)
		r.Header.Set("X-Reason", fmt.Sprintf("reason_%d", i))
		engine.ServeHTTP(httptest.NewRecorder(), r)
	}
	got := series(t, w)
	if len(got) > 110 {
		t.Errorf("%d series", len(got))
	}
	if got["okta_http_refusals_total{reason=other}"] != 400 || got["okta_http_requests_total{method=other,route=none,status=404}"] != 500 {
		t.Errorf("other: %v", got["okta_http_refusals_total{reason=other}"])
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRequestsToOkta(t *testing.T) {
	t.Parallel()
	const up = "okta_upstream_up{upstream=okta}"
	for name, test := range map[string]struct {
		status  int
		err     error
		outcome string
		up      float64
	}{
		"answered":     {status: 200, outcome: "ok", up: 1},
		"redirected":   {status: 302, outcome: "ok", up: 1},
		"refused":      {status: 400, outcome: "refused", up: 1},
		"rate limited": {status: 429, outcome: "rate_limited", up: 1},
		"failed":       {status: 503, outcome: "failed"},
		"no answer":    {err: errors.New("connection refused"), outcome: "unreachable"},
		"too slow":     {err: fmt.Errorf("ask: %w", context.DeadlineExceeded), outcome: "timeout"},
		"given up":     {err: fmt.Errorf("ask: %w", context.Canceled), outcome: "given_up", up: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := watch.New(nil, time.Now)
			transport := w.Okta(roundTrip(func(r *http.Request) (*http.Response, error) {
				if test.err != nil {
					return nil, test.err
				}
				return &http.Response{StatusCode: test.status, Body: http.NoBody}, nil
			}))
			r := httptest.NewRequestWithContext(oktahttp.WithEndpoint(t.Context(), "token"), "POST", "https://org.example/oauth2/v1/token?secret=1", nil)
			resp, err := transport.RoundTrip(r)
			if !errors.Is(err, test.err) || err == nil && resp.StatusCode != test.status {
				t.Errorf("got %v and %v", resp, err)
			}
			want := map[string]float64{
				"okta_upstream_requests_total{endpoint=token,outcome=" + test.outcome + ",upstream=okta}": 1,
				"okta_upstream_request_duration_seconds{endpoint=token,upstream=okta}":                    1,
				"okta_upstream_requests_in_flight{upstream=okta}":                                         0,
			}
			if test.up >= 0 {
				want[up] = test.up
			}
			hold(t, w, want)
			if _, found := series(t, w)[up]; found != (test.up >= 0) {
				t.Errorf("%s is there: %v", up, found)
			}
		})
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	w := watch.New(nil, time.Now)
	var header http.Header
	transport := w.Okta(roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: http.NoBody}, nil
	}))
	ask := func(endpoint, limit, left, reset string) {
		header = http.Header{"X-Rate-Limit-Limit": {limit}, "X-Rate-Limit-Remaining": {left}, "X-Rate-Limit-Reset": {reset}}
		r := httptest.NewRequestWithContext(oktahttp.WithEndpoint(t.Context(), endpoint), "GET", "/", nil)
		if _, err := transport.RoundTrip(r); err != nil {
			t.Fatal(err)
		}
	}
	ask("token", "300", "299", "1795706400")
	ask("user", "600", "10", "1795706460")
	ask("token", "300", "298", "1795706400")
	for _, nonsense := range []string{"", "-1", "many", "1e3", "99999999999999999999"} {
		ask("token", "300", nonsense, "1795706400")
		ask("keys", nonsense, "1", "1")
	}
	hold(t, w, map[string]float64{
		"okta_rate_limit{endpoint=token}":                         300,
		"okta_rate_limit{endpoint=user}":                          600,
		"okta_rate_limit_remaining{endpoint=token}":               298,
		"okta_rate_limit_remaining{endpoint=user}":                10,
		"okta_rate_limit_reset_timestamp_seconds{endpoint=token}": 1795706400,
		"okta_rate_limit_reset_timestamp_seconds{endpoint=user}":  1795706460,
	})
}

// TestClock compares by answers that are Okta's own.
func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	w := watch.New(nil, func() time.Time { now = now.Add(2 * time.Second); return now }) // each answer takes so long
	if _, known := w.ClockAhead(); known {
		t.Error("known before anybody was asked")
	}
	ask := func(header http.Header) {
		transport := w.Okta(roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: header, Body: http.NoBody}, nil
		}))
		if _, err := transport.RoundTrip(httptest.NewRequest("GET", "/", nil)); err != nil {
			t.Fatal(err)
		}
	}
	ask(http.Header{"Date": {"soon"}})
	ask(http.Header{})
	ask(http.Header{"Date": {"Tue, 01 Jan 2030 11:00:00 GMT"}, "Age": {"3600"}})
	if _, known := w.ClockAhead(); known {
		t.Error("known by no clock of Okta's")
	}
	ask(http.Header{"Date": {"Tue, 01 Jan 2030 12:00:04 GMT"}}) // sent at 12:00:08, come at 12:00:10
	if ahead, known := w.ClockAhead(); !known || ahead != 4500*time.Millisecond {
		t.Errorf("ahead by %v", ahead)
	}
	hold(t, w, map[string]float64{"okta_clock_ahead_seconds{}": 4.5})
}

func TestCommandsToRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	options, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	options.MaxRetries, options.DialerRetries, options.DialTimeout = -1, 1, time.Second
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	w := watch.New(nil, time.Now)
	client.AddHook(w.Redis())
	ctx := t.Context()

	client.Get(ctx, "person-ada") // nothing there
	client.Set(ctx, "person-ada", "secret", 0)
	client.LPush(ctx, "person-ada", "x") // of another type
	client.Do(ctx, "eval", "return redis.error_reply('OOM command not allowed')", "0")
	if _, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.Get(ctx, "person-ada")
		pipe.Get(ctx, "nobody")
		return nil
	}); !errors.Is(err, redis.Nil) {
		t.Fatal(err)
	}
	hold(t, w, map[string]float64{
		"okta_upstream_requests_total{endpoint=get,outcome=ok,upstream=redis}":        1,
		"okta_upstream_requests_total{endpoint=set,outcome=ok,upstream=redis}":        1,
		"okta_upstream_requests_total{endpoint=lpush,outcome=refused,upstream=redis}": 1,
		"okta_upstream_requests_total{endpoint=eval,outcome=failed,upstream=redis}":   1,
		"okta_upstream_requests_total{endpoint=pipeline,outcome=ok,upstream=redis}":   1,
		"okta_upstream_up{upstream=redis}":                                            1,
		"okta_upstream_requests_in_flight{upstream=redis}":                            0,
	})
	server.Kill()
	client.Get(ctx, "person-ada")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	client.Get(gone, "person-ada")
	got := series(t, w)
	if got["okta_upstream_requests_total{endpoint=get,outcome=unreachable,upstream=redis}"] != 1 || got["okta_upstream_up{upstream=redis}"] != 0 {
		t.Errorf("away: %v", got)
	}
	if got["okta_upstream_requests_total{endpoint=get,outcome=given_up,upstream=redis}"] != 1 {
		t.Errorf("given up: %v", got)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	w := watch.New(nil, time.Now)
	used := 3
	w.Bounds(map[string]watch.Size{"things": func() (int, int) { return used, 10 }})
	w.Bounds(map[string]watch.Size{"others": func() (int, int) { return 0, 1 }})
	used = 4
	hold(t, w, map[string]float64{
		"okta_bound_used{bound=things}": 4, "okta_bound_limit{bound=things}": 10,
		"okta_bound_used{bound=others}": 0, "okta_bound_limit{bound=others}": 1,
	})
}

// BenchmarkRequests is what counting and tracing a request cost.
func BenchmarkRequests(b *testing.B) {
	for name, w := range map[string]*watch.Watch{"neither": nil, "counted": watch.New(nil, time.Now), "counted and traced": watch.New(sdktrace.NewTracerProvider(), time.Now)} {
		b.Run(name, func(b *testing.B) {
			engine := gin.New()
			if w != nil {
				engine.Use(w.Requests(reasonHeader))
			}
			engine.GET("/people/:id", func(c *gin.Context) { c.Status(http.StatusNoContent) })
			r, w := httptest.NewRequest("GET", "/people/ada", nil), httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				engine.ServeHTTP(w, r)
			}
		})
	}
}
