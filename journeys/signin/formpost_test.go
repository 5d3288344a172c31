package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// toFormPost signs login in by way of path, up to the page with which Okta posts
// its answer to the app.
func toFormPost(b *apptest.Browser, path, login string) testkit.Reply {
	b.T.Helper()
	r := b.Follow(b.Get(path))
	if r.Page(b.T).Find(`[data-type="save"]`).Length() > 0 {
		r = b.Follow(b.Submit(r, url.Values{"username": {login}, "password": {testkit.PasswordOf(login)}}))
	}
	if got := r.Page(b.T).Find("form").AttrOr("action", ""); got != b.App.URL+testkit.CallbackPath {
		b.T.Fatalf("the form leads to %q", got)
	}
	return r
}

func fieldsOf(t testing.TB, r testkit.Reply) url.Values {
	t.Helper()
	fields := url.Values{}
	r.Page(t).Find("form input").Each(func(_ int, input *goquery.Selection) {
		fields.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
		if input.AttrOr("type", "") != "hidden" {
			t.Errorf("input %q is not hidden", input.AttrOr("name", ""))
		}
	})
	return fields
}

// Browsers send no SameSite=Lax cookies with the form that Okta's page posts:
// the app's own page posts it once more.
func TestFormPost(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_RESPONSE_MODE": "form_post"}})
	b, crossSite := app.Browser(), app.Browser()
	answer := fieldsOf(t, toFormPost(b, "/greet?a=b", testkit.Ada))
	sent := url.Values{"more": {"than asked"}}
	for name, values := range answer {
		sent[name] = values
	}
	r := crossSite.Post(testkit.CallbackPath, sent, "Origin", app.Org.URL(), "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	if r.StatusCode != http.StatusOK || len(r.Cookies()) > 0 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, cookies %v, Cache-Control %q", r.StatusCode, r.Cookies(), r.Header.Get("Cache-Control"))
	}
	form := r.Page(t).Find("form")
	if form.Length() != 1 || form.AttrOr("action", "") != testkit.CallbackPath || !strings.EqualFold(form.AttrOr("method", ""), "post") {
		t.Errorf("form %v", form.Nodes)
	}
	again := fieldsOf(t, r)
	if len(again) != 3 || again.Get("code") != answer.Get("code") || again.Get("state") != answer.Get("state") || again.Get("resubmitted") == "" {
		t.Errorf("fields %v, want code and state of %v and a mark", again, answer)
	}

	apptest.CheckRefused(t, crossSite, crossSite.Post(testkit.CallbackPath, again), http.StatusBadRequest, apptest.KeepsNoCookies)
	if got := app.Org.Count("token"); got != 0 {
		t.Errorf("%d requests for tokens", got)
	}
	if r := b.Follow(b.Post(testkit.CallbackPath, again)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?a=b" || !b.SignedIn() {
		t.Errorf("posted again: status %d at %s", r.StatusCode, r.Request.URL)
	}
	if r := b.Post(testkit.CallbackPath, again); r.Location() != "/" {
		t.Errorf("and again: status %d to %q", r.StatusCode, r.Location())
	}

	withCookies := app.Browser()
	r = toFormPost(withCookies, "/greet", testkit.Ada)
	if r := withCookies.Follow(withCookies.Submit(r, nil)); r.StatusCode != http.StatusOK || !withCookies.SignedIn() {
		t.Errorf("with cookies at once: status %d", r.StatusCode)
	}
}

func TestFormPostOfAnError(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_RESPONSE_MODE": "form_post"}})
	b, crossSite := app.Browser(), app.Browser()
	answer := fieldsOf(t, toFormPost(b, "/greet", testkit.Eve))
	again := fieldsOf(t, crossSite.Post(testkit.CallbackPath, answer))
	if again.Get("error") != "access_denied" || again.Get("error_description") != answer.Get("error_description") {
		t.Errorf("fields %v, want those of %v", again, answer)
	}
	apptest.CheckRefused(t, b, b.Post(testkit.CallbackPath, again), http.StatusForbidden, "Okta did not let you in")
}

func TestFormPostRefused(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name, contentType, body string
		status                  int
		heading                 string
	}{
		{"JSON", "application/json", `{"state":"s","code":"c"}`, 415, "That form can't be read"},
		{"multipart", "multipart/form-data; boundary=x", "--x--", 415, "That form can't be read"},
		{"no type", "", "state=s&code=c", 415, "That form can't be read"},
		{"too large", form, "state=s&code=" + strings.Repeat("c", 70<<10), 413, "That form is too large"},
		{"bad escape", form, "state=%zz", 400, apptest.NotUnderstood},
		{"semicolon", form, "state=a;code=b", 400, apptest.NotUnderstood},
		{"twice", form, "state=a&state=b", 400, apptest.NotUnderstood},
		{"NUL", form, "state=a%00", 400, apptest.NotUnderstood},
		{"line break in a name", form, "a%0d%0a=b", 400, apptest.NotUnderstood},
		{"empty", form, "", 400, apptest.KeepsNoCookies},
		{"empty without type", "", "", 400, apptest.KeepsNoCookies},
		{"posted again without cookies", form, "state=a&code=b&resubmitted=1", 400, apptest.KeepsNoCookies},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequest(http.MethodPost, app.URL+testkit.CallbackPath, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			b := app.Browser()
			apptest.CheckRefused(t, b, b.Send(req), test.status, test.heading)
		})
	}
}

// A POST's parameters are in its form alone.
func TestFormPostIgnoresTheQuery(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	apptest.CheckRefused(t, b, b.Post(callback, nil), http.StatusBadRequest, apptest.StartedElsewhere)
	if r := b.Follow(b.Get(callback)); r.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", r.StatusCode)
	}
}
