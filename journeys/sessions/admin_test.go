package sessions_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestConsoleIsClosed: there is no console unless it is set, and then it is for its
// groups alone, with a recent sign-in.
func TestConsoleIsClosed(t *testing.T) {
	t.Parallel()
	off := apptest.Start(t, apptest.Setup{})
	b := off.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for _, r := range []testkit.Reply{b.Get(apptest.AdminPath), b.Post(apptest.AdminPath+"/end", url.Values{"subject": {apptest.AdaID}}), off.Browser().Get(apptest.AdminPath)} {
		if r.StatusCode != http.StatusNotFound {
			t.Errorf("without the setting: status %d", r.StatusCode)
		}
	}

	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins"}})
	admin, employee := app.Browser(), app.Browser()
	admin.SignIn(apptest.ProfilePath, testkit.Ada)
	employee.SignIn(apptest.ProfilePath, testkit.Grace)
	end := url.Values{"subject": {apptest.AdaID}}
	for name, r := range map[string]testkit.Reply{
		"an employee":          employee.Get(apptest.AdminPath),
		"an employee's post":   employee.Post(apptest.AdminPath+"/end", end),
		"from another site":    admin.Post(apptest.AdminPath+"/end", end, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"nobody's post":        app.Browser().Post(apptest.AdminPath+"/end", end),
		"ending nobody":        admin.Post(apptest.AdminPath+"/end", nil),
		"ending by a link":     admin.Get(apptest.AdminPath + "/end?subject=" + apptest.AdaID),
		"ending with too much": admin.Post(apptest.AdminPath+"/end", url.Values{"subject": {strings.Repeat("x", 300)}}),
		"ending two":           admin.Post(apptest.AdminPath+"/end", url.Values{"subject": {apptest.AdaID, "x"}}),
		"ending with a flood":  admin.Post(apptest.AdminPath+"/end", url.Values{"subject": {apptest.AdaID}, "q": {strings.Repeat("x", 100<<10)}}),
	} {
		if r.StatusCode < 400 {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	if r := app.Browser().Get(apptest.AdminPath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody: status %d", r.StatusCode)
	}
	if r := admin.Get(apptest.AdminPath); r.StatusCode != http.StatusOK {
		t.Errorf("an administrator: status %d", r.StatusCode)
	}
	app.Clock.Add(20 * time.Minute)
	if r := admin.Get(apptest.AdminPath); !strings.Contains(r.Location(), "max_age=900") {
		t.Errorf("an administrator of long ago: status %d to %s", r.StatusCode, r.Location())
	}
	if !admin.SignedIn() || !employee.SignedIn() {
		t.Error("a session ended")
	}
}

// TestConsole: an operator finds a person by id or email, ends one session or all, and
// the log says who did it.
func TestConsole(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *apptest.App) {
		app.Cfg.AdminGroups, app.Cfg.APIToken = []string{"Admins"}, config.NewSecret(mockokta.DefaultAPIToken)
		app.Restart()
		operator, phone, laptop, other := signInWith(app, firefox, testkit.Ada), signInWith(app, iphone, testkit.Grace), signInWith(app, firefox, testkit.Grace), signInWith(app, firefox, testkit.Many)
		sub := laptop.Me()["sub"].(string)
		for _, q := range []string{sub, testkit.Grace, strings.ToUpper(testkit.Grace)} {
			r := operator.Get(apptest.AdminPath + "?q=" + url.QueryEscape(q))
			if got := r.Page(t).Find(".devices li").Length(); got != 2 {
				t.Fatalf("%s: %d sessions\n%s", q, got, r.Body)
			}
		}
		for _, q := range []string{"nobody@acme.test", "00u0000000000000000x", "%", strings.Repeat("x", 1000), "\" onclick=alert(1)"} {
			if r := operator.Get(apptest.AdminPath + "?q=" + url.QueryEscape(q)); r.StatusCode != http.StatusOK || r.Page(t).Find(".devices li").Length() != 0 {
				t.Errorf("%q: status %d", q, r.StatusCode)
			}
		}
		page := operator.Get(apptest.AdminPath + "?q=" + sub).Page(t)
		form := page.Find(".devices li").FilterFunction(func(_ int, li *goquery.Selection) bool {
			return strings.Contains(li.Find("h3").Text(), "iPhone")
		}).Find("form")
		one := url.Values{"subject": {sub}, "id": {form.Find("input[name=id]").AttrOr("value", "")}}
		if r := operator.Post(form.AttrOr("action", ""), one); r.StatusCode != http.StatusSeeOther || phone.SignedIn() || !laptop.SignedIn() {
			t.Errorf("one: status %d", r.StatusCode)
		}
		done := operator.Follow(operator.Post(apptest.AdminPath+"/end", url.Values{"subject": {sub}}))
		if !strings.Contains(done.Body, "here and at Okta") || laptop.SignedIn() || app.Org.Count("sessions") != 1 {
			t.Errorf("all: status %d\n%s", done.StatusCode, done.Body)
		}
		if !operator.SignedIn() || !other.SignedIn() {
			t.Error("somebody else was signed out")
		}
		if r := laptop.Follow(laptop.Get(apptest.ProfilePath)); !r.AsksWho(t) {
			t.Errorf("back without a password: status %d", r.StatusCode)
		}
		for _, what := range []string{"one", "all"} {
			if !strings.Contains(app.Logs.String(), `"by":"`+apptest.AdaID+`","sub":"`+sub+`","what":"`+what+`"`) {
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
			app := apptest.Start(t, apptest.Setup{Env: env})
			operator, laptop := signInWith(app, firefox, testkit.Ada), signInWith(app, firefox, testkit.Grace)
			sub := laptop.Me()["sub"].(string)
			for _, q := range []string{"grace", " HOPP", "Grace Hopper", "hopper gr"} {
				looked := strings.Count(app.Logs.String(), "looked_up_by_operator")
				page := operator.Get(apptest.AdminPath + "?q=" + url.QueryEscape(q)).Page(t)
				people := page.Find("#found ~ ul[role=list] > li")
				if people.Length() != 1 || !strings.Contains(people.Text(), "Grace Hopper") || !strings.Contains(people.Text(), testkit.Grace) || !strings.Contains(strings.ToLower(people.Find(".badge").Text()), "active") {
					t.Fatalf("%q: found %s", q, people.Text())
				}
				if got := strings.Count(app.Logs.String(), "looked_up_by_operator"); got != looked+1 {
					t.Errorf("%q: %d log events", q, got-looked)
				}
				link := people.Find("a")
				if href := link.AttrOr("href", ""); !strings.HasSuffix(href, apptest.AdminPath+"?q="+sub) || link.AttrOr("aria-label", "") != "Sessions of Grace Hopper" {
					t.Errorf("%q: link to %s", q, href)
				}
			}
			theirs := operator.Get(apptest.AdminPath + "?q=" + sub).Page(t)
			if got := theirs.Find(".devices li").Length(); got != 1 && file || theirs.Find("#end-all").Length() != 1 {
				t.Errorf("their page has %d sessions", got)
			}
			if label := theirs.Find("label[for=q]").Text(); label != "Name, email address or Okta user id" {
				t.Errorf("label %q", label)
			}
			if r := operator.Get(apptest.AdminPath + "?q=nobody"); !strings.Contains(r.Body, "Nobody has a name") {
				t.Errorf("nobody: %s", r.Body)
			}
			if r := operator.Get(apptest.AdminPath + "?q=" + url.QueryEscape("<b>grace")); strings.Contains(r.Body, "<b>grace") {
				t.Error("what was typed is in the page as it is")
			}
		})
	}
}

// TestConsoleWithoutTheDirectory: by email address and id sessions are found although
// Okta is away or there is no API token, and the page says what is missing.
func TestConsoleWithoutTheDirectory(t *testing.T) {
	t.Parallel()
	find := func(t *testing.T, app *apptest.App, says string) {
		operator := signInWith(app, firefox, testkit.Ada)
		signInWith(app, firefox, testkit.Grace)
		app.Org.Stop()
		for _, q := range []string{"grace", "nobody@acme.test"} {
			if r := operator.Get(apptest.AdminPath + "?q=" + q); r.StatusCode != http.StatusOK || !strings.Contains(r.Page(t).Text(), says) {
				t.Errorf("%s: status %d\n%s", q, r.StatusCode, r.Body)
			}
		}
		if r := operator.Get(apptest.AdminPath + "?q=" + testkit.Grace); r.Page(t).Find(".devices li").Length() != 1 {
			t.Errorf("by email address: status %d", r.StatusCode)
		}
		if strings.Contains(app.Logs.String(), mockokta.DefaultAPIToken) {
			t.Error("the log holds the API token")
		}
	}
	env := func(token string) map[string]string {
		return map[string]string{"ADMIN_GROUPS": "Admins", "STATE_FILE": filepath.Join(t.TempDir(), "state"), "OKTA_API_TOKEN": token}
	}
	t.Run("okta away", func(t *testing.T) {
		t.Parallel()
		find(t, apptest.Start(t, apptest.Setup{Env: env(mockokta.DefaultAPIToken)}), "Okta's directory could not be asked.")
	})
	t.Run("no token", func(t *testing.T) {
		t.Parallel()
		find(t, apptest.Start(t, apptest.Setup{Env: env("")}), "Without OKTA_API_TOKEN people are found by their whole email address or Okta user id")
	})
}

// TestConsoleShowsTheDay: sign-ins and refusals, by the hour, and those of yesterday no
// more.
func TestConsoleShowsTheDay(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins", "STATE_FILE": filepath.Join(t.TempDir(), "state"), "SESSION_IDLE_TIMEOUT": "12h"}})
	app.Browser().SignIn(apptest.ProfilePath, testkit.Eve) // is refused
	app.Clock.Add(23 * time.Hour)
	app.Browser().SignIn(apptest.ProfilePath, testkit.Grace)
	admin := app.Browser()
	admin.SignIn(apptest.ProfilePath, testkit.Ada)
	label := func() string { return admin.Get(apptest.AdminPath).Page(t).Find("svg.day").AttrOr("aria-label", "") }
	if got := label(); got != "2 sign-ins and 1 refusal in the last 24 hours" {
		t.Error(got)
	}
	app.Clock.Add(time.Hour)
	admin = app.Browser()
	admin.SignIn(apptest.ProfilePath, testkit.Ada)
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
			app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins", setting: server.URL()}})
			operator := signInWith(app, firefox, testkit.Ada)
			signInWith(app, iphone, testkit.Grace)
			look := func() int {
				return server.RoundTrips(func() {
					if r := operator.Get(apptest.AdminPath + "?q=" + testkit.Grace); r.Page(t).Find(".devices li").Length() != 1 {
						t.Errorf("status %d", r.StatusCode)
					}
				})
			}
			few := look()
			for range 30 {
				signInWith(app, iphone, testkit.Many)
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
