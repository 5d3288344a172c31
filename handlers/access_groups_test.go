package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestForbiddenPageNamesTheGroupsAndOffersAnotherAccount(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, newGuarded().setup(nil))
	b := app.Browser()
	refused := b.SignIn("/admins?tab=2", testkit.Grace)
	page := refused.Page(t)
	if refused.StatusCode != http.StatusForbidden || refused.Request.URL.Path != "/admins" {
		t.Fatalf("status %d at %s", refused.StatusCode, refused.Request.URL)
	}
	if got := page.Find(".problem .chips").Find("li").Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }); !slices.Equal(got, []string{"Owners", "Admins"}) {
		t.Errorf("groups on the page: %q", got)
	}
	if !strings.Contains(page.Find(".problem .lead").Text(), "Grace Hopper") || page.Find("#logout-button").Length() == 0 {
		t.Error("the page does not say who is signed in, or offers no sign-out")
	}
	other := page.Find(`.problem a[href^="`+testkit.LoginPath+`"]`).AttrOr("href", "")
	if want := testkit.LoginPath + "?prompt=login&return_to=" + url.QueryEscape("/admins?tab=2"); other != want {
		t.Fatalf("another account: %q, want %q", other, want)
	}
	if r := b.SignIn(other, testkit.Ada); r.Body != closedBody || r.Request.URL.RequestURI() != "/admins?tab=2" {
		t.Errorf("with another account: status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestRequiredGroupsCloseTheWholeApp(t *testing.T) {
	t.Parallel()
	g := newGuarded()
	app := apptest.Start(t, g.setup(map[string]string{"REQUIRE_GROUPS": "Owners,Admins"}))
	outsider, member := app.Browser(), app.Browser()
	if r := outsider.SignIn("/greet", testkit.Grace); r.StatusCode != http.StatusForbidden {
		t.Fatalf("status %d at %s", r.StatusCode, r.Request.URL)
	}
	member.SignIn("/login", testkit.Ada)
	withGroup := app.Sign(map[string]any{"groups": []string{"Admins"}})
	noGroup := app.Sign(nil)
	for _, path := range []string{"/greet", apptest.ProfilePath, "/profile", "/api/me", "/api/messages", "/undeclared", "/login-only", "/scope", "/scope+admins"} {
		r := outsider.Get(path)
		if r.StatusCode != http.StatusForbidden || strings.Contains(r.Body, closedBody) || strings.Contains(r.Body, "auth_time") {
			t.Errorf("%s, without the group: status %d: %s", path, r.StatusCode, r.Body)
		}
		if r := outsider.Get(path, "Accept", "application/json"); r.StatusCode != http.StatusForbidden || apptest.ProblemJSON(t, r)["reason"] != "group_required" {
			t.Errorf("%s, a program without the group: status %d: %s", path, r.StatusCode, r.Body)
		}
		if r := member.Get(path); r.StatusCode != http.StatusOK {
			t.Errorf("%s, with the group: status %d", path, r.StatusCode)
		}
		if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/scope") {
			continue
		}
		if r := app.Ask(path, "Bearer "+noGroup); r.StatusCode != http.StatusForbidden || apptest.ProblemJSON(t, r)["reason"] != "group_required" {
			t.Errorf("%s, a bearer without the group: status %d", path, r.StatusCode)
		}
		if r := app.Ask(path, "Bearer "+withGroup); r.StatusCode != http.StatusOK {
			t.Errorf("%s, a bearer with the group: status %d: %s", path, r.StatusCode, r.Body)
		}
	}
	home := outsider.Get("/")
	if home.StatusCode != http.StatusOK || home.Page(t).Find("#logout-button").Length() == 0 {
		t.Errorf("the front page: status %d", home.StatusCode)
	}
	if r := outsider.Follow(outsider.Post(testkit.LogoutPath, nil)); r.StatusCode != http.StatusOK || r.Page(t).Find("#login-button").Length() == 0 {
		t.Errorf("sign-out: status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestWhereGroupsComeFrom(t *testing.T) {
	t.Parallel()
	id := func(groups any) func(*mockokta.Knobs) {
		return func(k *mockokta.Knobs) {
			k.OmitGroups = true
			k.TamperIDToken = func(_, claims map[string]any) { claims["groups"] = groups }
		}
	}
	for name, tc := range map[string]struct {
		knobs  func(*mockokta.Knobs)
		status int
	}{
		"a list in the ID token":     {id([]string{"Everyone", "Admins"}), http.StatusOK},
		"a string in the ID token":   {id("Admins"), http.StatusOK},
		"an empty list":              {id([]string{}), http.StatusForbidden},
		"numbers":                    {id([]int{1, 2}), http.StatusForbidden},
		"an object":                  {id(map[string]any{"Admins": true}), http.StatusForbidden},
		"one string with two names":  {id("Everyone,Admins"), http.StatusForbidden},
		"in other letters":           {id([]string{"ADMINS"}), http.StatusForbidden},
		"nowhere":                    {func(k *mockokta.Knobs) { k.OmitGroups = true }, http.StatusForbidden},
		"in the access token alone":  {func(k *mockokta.Knobs) { k.OmitGroups, k.OmitAccessGroups = true, false }, http.StatusForbidden},
		"a list in userinfo alone":   {userinfoGroups([]string{"Admins"}), http.StatusOK},
		"a string in userinfo alone": {userinfoGroups("Admins"), http.StatusOK},
		"the ID token goes before userinfo": {func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["groups"] = []string{"Everyone"} }
			k.TamperUserinfo = func(claims map[string]any) { claims["groups"] = []string{"Admins"} }
		}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, newGuarded().setup(nil))
			app.Org.Set(tc.knobs)
			if r := app.Browser().SignIn("/admins", testkit.Ada); r.StatusCode != tc.status {
				t.Errorf("status %d, want %d", r.StatusCode, tc.status)
			}
		})
	}
}

func userinfoGroups(groups any) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.OmitGroups = true
		k.TamperUserinfo = func(claims map[string]any) { claims["groups"] = groups }
	}
}
