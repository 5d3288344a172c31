package handlers_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

const adminPath = "/admin/sessions"

// TestConsoleIsClosed: there is no console unless it is set, and then it is for its
// groups alone, with a recent sign-in.
func TestConsoleIsClosed(t *testing.T) {
	t.Parallel()
	off := start(t, setup{})
	b := off.browser()
	b.signIn(profilePath, ada)
	for _, r := range []reply{b.get(adminPath), b.post(adminPath+"/end", url.Values{"subject": {adaID}}), off.browser().get(adminPath)} {
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("without the setting: status %d", r.StatusCode)
		}
	}

	app := start(t, setup{env: map[string]string{"ADMIN_GROUPS": "Admins"}})
	admin, employee := app.browser(), app.browser()
	admin.signIn(profilePath, ada)
	employee.signIn(profilePath, grace)
	end := url.Values{"subject": {adaID}}
	for name, r := range map[string]reply{
		"an employee":          employee.get(adminPath),
		"an employee's post":   employee.post(adminPath+"/end", end),
		"from another site":    admin.post(adminPath+"/end", end, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"nobody's post":        app.browser().post(adminPath+"/end", end),
		"ending nobody":        admin.post(adminPath+"/end", nil),
		"ending by a link":     admin.get(adminPath + "/end?subject=" + adaID),
		"ending with too much": admin.post(adminPath+"/end", url.Values{"subject": {strings.Repeat("x", 300)}}),
	} {
		if r.StatusCode < 400 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	if r := app.browser().get(adminPath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody: status %d", r.StatusCode)
	}
	if r := admin.get(adminPath); r.StatusCode != http.StatusOK {
		t.Errorf("an administrator: status %d", r.StatusCode)
	}
	app.clock.add(20 * time.Minute)
	if r := admin.get(adminPath); !strings.Contains(r.location(), "max_age=900") {
		t.Errorf("an administrator of long ago: status %d to %s", r.StatusCode, r.location())
	}
	if !admin.signedIn() || !employee.signedIn() {
		t.Error("a session ended")
	}
}

// TestConsole: an operator finds a person by id or email, ends one session or all, and
// the log says who did it.
func TestConsole(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *app) {
		app.cfg.AdminGroups, app.cfg.APIToken = []string{"Admins"}, config.NewSecret(mockokta.DefaultAPIToken)
		app.restart()
		operator, phone, laptop, other := app.signInWith(firefox, ada), app.signInWith(iphone, grace), app.signInWith(firefox, grace), app.signInWith(firefox, many)
		sub := laptop.me()["sub"].(string)
		for _, q := range []string{sub, grace, strings.ToUpper(grace)} {
			r := operator.get(adminPath + "?q=" + url.QueryEscape(q))
			if got := r.page(t).Find(".devices li").Length(); got != 2 {
				t.Fatalf("%s: %d sessions\n%s", q, got, r.body)
			}
		}
		for _, q := range []string{"nobody@acme.test", "00u0000000000000000x", "%", strings.Repeat("x", 1000), "\" onclick=alert(1)"} {
			if r := operator.get(adminPath + "?q=" + url.QueryEscape(q)); r.StatusCode != http.StatusOK || r.page(t).Find(".devices li").Length() != 0 {
				t.Errorf("%q: status %d", q, r.StatusCode)
			}
		}
		page := operator.get(adminPath + "?q=" + sub).page(t)
		form := page.Find(".devices li").FilterFunction(func(_ int, li *goquery.Selection) bool {
			return strings.Contains(li.Find("h3").Text(), "iPhone")
		}).Find("form")
		one := url.Values{"subject": {sub}, "id": {form.Find("input[name=id]").AttrOr("value", "")}}
		if r := operator.post(form.AttrOr("action", ""), one); r.StatusCode != http.StatusSeeOther || phone.signedIn() || !laptop.signedIn() {
			t.Errorf("one: status %d", r.StatusCode)
		}
		done := operator.follow(operator.post(adminPath+"/end", url.Values{"subject": {sub}}))
		if !strings.Contains(done.body, "here and at Okta") || laptop.signedIn() || app.org.Count("sessions") != 1 {
			t.Errorf("all: status %d\n%s", done.StatusCode, done.body)
		}
		if !operator.signedIn() || !other.signedIn() {
			t.Error("somebody else was signed out")
		}
		if r := laptop.follow(laptop.get(profilePath)); !r.asksForPassword(t) {
			t.Errorf("back without a password: status %d", r.StatusCode)
		}
		for _, what := range []string{"one", "all"} {
			if !strings.Contains(app.logs.String(), `"by":"`+adaID+`","sub":"`+sub+`","what":"`+what+`"`) {
				t.Errorf("the log does not say who ended %s", what)
			}
		}
	})
}

// TestConsoleFindsPeople: with an API token an operator finds people by the beginning of
// a name, whether they are signed in or not, and whether sessions are listed or not.
func TestConsoleFindsPeople(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]bool{"listed": true, "unlisted": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken}
			if file {
				env["STATE_FILE"] = filepath.Join(t.TempDir(), "state")
			}
			app := start(t, setup{env: env})
			operator, laptop := app.signInWith(firefox, ada), app.signInWith(firefox, grace)
			sub := laptop.me()["sub"].(string)
			for _, q := range []string{"grace", " HOPP", "Grace Hopper", "hopper gr"} {
				looked := strings.Count(app.logs.String(), "looked_up_by_operator")
				page := operator.get(adminPath + "?q=" + url.QueryEscape(q)).page(t)
				people := page.Find("#found ~ ul[role=list] > li")
				if people.Length() != 1 || !strings.Contains(people.Text(), "Grace Hopper") || !strings.Contains(people.Text(), grace) || !strings.Contains(strings.ToLower(people.Find(".badge").Text()), "active") {
					t.Fatalf("%q: found %s", q, people.Text())
				}
				if got := strings.Count(app.logs.String(), "looked_up_by_operator"); got != looked+1 {
					t.Errorf("%q: %d log events", q, got-looked)
				}
				link := people.Find("a")
				if href := link.AttrOr("href", ""); !strings.HasSuffix(href, adminPath+"?q="+sub) || link.AttrOr("aria-label", "") != "Sessions of Grace Hopper" {
					t.Errorf("%q: link to %s", q, href)
				}
			}
			theirs := operator.get(adminPath + "?q=" + sub).page(t)
			if got := theirs.Find(".devices li").Length(); got != 1 && file || theirs.Find("#end-all").Length() != 1 {
				t.Errorf("their page has %d sessions", got)
			}
			if label := theirs.Find("label[for=q]").Text(); label != "Name, email address or Okta user id" {
				t.Errorf("label %q", label)
			}
			if r := operator.get(adminPath + "?q=nobody"); !strings.Contains(r.body, "Nobody has a name") {
				t.Errorf("nobody: %s", r.body)
			}
			if r := operator.get(adminPath + "?q=" + url.QueryEscape("<b>grace")); strings.Contains(r.body, "<b>grace") {
				t.Error("what was typed is in the page as it is")
			}
		})
	}
}

// TestConsoleWithoutTheDirectory: by email address and id sessions are found although
// Okta is away or there is no API token, and the page says what is missing.
func TestConsoleWithoutTheDirectory(t *testing.T) {
	t.Parallel()
	find := func(t *testing.T, app *app, says string) {
		operator := app.signInWith(firefox, ada)
		app.signInWith(firefox, grace)
		app.org.Stop()
		for _, q := range []string{"grace", "nobody@acme.test"} {
			if r := operator.get(adminPath + "?q=" + q); r.StatusCode != http.StatusOK || !strings.Contains(r.page(t).Text(), says) {
				t.Errorf("%s: status %d\n%s", q, r.StatusCode, r.body)
			}
		}
		if r := operator.get(adminPath + "?q=" + grace); r.page(t).Find(".devices li").Length() != 1 {
			t.Errorf("by email address: status %d", r.StatusCode)
		}
		if strings.Contains(app.logs.String(), mockokta.DefaultAPIToken) {
			t.Error("the log holds the API token")
		}
	}
	env := func(token string) map[string]string {
		return map[string]string{"ADMIN_GROUPS": "Admins", "STATE_FILE": filepath.Join(t.TempDir(), "state"), "OKTA_API_TOKEN": token}
	}
	t.Run("okta away", func(t *testing.T) {
		t.Parallel()
		find(t, start(t, setup{env: env(mockokta.DefaultAPIToken)}), "Okta's directory could not be asked.")
	})
	t.Run("no token", func(t *testing.T) {
		t.Parallel()
		find(t, start(t, setup{env: env("")}), "Without OKTA_API_TOKEN people are found by their whole email address or Okta user id")
	})
}

// TestConsoleShowsTheDay: sign-ins and refusals, by the hour, and those of yesterday no
// more.
func TestConsoleShowsTheDay(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"ADMIN_GROUPS": "Admins", "STATE_FILE": filepath.Join(t.TempDir(), "state"), "SESSION_IDLE_TIMEOUT": "12h"}})
	app.browser().signIn(profilePath, eve) // is refused
	app.clock.add(23 * time.Hour)
	app.browser().signIn(profilePath, grace)
	admin := app.browser()
	admin.signIn(profilePath, ada)
	label := func() string { return admin.get(adminPath).page(t).Find("svg.day").AttrOr("aria-label", "") }
	if got := label(); got != "2 sign-ins and 1 refusal in the last 24 hours" {
		t.Error(got)
	}
	app.clock.add(time.Hour)
	admin = app.browser()
	admin.signIn(profilePath, ada)
	if got := label(); got != "3 sign-ins and 0 refusals in the last 24 hours" {
		t.Error(got)
	}
}

// TestConsoleCostsTheSameWithMany: what the console asks of Redis does not grow with the
// number of sessions, and it never goes through all of them.
func TestConsoleCostsTheSameWithMany(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := start(t, setup{env: map[string]string{"ADMIN_GROUPS": "Admins", setting: server.URL()}})
			operator := app.signInWith(firefox, ada)
			app.signInWith(iphone, grace)
			look := func() int {
				return server.RoundTrips(func() {
					if r := operator.get(adminPath + "?q=" + grace); r.page(t).Find(".devices li").Length() != 1 {
						t.Errorf("status %d", r.StatusCode)
					}
				})
			}
			few := look()
			for range 30 {
				app.signInWith(iphone, many)
			}
			if got := look(); got != few || got > 6 {
				t.Errorf("%d round trips with many sessions, %d with few", got, few)
			}
			stats := server.Client().Info(t.Context(), "commandstats").Val()
			for _, command := range []string{"keys", "scan", "sscan", "zscan", "hgetall"} {
				if strings.Contains(stats, "cmdstat_"+command+":") {
					t.Errorf("Redis was asked to %s", command)
				}
			}
		})
	}
}
