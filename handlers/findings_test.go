package handlers_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// readiness is what /readyz answers.
type readiness struct {
	Okta     string
	Findings *struct {
		At     time.Time
		Failed []string
		Checks []struct{ Check, Mark, Seen, Next string }
	}
}

func readinessOf(t *testing.T, r testkit.Reply) (ready readiness) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Body), &ready); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
	return ready
}

// examine builds the app of a again, has the doctor follow it, and returns once it has
// looked.
func examine(a *apptest.App, wait time.Duration) {
	a.T.Helper()
	a.Restart()
	go a.FollowFindings(a.T.Context(), wait)
	testkit.Await(a.T, "the doctor to look", func() bool { return strings.Contains(a.Browser().Get("/readyz").Body, `"findings"`) })
}

// TestFindingsAtStart starts the app with a mistake: the log has one line with what to do,
// /readyz names the check, and says more only where the world does not come.
func TestFindingsAtStart(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "metrics.sock")
	app := apptest.Start(t, apptest.Setup{
		Env: map[string]string{"BASE_URL": "https://app.example", "METRICS_LISTEN": "unix:" + socket},
		Late: func(env map[string]string) {
			env["OKTA_OAUTH2_ISSUER"] = strings.Replace(env["OKTA_OAUTH2_ISSUER"], "default", "defualt", 1)
		},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out testkit.Logs
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- handlers.Run(ctx, app.Cfg, listener, slog.New(slog.NewTextHandler(&out, nil))) }()
	testkit.Await(t, "the finding", func() bool { return strings.Contains(out.String(), "msg=finding check=metadata") })
	public := app.Browser().Get("http://" + listener.Addr().String() + "/readyz")
	if found := readinessOf(t, public).Findings; found == nil || len(found.Failed) != 1 || found.Failed[0] != "metadata" || found.At.IsZero() || found.Checks != nil {
		t.Errorf("to the world: %s", public.Body)
	}
	if strings.Contains(public.Body, "127.0.0.1") || strings.Contains(public.Body, "OKTA_") || public.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("to the world: status %d, %s", public.StatusCode, public.Body)
	}
	apart := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	resp, err := apart.Get("http://metrics/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var inner readiness
	if err := json.NewDecoder(resp.Body).Decode(&inner); err != nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	named := false
	for _, check := range inner.Findings.Checks {
		named = named || check.Check == "metadata" && check.Mark == "fail" && strings.Contains(check.Seen, "/oauth2/default") && strings.Contains(check.Next, "OKTA_OAUTH2_ISSUER")
	}
	if !named {
		t.Errorf("at METRICS_LISTEN: %+v", inner.Findings)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := strings.Count(out.String(), "check=metadata"); got != 1 {
		t.Errorf("%d lines on it:\n%s", got, out.String())
	}
	if strings.Contains(out.String(), mockokta.DefaultClientSecret) {
		t.Error("the log holds a secret")
	}
}

// TestFindingsAskOktaNoMore than the app does: what the doctor asks of Okta it asks where
// it is told to, or where nobody can sign in anyway.
func TestFindingsAskOktaNoMore(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]int{"": 0, "quick": 0, "full": 1} {
		app := apptest.Start(t, apptest.Setup{Env: map[string]string{"DOCTOR_AT_START": setting}})
		examine(app, time.Hour)
		asked := app.Org.Count("token") + app.Org.Count("authorize") + app.Org.Count("logout")
		if (asked > 0) != (want > 0) || want == 0 && (app.Org.Count("discovery") != 1 || app.Org.Count("keys") != 1) {
			t.Errorf("%q: %d requests, %d for metadata, %d for keys", setting, asked, app.Org.Count("discovery"), app.Org.Count("keys"))
		}
		found := readinessOf(t, app.Browser().Get("/readyz")).Findings
		if clock := strings.Contains(app.Logs.String(), `"check":"clock"`); clock { // both have this machine's
			t.Errorf("%q: the clock is wrong: %+v", setting, found)
		}
	}
	off := apptest.Start(t, apptest.Setup{Env: map[string]string{"DOCTOR_AT_START": "off"}})
	off.Browser().SignIn(apptest.ProfilePath, testkit.Ada)
	if r := off.Browser().Get("/readyz"); readinessOf(t, r).Findings != nil {
		t.Errorf("off: %s", r.Body)
	}
}

// TestFindingsAreLookedAtAgain until nothing fails, and each is logged once.
func TestFindingsAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	app.Org.Stop()
	examine(app, time.Millisecond)
	if found := readinessOf(t, app.Browser().Get("/readyz")).Findings; len(found.Checks) == 0 || !strings.Contains(app.Logs.String(), `"check":"connection","mark":"fail"`) {
		t.Errorf("%+v", found)
	}
	if err := app.Org.Restart(); err != nil {
		t.Fatal(err)
	}
	testkit.Await(t, "all to be well", func() bool {
		app.Clock.Add(time.Minute) // Okta is left alone for a while
		return strings.Contains(app.Logs.String(), "nothing fails that the doctor looks at")
	})
	if r := app.Browser().Get("/readyz"); strings.Contains(r.Body, "connection") {
		t.Errorf("%s", r.Body)
	}
	if got := strings.Count(app.Logs.String(), `"check":"connection"`); got != 1 {
		t.Errorf("%d lines on it", got)
	}
}

// TestFindingsOfRedis at the start: what will go wrong later is told early.
func TestFindingsOfRedis(t *testing.T) {
	t.Parallel()
	evicting := redistest.Start(t, "--maxmemory-policy", "allkeys-lru")
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SESSION_STORE": evicting.URL()}})
	examine(app, time.Hour)
	if !strings.Contains(app.Logs.String(), `"check":"redis eviction","mark":"fail"`) || !strings.Contains(app.Logs.String(), "Set maxmemory-policy noeviction.") {
		t.Errorf("the log says nothing of it:\n%s", app.Logs.String())
	}
}

// TestFindingsWithANewSecret: the doctor looks at once when one is taken up.
func TestFindingsWithANewSecret(t *testing.T) {
	t.Parallel()
	f := startFollowing(t, hourly, map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": wrongSecret}, "DOCTOR_AT_START=full")
	go f.FollowFindings(t.Context(), time.Hour)
	const line = `"check":"client authentication"`
	testkit.Await(t, "the doctor to look", func() bool { return strings.Contains(f.Logs.String(), line) })
	f.put("OKTA_OAUTH2_CLIENT_SECRET", mockokta.DefaultClientSecret)
	f.hangUp(t)
	testkit.Await(t, "the doctor to look again", func() bool {
		return !strings.Contains(f.Browser().Get("/readyz").Body, "client authentication")
	})
}
