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
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
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

func (r reply) readiness(t *testing.T) (ready readiness) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.body), &ready); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	return ready
}

// examined builds the app of a again, has the doctor follow it, and returns once it has
// looked.
func (a *app) examined(wait time.Duration) {
	a.t.Helper()
	if err := a.auth.Close(); err != nil {
		a.t.Fatal(err)
	}
	app, err := handlers.New(a.cfg, slog.New(slog.NewJSONHandler(a.logs, nil)), a.clock.Now)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = app.Close() })
	a.serving.Store(serving{app})
	go app.FollowFindings(a.t.Context(), wait)
	waitFor(a.t, "the doctor to look", func() bool { return strings.Contains(a.browser().get("/readyz").body, `"findings"`) })
}

// TestFindingsAtStart starts the app with a mistake: the log has one line with what to do,
// /readyz names the check, and says more only where the world does not come.
func TestFindingsAtStart(t *testing.T) {
	t.Parallel()
	socket := filepath.Join(t.TempDir(), "metrics.sock")
	app := start(t, setup{
		env: map[string]string{"BASE_URL": "https://app.example", "METRICS_LISTEN": "unix:" + socket},
		late: func(env map[string]string) {
			env["OKTA_OAUTH2_ISSUER"] = strings.Replace(env["OKTA_OAUTH2_ISSUER"], "default", "defualt", 1)
		},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var out logs
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- handlers.Run(ctx, app.cfg, listener, slog.New(slog.NewTextHandler(&out, nil))) }()
	waitFor(t, "the finding", func() bool { return strings.Contains(out.String(), "msg=finding check=metadata") })
	public := app.browser().get("http://" + listener.Addr().String() + "/readyz")
	if found := public.readiness(t).Findings; found == nil || len(found.Failed) != 1 || found.Failed[0] != "metadata" || found.At.IsZero() || found.Checks != nil {
		t.Errorf("to the world: %s", public.body)
	}
	if strings.Contains(public.body, "127.0.0.1") || strings.Contains(public.body, "OKTA_") || public.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("to the world: status %d, %s", public.StatusCode, public.body)
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
		app := start(t, setup{env: map[string]string{"DOCTOR_AT_START": setting}})
		app.examined(time.Hour)
		asked := app.org.Count("token") + app.org.Count("authorize") + app.org.Count("logout")
		if (asked > 0) != (want > 0) || want == 0 && (app.org.Count("discovery") != 1 || app.org.Count("keys") != 1) {
			t.Errorf("%q: %d requests, %d for metadata, %d for keys", setting, asked, app.org.Count("discovery"), app.org.Count("keys"))
		}
		found := app.browser().get("/readyz").readiness(t).Findings
		if clock := strings.Contains(app.logs.String(), `"check":"clock"`); clock { // both have this machine's
			t.Errorf("%q: the clock is wrong: %+v", setting, found)
		}
	}
	off := start(t, setup{env: map[string]string{"DOCTOR_AT_START": "off"}})
	off.browser().signIn(profilePath, ada)
	if r := off.browser().get("/readyz"); r.readiness(t).Findings != nil {
		t.Errorf("off: %s", r.body)
	}
}

// TestFindingsAreLookedAtAgain until nothing fails, and each is logged once.
func TestFindingsAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	app.org.Stop()
	app.examined(time.Millisecond)
	if found := app.browser().get("/readyz").readiness(t).Findings; len(found.Checks) == 0 || !strings.Contains(app.logs.String(), `"check":"connection","mark":"fail"`) {
		t.Errorf("%+v", found)
	}
	if err := app.org.Restart(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "all to be well", func() bool {
		app.clock.add(time.Minute) // Okta is left alone for a while
		return strings.Contains(app.logs.String(), "nothing fails that the doctor looks at")
	})
	if r := app.browser().get("/readyz"); strings.Contains(r.body, "connection") {
		t.Errorf("%s", r.body)
	}
	if got := strings.Count(app.logs.String(), `"check":"connection"`); got != 1 {
		t.Errorf("%d lines on it", got)
	}
}

// TestFindingsOfRedis at the start: what will go wrong later is told early.
func TestFindingsOfRedis(t *testing.T) {
	t.Parallel()
	evicting := redistest.Start(t, "--maxmemory-policy", "allkeys-lru")
	app := start(t, setup{env: map[string]string{"SESSION_STORE": evicting.URL()}})
	app.examined(time.Hour)
	if !strings.Contains(app.logs.String(), `"check":"redis eviction","mark":"fail"`) || !strings.Contains(app.logs.String(), "Set maxmemory-policy noeviction.") {
		t.Errorf("the log says nothing of it:\n%s", app.logs.String())
	}
}

// TestFindingsWithANewSecret: the doctor looks at once when one is taken up.
func TestFindingsWithANewSecret(t *testing.T) {
	t.Parallel()
	f := startFollowing(t, hourly, map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": wrongSecret}, "DOCTOR_AT_START=full")
	go f.own.FollowFindings(t.Context(), time.Hour)
	const line = `"check":"client authentication"`
	waitFor(t, "the doctor to look", func() bool { return strings.Contains(f.logs.String(), line) })
	f.put("OKTA_OAUTH2_CLIENT_SECRET", mockokta.DefaultClientSecret)
	f.hangUp(t)
	waitFor(t, "the doctor to look again", func() bool {
		return !strings.Contains(f.browser().get("/readyz").body, "client authentication")
	})
}
