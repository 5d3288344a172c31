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
	if got := label(); got != "2 sign-ins and 1 refusals in the last 24 hours" {
		t.Error(got)
	}
	app.clock.add(time.Hour)
	admin = app.browser()
	admin.signIn(profilePath, ada)
	if got := label(); got != "3 sign-ins and 0 refusals in the last 24 hours" {
		t.Error(got)
	}
}
