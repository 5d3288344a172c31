package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func startWithDirectory(t *testing.T, knobs func(*mockokta.Knobs)) *apptest.App {
	t.Helper()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken}})
	if knobs != nil {
		app.Org.Set(knobs)
	}
	t.Cleanup(func() {
		if strings.Contains(app.Logs.String(), mockokta.DefaultAPIToken) {
			t.Error("the API token is in the log")
		}
	})
	return app
}

func onlyDirectory(answer http.HandlerFunc) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
			if endpoint != "users" && endpoint != "groups" {
				return false
			}
			answer(w, r)
			return true
		}
	}
}

// record returns the directory's part of the profile page.
func record(b *apptest.Browser) *goquery.Selection {
	b.T.Helper()
	r := b.Get(apptest.ProfilePath)
	page := r.Page(b.T)
	if r.StatusCode != http.StatusOK || page.Find("#claim-sub").Length() != 1 {
		b.T.Fatalf("the profile page does not stand: status %d", r.StatusCode)
	}
	if strings.Contains(r.Body, mockokta.DefaultAPIToken) {
		b.T.Error("the API token is on the page")
	}
	return page.Find(`[aria-labelledby="directory"]`)
}

// hasRecord reports whether the profile page shows a record, and not why it
// doesn't.
func hasRecord(b *apptest.Browser) bool { return record(b).Find("dl dt").Length() > 0 }

func unavailable(record *goquery.Selection) string { return strings.TrimSpace(record.Find("p").Text()) }

func TestProfileShowsTheDirectoryRecord(t *testing.T) {
	t.Parallel()
	app := startWithDirectory(t, nil)
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	testkit.Await(t, "the look-up that sign-in begins", func() bool { return hasRecord(b) })
	if users, groups := app.Org.Count("users"), app.Org.Count("groups"); users != 1 || groups != 1 {
		t.Errorf("asked %d times for the person and %d times for groups, want once each", users, groups)
	}
	app.Org.ResetCounts()
	record := record(b)
	if got := app.Org.Count(""); got != 0 {
		t.Errorf("the page asked Okta %d times", got)
	}
	today := app.Clock.Now().UTC().Format("2 January 2006")
	for label, want := range map[string]string{
		"Status": "Active", "Created": today, "Last sign-in": today, "Password changed": today, "Groups": "Engineers",
	} {
		got := record.Find("dt").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == label }).Next().Text()
		if !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
			t.Errorf("%s: %q, want %q in it", label, got, want)
		}
	}
	app.Clock.Add(5*time.Minute + time.Second)
	testkit.Await(t, "a new record after five minutes", func() bool { return hasRecord(b) })
	if got := app.Org.Count("users"); got != 1 {
		t.Errorf("after five minutes: asked %d times, want once", got)
	}
}

func TestProfileListsManyGroups(t *testing.T) {
	t.Parallel()
	app := startWithDirectory(t, nil)
	b := app.Browser()
	b.SignIn("/greet", testkit.Many)
	testkit.Await(t, "the record", func() bool { return hasRecord(b) })
	record := record(b)
	if got := record.Find(".chips li").Length(); got != 120 || strings.Contains(record.Text(), "may be more") {
		t.Errorf("%d groups of 120", got)
	}
}

func TestProfileWithoutAnAPITokenHasNoRecord(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	if record(b).Length() != 0 || app.Org.Count("users") != 0 {
		t.Error("the directory was asked without a token for it")
	}
}

func TestProfileWhileTheDirectoryFails(t *testing.T) {
	t.Parallel()
	const cannot = "Okta's directory could not be asked."
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) }
	}
	for name, answer := range map[string]http.HandlerFunc{
		"401":            status(http.StatusUnauthorized),
		"403":            status(http.StatusForbidden),
		"404":            status(http.StatusNotFound),
		"500":            status(http.StatusInternalServerError),
		"garbage":        body("<html>"),
		"another person": body(`{"id":"00u9mockGraceHop15d7","status":"ACTIVE"}`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := startWithDirectory(t, onlyDirectory(answer))
			b := app.Browser()
			b.SignIn("/greet", testkit.Ada)
			testkit.Await(t, "the page to say so", func() bool { return unavailable(record(b)) == cannot })
			if got := app.Org.Count("users"); got != 1 {
				t.Errorf("asked %d times, want once in ten seconds", got)
			}
		})
	}
	t.Cleanup(func() {
		if got := elsewhere.Load(); got != 0 {
			t.Errorf("the other host was asked %d times", got)
		}
	})
}

func TestProfileDoesNotWaitForASlowDirectory(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	app := startWithDirectory(t, func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "users" {
				<-release
			}
			return false
		}
	})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	began := time.Now()
	if got := unavailable(record(b)); !strings.Contains(got, "slow at the moment") {
		t.Errorf("the page says %q", got)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the page took %v, want about 300 ms", took)
	}
	close(release)
	testkit.Await(t, "the record on a reload", func() bool { return hasRecord(b) })
	if got := app.Org.Count("users"); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
}

func TestProfileHonoursTheDirectorysRateLimit(t *testing.T) {
	t.Parallel()
	app := startWithDirectory(t, func(k *mockokta.Knobs) {
		k.RateLimited = func(endpoint string) bool { return endpoint == "users" }
		k.RateLimitReset = 40 * time.Second
	})
	limited := func(b *apptest.Browser) func() bool {
		return func() bool { return strings.Contains(unavailable(record(b)), "no more questions") }
	}
	b, other := app.Browser(), app.Browser()
	b.SignIn("/greet", testkit.Ada)
	testkit.Await(t, "the page to say so", limited(b))
	app.Org.Set(func(k *mockokta.Knobs) { k.RateLimited = nil })
	app.Clock.Add(30 * time.Second)
	other.SignIn("/greet", testkit.Grace)
	testkit.Await(t, "the page to say so before the reset", func() bool { return limited(b)() && limited(other)() })
	if got := app.Org.Count("users"); got != 1 {
		t.Errorf("asked %d times before the reset, want once", got)
	}
	app.Clock.Add(12 * time.Second)
	testkit.Await(t, "the record after the reset", func() bool { return hasRecord(b) })
}
