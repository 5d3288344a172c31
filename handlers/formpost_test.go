package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// toFormPost signs login in by way of path, up to the page with which Okta posts
// its answer to the app.
func (b *browser) toFormPost(path, login string) reply {
	b.t.Helper()
	r := b.follow(b.get(path))
	if r.page(b.t).Find(`[data-type="save"]`).Length() > 0 {
		r = b.follow(b.submit(r, url.Values{"username": {login}, "password": {passwordOf(login)}}))
	}
	if got := r.page(b.t).Find("form").AttrOr("action", ""); got != b.app.URL+callbackPath {
		b.t.Fatalf("the form leads to %q", got)
	}
	return r
}

func fieldsOf(t testing.TB, r reply) url.Values {
	t.Helper()
	fields := url.Values{}
	r.page(t).Find("form input").Each(func(_ int, input *goquery.Selection) {
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
	app := start(t, setup{env: map[string]string{"OKTA_RESPONSE_MODE": "form_post"}})
	b, crossSite := app.browser(), app.browser()
	answer := fieldsOf(t, b.toFormPost("/greet?a=b", ada))
	sent := url.Values{"more": {"than asked"}}
	for name, values := range answer {
		sent[name] = values
	}
	r := crossSite.post(callbackPath, sent, "Origin", app.org.URL(), "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
	if r.StatusCode != http.StatusOK || len(r.Cookies()) > 0 || r.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, cookies %v, Cache-Control %q", r.StatusCode, r.Cookies(), r.Header.Get("Cache-Control"))
	}
	form := r.page(t).Find("form")
	if form.Length() != 1 || form.AttrOr("action", "") != callbackPath || !strings.EqualFold(form.AttrOr("method", ""), "post") {
		t.Errorf("form %v", form.Nodes)
	}
	again := fieldsOf(t, r)
	if len(again) != 3 || again.Get("code") != answer.Get("code") || again.Get("state") != answer.Get("state") || again.Get("resubmitted") == "" {
		t.Errorf("fields %v, want code and state of %v and a mark", again, answer)
	}

	checkRefused(t, crossSite, crossSite.post(callbackPath, again), http.StatusBadRequest, keepsNoCookies)
	if got := app.org.Count("token"); got != 0 {
		t.Errorf("%d requests for tokens", got)
	}
	if r := b.follow(b.post(callbackPath, again)); r.StatusCode != http.StatusOK || r.Request.URL.RequestURI() != "/greet?a=b" || !b.signedIn() {
		t.Errorf("posted again: status %d at %s", r.StatusCode, r.Request.URL)
	}
	if r := b.post(callbackPath, again); r.location() != "/" {
		t.Errorf("and again: status %d to %q", r.StatusCode, r.location())
	}

	withCookies := app.browser()
	r = withCookies.toFormPost("/greet", ada)
	if r := withCookies.follow(withCookies.submit(r, nil)); r.StatusCode != http.StatusOK || !withCookies.signedIn() {
		t.Errorf("with cookies at once: status %d", r.StatusCode)
	}
}

func TestFormPostOfAnError(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_RESPONSE_MODE": "form_post"}})
	b, crossSite := app.browser(), app.browser()
	answer := fieldsOf(t, b.toFormPost("/greet", eve))
	again := fieldsOf(t, crossSite.post(callbackPath, answer))
	if again.Get("error") != "access_denied" || again.Get("error_description") != answer.Get("error_description") {
		t.Errorf("fields %v, want those of %v", again, answer)
	}
	checkRefused(t, b, b.post(callbackPath, again), http.StatusForbidden, "Okta did not let you in")
}

func TestFormPostRefused(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
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
		{"bad escape", form, "state=%zz", 400, notUnderstood},
		{"semicolon", form, "state=a;code=b", 400, notUnderstood},
		{"twice", form, "state=a&state=b", 400, notUnderstood},
		{"NUL", form, "state=a%00", 400, notUnderstood},
		{"line break in a name", form, "a%0d%0a=b", 400, notUnderstood},
		{"empty", form, "", 400, keepsNoCookies},
		{"empty without type", "", "", 400, keepsNoCookies},
		{"posted again without cookies", form, "state=a&code=b&resubmitted=1", 400, keepsNoCookies},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			req, err := http.NewRequest(http.MethodPost, app.URL+callbackPath, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			b := app.browser()
			checkRefused(t, b, b.send(req), test.status, test.heading)
		})
	}
}

// A POST's parameters are in its form alone.
func TestFormPostIgnoresTheQuery(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	checkRefused(t, b, b.post(callback, nil), http.StatusBadRequest, startedElsewhere)
	if r := b.follow(b.get(callback)); r.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", r.StatusCode)
	}
}
