package sessions_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestConsolePages: somebody's many sessions are on pages that links lead through, and
// ending one of a late page leads back to it.
func TestConsolePages(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]func() map[string]string{
		"file":  func() map[string]string { return map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")} },
		"redis": func() map[string]string { return map[string]string{"SESSION_STORE": redistest.Start(t).URL()} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := env()
			settings["ADMIN_GROUPS"], settings["SESSION_SHOW_ADDRESS"] = "Admins", "true"
			app := apptest.Start(t, apptest.Setup{Env: settings})
			operator := signInWith(app, firefox, testkit.Ada)
			const sessions = 53
			for range sessions {
				signInWith(app, iphone, testkit.Grace)
			}
			ids := map[string]bool{}
			read := func(address string) (page *goquery.Document, shown int) {
				r := operator.Get(address)
				if r.StatusCode != http.StatusOK {
					t.Fatalf("%s: status %d\n%s", address, r.StatusCode, r.Body)
				}
				page = r.Page(t)
				page.Find(".devices li").Each(func(_ int, li *goquery.Selection) {
					ids[li.Find("input[name=id]").AttrOr("value", "")] = true
					if !strings.Contains(li.Text(), "from 127.0.0.1") {
						t.Errorf("no address in %q", li.Text())
					}
				})
				return page, page.Find(".devices li").Length()
			}
			first, n := read(apptest.AdminPath + "?q=" + url.QueryEscape(testkit.Grace))
			if n != 50 || first.Find("#first-page").Length() != 0 || first.Find("#end-all").Length() != 1 {
				t.Fatalf("the first page has %d sessions", n)
			}
			next := first.Find("#next-page").AttrOr("href", "")
			second, n := read(next)
			if n != 3 || len(ids) != sessions || second.Find("#next-page").Length() != 0 || second.Find("#q").AttrOr("value", "") != testkit.Grace {
				t.Errorf("the second page, %s, has %d sessions; %d in all", next, n, len(ids))
			}
			back, n := read(second.Find("#first-page").AttrOr("href", ""))
			if n != 50 || back.Find("#next-page").AttrOr("href", "") != next {
				t.Errorf("the first page again has %d sessions", n)
			}

			form := second.Find(".devices form").First()
			fields := url.Values{}
			form.Find("input").Each(func(_ int, input *goquery.Selection) {
				fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
			})
			r := operator.Follow(operator.Post(form.AttrOr("action", ""), fields))
			page := r.Page(t)
			if page.Find(".devices li").Length() != 2 || !strings.Contains(page.Find(".notice").Text(), "has ended") || page.Find("#first-page").Length() != 1 {
				t.Errorf("after ending one of the second page: %d sessions there", page.Find(".devices li").Length())
			}
		})
	}
}

// TestConsoleRefusesPages: a page that there is not is a clear answer.
func TestConsoleRefusesPages(t *testing.T) {
	t.Parallel()
	onListing(t, func(t *testing.T, app *apptest.App) {
		app.Cfg.AdminGroups = []string{"Admins"}
		app.Restart()
		operator := signInWith(app, firefox, testkit.Ada)
		for _, from := range []string{"2", "-1", "x", "%", "1e9", strings.Repeat("9", 1000), "1.1.1", "AAAA", "<script>"} {
			for _, q := range []string{apptest.AdaID, "ada@acme.test", "nobody"} {
				r := operator.Get(apptest.AdminPath + "?" + url.Values{"q": {q}, "from": {from}}.Encode())
				if r.StatusCode != http.StatusBadRequest || !strings.Contains(r.Body, "no such page") || strings.Contains(r.Body, "<script>\"") {
					t.Errorf("%s from %.20q: status %d", q, from, r.StatusCode)
				}
			}
		}
		for _, from := range []string{"999999999999999.9999999", "0.1", "AAAAAAAAAAAAAAAAAAAAAA", "_____________________w"} {
			if r := operator.Get(apptest.AdminPath + "?q=" + apptest.AdaID + "&from=" + from); r.StatusCode != http.StatusOK && r.StatusCode != http.StatusBadRequest {
				t.Errorf("from %s: status %d", from, r.StatusCode)
			}
		}
		if r := operator.Get(apptest.AdminPath + "?from=x"); r.StatusCode != http.StatusOK {
			t.Errorf("a page of nobody: status %d", r.StatusCode)
		}
	})
}

// TestConsoleSaysThatThereAreMorePeople: Okta names a hundred people by a name at most.
func TestConsoleSaysThatThereAreMorePeople(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken}})
	operator := signInWith(app, firefox, testkit.Ada)
	add := func(from, to int) {
		for i := from; i < to; i++ {
			address := fmt.Sprintf("z%d@acme.test", i)
			app.Org.AddPerson(mockokta.Person{ID: fmt.Sprintf("00uzoe%014d", i), Login: address, Email: address, FirstName: "Zoe", LastName: fmt.Sprint("Z", i)})
		}
	}
	look := func(q string) (found int, more bool) {
		page := operator.Get(apptest.AdminPath + "?q=" + url.QueryEscape(q)).Page(t)
		return page.Find(".devices li").Length(), page.Find("#more-people").Length() == 1
	}
	add(0, 99)
	if found, more := look("zoe"); found != 99 || more {
		t.Errorf("of 99: %d people, more %v", found, more)
	}
	add(99, 120)
	if found, more := look("zoe"); found != 100 || !more {
		t.Errorf("of 120: %d people, more %v", found, more)
	}
	if found, more := look("z119"); found != 1 || more {
		t.Errorf("by the rarest name: %d people, more %v", found, more)
	}
	if r := operator.Get(apptest.AdminPath + "?q=zoe+y"); !strings.Contains(r.Page(t).Text(), "none of them fits") {
		t.Errorf("nobody among the first: status %d", r.StatusCode)
	}
}
