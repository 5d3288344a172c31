package handlers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// ofSessions leaves out what is measured of requests, bounds, the clock and the build.
func ofSessions(series map[string]string) map[string]string {
	maps.DeleteFunc(series, func(name, _ string) bool {
		return slices.ContainsFunc([]string{"okta_http_", "okta_upstream_", "okta_rate_", "okta_bound_", "okta_breaker_", "okta_build_", "okta_clock_"}, func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		})
	})
	return series
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("SESSION_STORE", redistest.Start(t).URL(), "SESSION_RENEW_GRACE", "1m")})
	ada1, ada2, grace1, eve1 := app.Browser(), app.Browser(), app.Browser(), app.Browser()
	ada1.SignIn(apptest.ProfilePath, testkit.Ada)
	ada2.SignIn(apptest.ProfilePath, testkit.Ada)
	grace1.SignIn(apptest.ProfilePath, testkit.Grace)
	eve1.SignIn(apptest.ProfilePath, testkit.Eve)
	for _, attack := range []string{"error=access_denied", "error=%3Cscript%3E", "error=a&error_description=b", "code=x"} {
		eve1.Get(testkit.CallbackPath + "?state=unknown&" + attack)
	}
	// What Okta might say is a label only if the RFCs know it.
	u, err := url.Parse(toCallbackOf(eve1, apptest.ProfilePath))
	if err != nil {
		t.Fatal(err)
	}
	eve1.Get(testkit.CallbackPath + "?error=made_up_" + strings.Repeat("x", 100) + "&state=" + u.Query().Get("state"))

	app.Clock.Add(time.Hour)
	ada1.Me()
	app.Org.DeactivateUser(testkit.Grace)
	grace1.Get(apptest.ProfilePath)
	app.Org.Stop()
	app.Clock.Add(time.Hour - 10*time.Second)
	ada1.Me()
	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	ada1.Post(testkit.LogoutPath, nil)

	want := map[string]string{
		`okta_sign_ins_total{outcome="success"}`:       "3",
		`okta_sign_ins_total{outcome="access_denied"}`: "1",
		`okta_sign_ins_total{outcome="no_cookies"}`:    "4",
		`okta_code_exchanges_limited_total`:            "0",
		`okta_ended_marks_forgotten_total`:             "0",
		`okta_bearers_forgotten_total`:                 "0",
		`okta_redis_pool_timeouts_total`:               "0",
		`okta_sign_ins_total{outcome="oauth_error"}`:   "1",
		`okta_sign_outs_total`:                         "1",
		`okta_renewals_total{outcome="success"}`:       "1",
		`okta_renewals_total{outcome="refused"}`:       "1",
		`okta_renewals_total{outcome="failed"}`:        "1",
		`okta_sessions_active`:                         "1",
	}
	got := ofSessions(eve1.Metrics())
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s %s, want %s", name, got[name], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d series, want %d: %v", len(got), len(want), got)
	}
}

// toCallbackOf starts a sign-in and returns where Okta is asked.
func toCallbackOf(b *apptest.Browser, path string) string {
	b.T.Helper()
	return b.Get(b.Get(path).Location()).Location()
}

func TestActiveSessionsOnlyWhereTheStoreKnows(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	if value, found := b.Metrics()["okta_sessions_active"]; found {
		t.Errorf("%s active sessions", value)
	}
}

// TestEventsNameThePersonTheRequestAndTheClient, and hold nothing that opens
// anything.
func TestEventsNameThePersonTheRequestAndTheClient(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("TRUSTED_PROXIES", "127.0.0.1,::1")})
	b, deactivated, refused := app.Browser(), app.Browser(), app.Browser()
	const client = "203.0.113.9"
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	deactivated.SignIn(apptest.ProfilePath, testkit.Grace)
	secrets := []string{b.Cookie("okta_session")[:40], "eyJ", "refresh_token="}
	app.Org.DeactivateUser(testkit.Grace)
	refused.Get(testkit.CallbackPath+"?state=unknown&code=c0de", "X-Forwarded-For", client)
	app.Clock.Add(time.Hour)
	b.Get(apptest.ProfilePath, "X-Forwarded-For", client)
	deactivated.Get(apptest.ProfilePath, "X-Forwarded-For", client)
	app.Org.Stop()
	app.Clock.Add(time.Hour)
	b.Get(apptest.ProfilePath, "X-Forwarded-For", client)
	last := b.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}}, "X-Forwarded-For", client)

	type event struct{ name, sub, reason string }
	seen := make(map[event]int)
	lines := bufio.NewScanner(strings.NewReader(app.Logs.String()))
	lines.Buffer(nil, 1<<20)
	requestIDs := make(map[any]bool)
	for lines.Scan() {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line["msg"] != "security event" {
			continue
		}
		text := func(name string) string { return strings.TrimPrefix(fmt.Sprint(line[name]), "<nil>") }
		seen[event{text("event"), text("sub"), text("reason")}]++
		requestIDs[line["request_id"]] = true
		if want := client; text("event") != "signed_in" && text("client") != want {
			t.Errorf("%s: client %v, want %s", text("event"), line["client"], want)
		}
		if id := text("request_id"); len(id) != 16 {
			t.Errorf("%s: request id %q", text("event"), id)
		}
	}
	const adaID = "00u9mockAdaLove1a5d7"
	graceID := ""
	for _, p := range app.Org.People() {
		if p.Login == testkit.Grace {
			graceID = p.ID
		}
	}
	for _, want := range []event{
		{"signed_in", adaID, ""}, {"signed_in", graceID, ""}, {"sign_in_refused", "", "no_cookies"}, {"renewed", adaID, ""},
		{"renewal_refused", graceID, "invalid_grant"}, {"renewal_failed", adaID, "okta_unreachable"}, {"signed_out", adaID, "everywhere"},
	} {
		if seen[want] != 1 {
			t.Errorf("%d lines for %+v, want 1", seen[want], want)
		}
	}
	if len(seen) != 7 {
		t.Errorf("events %v", seen)
	}
	if !requestIDs[last.Header.Get("X-Request-Id")] {
		t.Error("the sign-out's line does not have the response's X-Request-Id")
	}
	for _, secret := range append(secrets, "c0de", "unknown") {
		if strings.Contains(app.Logs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
