package handlers_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// startMeasured serves an app that has done what the metrics tell of.
func startMeasured(t *testing.T) (*apptest.App, *apptest.Browser, *redistest.Server) {
	t.Helper()
	redis := redistest.Start(t)
	service := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(service.Close)
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing(
		"SESSION_STORE", redis.URL(), "OKTA_API_TOKEN", mockokta.DefaultAPIToken, "PROXY_ROUTES", "/api/things="+service.URL)})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Clock.Add(time.Hour)
	b.Get(apptest.ProfilePath)
	b.Get("/no/such/page")
	b.Post("/authorization-code/back-channel-logout", nil)
	b.Get("/api/things/7", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin")
	return app, b, redis
}

func TestRequestsAreMeasured(t *testing.T) {
	t.Parallel()
	app, b, redis := startMeasured(t)
	got := b.Metrics()
	for name, want := range map[string]string{
		`okta_http_requests_total{method="GET",route="/authorization-code/callback",status="303"}`:             "1",
		`okta_http_request_duration_seconds_count{method="GET",route="/authorization-code/callback"}`:          "1",
		`okta_http_requests_total{method="GET",route="none",status="404"}`:                                     "1",
		`okta_http_requests_total{method="POST",route="/authorization-code/back-channel-logout",status="400"}`: "1",
		`okta_http_refusals_total{reason="not_found"}`:                                                         "1",
		`okta_upstream_requests_total{endpoint="token",outcome="ok",upstream="okta"}`:                          "2", // sign-in and renewal
		`okta_upstream_requests_total{endpoint="metadata",outcome="ok",upstream="okta"}`:                       "1",
		`okta_upstream_requests_total{endpoint="user",outcome="ok",upstream="okta"}`:                           "2",
		`okta_upstream_requests_total{endpoint="user_groups",outcome="ok",upstream="okta"}`:                    "2",
		`okta_upstream_up{upstream="okta"}`:                                                                    "1",
		`okta_upstream_up{upstream="redis"}`:                                                                   "1",
		`okta_bound_used{bound="directory_records"}`:                                                           "1",
		`okta_bound_limit{bound="connections"}`:                                                                "4096",
		`okta_sessions_active`:                                                                                 "1",
	} {
		if got[name] != want {
			t.Errorf("%s %q, want %q", name, got[name], want)
		}
	}
	if got[`okta_rate_limit_remaining{endpoint="token"}`] == "" || got[`okta_upstream_request_duration_seconds_count{endpoint="pipeline",upstream="redis"}`] == "" {
		t.Error("no rate limit of Okta's, or no time that Redis took")
	}

	redis.Kill()
	app.Org.Stop()
	app.Browser().Get(testkit.LoginPath)
	b.Get(apptest.ProfilePath)
	got = b.Metrics()
	if got[`okta_upstream_up{upstream="redis"}`] != "0" {
		t.Errorf("Redis is away: up %s", got[`okta_upstream_up{upstream="redis"}`])
	}
	redis.Restart()
	b.Get(apptest.ProfilePath) // whose access token is good
	app.Clock.Add(time.Hour)
	b.Get(apptest.ProfilePath)
	got = b.Metrics()
	if up := got[`okta_upstream_up{upstream="redis"}`] + got[`okta_upstream_up{upstream="okta"}`]; up != "10" {
		t.Errorf("Redis is back and Okta away: %s", up)
	}
	if got[`okta_upstream_requests_total{endpoint="token",outcome="unreachable",upstream="okta"}`] != "1" {
		t.Errorf("Okta is away: %v", got)
	}
}

// TestMetricsHoldNobody: no label tells of a person, and none is what others sent.
func TestMetricsHoldNobody(t *testing.T) {
	t.Parallel()
	app, b, _ := startMeasured(t)
	for _, path := range []string{"/sent-by-somebody", "/profile/sent-by-somebody", "/?q=sent-by-somebody", testkit.CallbackPath + "?error=sent-by-somebody&state=x", "/static/sent-by-somebody.css"} {
		b.Get(path)
	}
	before := len(b.Metrics())
	for _, path := range []string{"/1", "/2", "/3?x", "/static/4", "/authorization-code/assets/5"} {
		app.Browser().Get(path)
	}
	b.Get("/authorization-code/assets/6")
	page := b.Get("/metrics").Body
	for _, secret := range []string{"sent-by-somebody", testkit.Ada, "Ada", "00u9mock", "127.0.0.1", mockokta.DefaultAPIToken, mockokta.DefaultClientSecret} {
		if strings.Contains(page, secret) {
			t.Errorf("/metrics holds %q", secret)
		}
	}
	if now := len(b.Metrics()); now > before+40 { // a route or two more, with their buckets
		t.Errorf("%d series have become %d", before, now)
	}
}

// families returns the names of the metrics on /metrics, each with its labels.
func families(b *apptest.Browser) map[string][]string {
	b.T.Helper()
	found := make(map[string][]string)
	sample := regexp.MustCompile(`^([a-z0-9_]+)(?:\{(.*)\})? `)
	label := regexp.MustCompile(`([a-z_]+)="`)
	kinds := make(map[string]string)
	for line := range strings.Lines(b.Get("/metrics").Body) {
		if kind, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, of, _ := strings.Cut(strings.TrimSpace(kind), " ")
			kinds[name] = of
			continue
		}
		match := sample.FindStringSubmatch(line)
		if match == nil {
			continue
		}
		name := match[1]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, cut := strings.CutSuffix(name, suffix); cut && kinds[base] == "histogram" {
				name = base
			}
		}
		var labels []string
		for _, each := range label.FindAllStringSubmatch(match[2], -1) {
			if each[1] != "le" {
				labels = append(labels, each[1])
			}
		}
		slices.Sort(labels)
		found[name] = labels
	}
	return found
}

// TestMetricsAreDocumented: the table in docs/operations.md has each metric of the app,
// with its labels, and no other.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	_, b, _ := startMeasured(t)
	there := families(b)
	maps.DeleteFunc(there, func(name string, _ []string) bool { return !strings.HasPrefix(name, "okta_") })
	document := readFile(t, "../docs/operations.md")
	_, document, _ = strings.Cut(document, "\n## Metrics\n")
	document, _, _ = strings.Cut(document, "\n## ")
	documented := make(map[string][]string)
	for row := range strings.Lines(document) {
		cells := strings.Split(row, "|")
		if len(cells) < 3 {
			continue
		}
		for _, match := range regexp.MustCompile("`(okta_[a-z_]+)(?:\\{([a-z,_]+)\\})?`").FindAllStringSubmatch(cells[1], -1) {
			var labels []string
			if match[2] != "" {
				labels = strings.Split(match[2], ",")
			}
			slices.Sort(labels)
			documented[match[1]] = labels
		}
	}
	for name, labels := range there {
		if of, ok := documented[name]; !ok || !slices.Equal(of, labels) {
			t.Errorf("%s%v: documented %v, with %v", name, labels, ok, of)
		}
	}
	for name := range documented {
		if _, ok := there[name]; !ok {
			t.Errorf("%s is documented and not on /metrics", name)
		}
	}
}

// TestDashboardAndAlertsAskWhatIsThere: each metric that they name is on /metrics.
func TestDashboardAndAlertsAskWhatIsThere(t *testing.T) {
	t.Parallel()
	_, b, _ := startMeasured(t)
	there := families(b)
	for _, file := range []string{"../deploy/grafana/okta-gin.json", "../deploy/prometheus/rules.yaml"} {
		content := readFile(t, file)
		names := regexp.MustCompile(`\b(?:okta|go|process)_[a-z0-9_]+`).FindAllString(content, -1)
		if len(names) < 10 {
			t.Fatalf("%s names %d metrics", file, len(names))
		}
		for _, name := range names {
			name = strings.TrimSuffix(name, "_bucket")
			if _, ok := there[name]; !ok {
				t.Errorf("%s asks for %s, which is not on /metrics", file, name)
			}
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestBoundsAreDocumented holds the names of bounds, with and without Redis, against the
// table in docs/operations.md, both ways, and that nothing is fuller than it may be.
func TestBoundsAreDocumented(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(document), "| bound | of what")
	table, _, _ = strings.Cut(table, "\n\n")
	documented := map[string]bool{}
	for row := range strings.Lines(table) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.Split(row+"||", "|")[1], -1) {
			documented[name[1]] = true
		}
	}
	seen := map[string]bool{}
	for _, env := range []map[string]string{
		{"OKTA_DPOP": "on", "OKTA_API_TOKEN": mockokta.DefaultAPIToken},
		{"STATE_FILE": filepath.Join(t.TempDir(), "state")},
		{"SESSION_STORE": redistest.Start(t).URL()},
	} {
		b := apptest.Start(t, apptest.Setup{Env: env}).Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		got := b.Metrics()
		for name, used := range got {
			bound, ok := strings.CutPrefix(name, `okta_bound_used{bound="`)
			if !ok {
				continue
			}
			bound = strings.TrimSuffix(bound, `"}`)
			seen[bound] = true
			most := got[`okta_bound_limit{bound="`+bound+`"}`]
			if u, err := strconv.ParseFloat(used, 64); err != nil || u < 0 {
				t.Errorf("%s: %s used", bound, used)
			} else if m, err := strconv.ParseFloat(most, 64); err != nil || m <= 0 || u > m {
				t.Errorf("%s: %s used of %s", bound, used, most)
			}
		}
		if got[`okta_bound_used{bound="opened_sessions"}`] != "1" {
			t.Errorf("%s opened sessions", got[`okta_bound_used{bound="opened_sessions"}`])
		}
		if _, redis := got["okta_redis_pool_timeouts_total"]; redis != (env["SESSION_STORE"] != "") {
			t.Errorf("%v: timeouts of Redis are there: %v", env, redis)
		}
	}
	if !maps.Equal(documented, seen) {
		t.Errorf("documented are %v, there are %v", slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(seen)))
	}
}
