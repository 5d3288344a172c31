package translations_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/gallery"
	"example.com/okta-gin/mockokta"
)

// TestLooks looks at pages that take long to reach, in both looks and in every language.
func TestLooks(t *testing.T) {
	t.Parallel()
	s := gallery.NewStand(t)
	b := drive.NewTab(t)
	for _, language := range drive.Languages() {
		words := s.Texts.Tagged(language)
		sheet := drive.NewSheet(t, s.Assets)
		for look, pages := range map[string]map[string]any{"default look, ": gallery.DefaultLook(words, s.URL), "app's look, ": gallery.AppLook(words, s.URL)} {
			for _, name := range slices.Sorted(maps.Keys(pages)) {
				body, err := s.Render(pages[name])
				if err != nil {
					t.Fatal(err)
				}
				sheet.Add(look+name, string(body))
			}
		}
		b.CheckSheet(sheet, "language-"+language+"-sheet-looks", language)
	}
}

// TestStandIn looks at the stand-in's pages in every language.
func TestStandIn(t *testing.T) {
	t.Parallel()
	org, err := mockokta.New(mockokta.Options{URL: "http://stand-in.example"})
	if err != nil {
		t.Fatal(err)
	}
	org.Set(func(k *mockokta.Knobs) { k.Interstitial = true })
	b := drive.NewTab(t)
	for _, language := range drive.Languages() {
		v := visitor{t, org, language, newJar(t)}
		sheet := drive.NewSheet(t, org)
		show := func(title string, page *goquery.Document) *goquery.Document {
			html, err := page.Html()
			if err != nil {
				t.Fatal(err)
			}
			sheet.Add(title, "<!doctype html>"+html)
			return page
		}
		open := func(page *goquery.Document) *goquery.Document {
			page.Find("details").SetAttr("open", "")
			return page
		}
		show("sign-in", open(v.authorize("acr_values", "urn:okta:loa:2fa:any")))
		show("wrong password", v.signIn(v.authorize(), "ada", "wrong"))
		page := show("factors", v.signIn(v.authorize(), "hedy", "correct-horse-hedy"))
		page = show("mail", v.submit(page, url.Values{"factor": {"email"}}))
		show("wrong code", v.submit(page, url.Values{"code": {"000000"}}))
		show("enrolment", v.signIn(v.authorize(), "nora", "correct-horse-nora"))
		show("consent", v.signIn(v.authorize("prompt", "consent"), "layla", "correct-horse-layla"))
		show("form post", v.authorize("response_mode", "form_post"))
		show("again", v.authorize("max_age", "0"))
		show("dashboard", open(v.get("/")))
		show("mails", v.get("/mail"))
		show("error", v.get("/oauth2/default/v1/authorize?client_id=unknown"))
		show("sign-out", v.post("/login/signout", nil))
		b.CheckSheet(sheet, "language-"+language+"-sheet-stand-in", language)
	}
}

// visitor is a browser of somebody with that language.
type visitor struct {
	t        *testing.T
	org      *mockokta.Org
	language string
	jar      http.CookieJar
}

func newJar(t *testing.T) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

func (v visitor) send(r *http.Request) *goquery.Document {
	v.t.Helper()
	r.Header.Set("Accept-Language", v.language)
	site := &url.URL{Scheme: "http", Host: "stand-in.example"}
	for _, cookie := range v.jar.Cookies(site) {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	v.org.ServeHTTP(w, r)
	v.jar.SetCookies(site, w.Result().Cookies())
	if w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
		v.t.Fatalf("%s answers %d: %s", r.URL, w.Code, w.Body)
	}
	page, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page
}

func (v visitor) get(path string) *goquery.Document {
	v.t.Helper()
	return v.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (v visitor) post(path string, form url.Values) *goquery.Document {
	v.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, io.Reader(strings.NewReader(form.Encode())))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

// authorize is what the app's request leads to.
func (v visitor) authorize(more ...string) *goquery.Document {
	v.t.Helper()
	query := url.Values{
		"client_id": {mockokta.DefaultClientID}, "redirect_uri": {"http://localhost:8080/authorization-code/callback"}, "response_type": {"code"},
		"scope": {"openid"}, "state": {"state"}, "code_challenge_method": {"S256"}, "code_challenge": {strings.Repeat("A", 43)}, "ui_locales": {v.language},
	}
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return v.get("/oauth2/default/v1/authorize?" + query.Encode())
}

func (v visitor) signIn(page *goquery.Document, login, password string) *goquery.Document {
	v.t.Helper()
	return v.submit(page, url.Values{"username": {login}, "password": {password}})
}

// submit sends the first form of a page.
func (v visitor) submit(page *goquery.Document, values url.Values) *goquery.Document {
	v.t.Helper()
	form := page.Find("form").First()
	values.Set("transaction", form.Find("input[name=transaction]").AttrOr("value", ""))
	return v.post(form.AttrOr("action", ""), values)
}
