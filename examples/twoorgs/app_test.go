package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(drive.Run(m))
}

// settings are those of an app whose orgs are nowhere. Both have one secret.
func settings() map[string]string {
	return map[string]string{
		"SESSION_SECRET":            "9f3c2a7be1d84056a1c7f0e25b9d6834c0a8e7f51b2d4c69837e0fa5d1c6b248",
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,

		"STAFF_OKTA_OAUTH2_ISSUER":     "http://127.0.0.1:1/oauth2/default",
		"CUSTOMERS_OKTA_OAUTH2_ISSUER": "http://127.0.0.1:2/oauth2/default",
	}
}

var (
	ada   = authtest.Person{Subject: "00uAda", Name: "Ada"}
	grace = authtest.Person{Subject: "00uGrace", Name: "Grace"}
)

func get(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestEachTakesItsOwn: a rule of one org never takes a session of the other, nor one
// that somebody has given the other's name.
func TestEachTakesItsOwn(t *testing.T) {
	t.Parallel()
	for store, further := range map[string]map[string]string{
		"cookies":   nil,
		"one Redis": {"SESSION_STORE": redistest.Start(t).URL()},
		"one client id, two Auths of one org": {"CUSTOMERS_OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1/oauth2/default",
			"CUSTOMERS_OKTA_OAUTH2_CLIENT_ID": "0oaOther"},
	} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			env := settings()
			maps.Copy(env, further)
			app, err := newApp(env)
			if err != nil {
				t.Fatal(err)
			}
			for name, tt := range map[string]struct {
				own                 *auth.Auth
				ownPage, otherPage  string
				ownName, othersName string
			}{
				"staff":     {app.staff, "/staff", "/orders", "staff", "customer"},
				"customers": {app.customers, "/orders", "/staff", "customer", "staff"},
			} {
				signedIn := func(path string) *http.Request {
					return authtest.Request(t, tt.own, httptest.NewRequest(http.MethodGet, path, nil), ada)
				}
				if w := get(app, signedIn(tt.ownPage)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Ada") {
					t.Errorf("%s at their own page: %d", name, w.Code)
				}
				if w := get(app, signedIn(tt.otherPage)); w.Code != http.StatusSeeOther {
					t.Errorf("%s at the others' page: %d", name, w.Code)
				}
				r := httptest.NewRequest(http.MethodGet, tt.otherPage, nil)
				renamed := 0
				for _, cookie := range signedIn("/").Cookies() {
					if rest, found := strings.CutPrefix(cookie.Name, tt.ownName); found {
						r.AddCookie(&http.Cookie{Name: tt.othersName + rest, Value: cookie.Value})
						renamed++
					}
				}
				if w := get(app, r); renamed == 0 || w.Code != http.StatusSeeOther {
					t.Errorf("%s with %d cookies by the others' name: %d", name, renamed, w.Code)
				}
			}
		})
	}
}

// TestBothAtOnce: one browser may be somebody at each.
func TestBothAtOnce(t *testing.T) {
	t.Parallel()
	app, err := newApp(settings())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/staff", "/orders", "/news"} {
		r := authtest.Request(t, app.staff, httptest.NewRequest(http.MethodGet, path, nil), ada)
		r = authtest.Request(t, app.customers, r, grace)
		w := get(app, r)
		doc, err := goquery.NewDocumentFromReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if staff, customer := doc.Find("#staff bdi").Text(), doc.Find("#customer bdi").Text(); w.Code != http.StatusOK || staff != "Ada" || customer != "Grace" {
			t.Errorf("%s: %d with %q and %q", path, w.Code, staff, customer)
		}
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"STAFF_OKTA_OAUTH2_ISSUER": "STAFF_", "CUSTOMERS_OKTA_OAUTH2_ISSUER": "CUSTOMERS_"} {
		env := settings()
		delete(env, name)
		if _, err := newApp(env); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "OKTA_OAUTH2_ISSUER") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// start starts an org for the sign-in of one kind of people.
func start(t *testing.T, site, kind string) *mockokta.Org {
	t.Helper()
	client := mockokta.WebClient(site)
	client.RedirectURIs = []string{site + "/sign-in/" + kind + "/callback"}
	client.LogoutURIs = []string{site + "/sign-in/" + kind + "/signed-out"}
	org, err := mockokta.Start(mockokta.Options{Clients: []mockokta.Client{client}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	return org
}

// serve serves the app at site, with an org for each kind of people.
func serve(t *testing.T, base string) (site string, staff, customers *mockokta.Org) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	site = "http://" + server.Listener.Addr().String() + base
	staff, customers = start(t, site, "staff"), start(t, site, "customers")
	env := settings()
	env["BASE_URL"] = site
	env["STAFF_OKTA_OAUTH2_ISSUER"], env["CUSTOMERS_OKTA_OAUTH2_ISSUER"] = staff.Issuer(), customers.Issuer()
	app, err := newApp(env)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = app
	server.Start()
	t.Cleanup(server.Close)
	return site, staff, customers
}

// TestPeopleChoose is the whole way: people choose, sign in at the org of their
// choice, come back, and are nobody to the other.
func TestPeopleChoose(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/portal"} {
		t.Run("at "+base+"/", func(t *testing.T) {
			t.Parallel()
			site, staff, customers := serve(t, base)
			b := newBrowser(t)

			page := b.get(site + "/news?page=2")
			page.want(t, site+"/?return_to="+url.QueryEscape("/news?page=2"), "Nobody is here as staff.", "Nobody is here as customer.")
			page = b.signIn(page, "#customer a", customers, "grace@acme.test")
			page.want(t, site+"/news?page=2", "Nobody is here as staff.", "Hello Grace Hopper, you are here as customer.")

			page = b.get(site + "/staff")
			if !strings.HasPrefix(page.at, staff.URL()) {
				t.Fatalf("a customer at the staff's page is at %s", page.at)
			}
			page = b.prove(page, "ada@acme.test")
			page.want(t, site+"/staff", "Hello Ada Lovelace, you are here as staff.", "Hello Grace Hopper, you are here as customer.")

			page = b.submit(page, "#customer form", nil)
			page.want(t, site+"/sign-in/customers/signed-out", "You are signed out")
			page = b.get(site + "/")
			page.want(t, site+"/", "Hello Ada Lovelace, you are here as staff.", "Nobody is here as customer.")
		})
	}
}

// TestChoosingLeadsNowhereElse: what asks for another site is left out of the links.
func TestChoosingLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	app, err := newApp(settings())
	if err != nil {
		t.Fatal(err)
	}
	for _, back := range []string{"https://other.example/", "//other.example", `/\other.example`, "news"} {
		w := get(app, httptest.NewRequest(http.MethodGet, "/?"+url.Values{"return_to": {back}}.Encode(), nil))
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "return_to") {
			t.Errorf("%s: %d\n%s", back, w.Code, w.Body)
		}
	}
}

// browser keeps cookies and goes on where pages do.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, &http.Client{Jar: jar}}
}

// shown is a page and where it is.
type shown struct {
	*goquery.Document
	at string
}

func (s shown) want(t *testing.T, at string, texts ...string) {
	t.Helper()
	body := strings.Join(strings.Fields(s.Find("body").Text()), " ")
	for _, text := range texts {
		if s.at != at || !strings.Contains(body, text) {
			t.Errorf("at %s, want %s with %q:\n%s", s.at, at, text, body)
		}
	}
}

func (b browser) get(address string) shown {
	b.t.Helper()
	return b.read(b.client.Get(address))
}

func (b browser) read(r *http.Response, err error) shown {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	s := shown{page, r.Request.URL.String()}
	if _, target, onward := strings.Cut(page.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""), "url="); onward {
		return b.get(b.resolve(s, target))
	}
	return s
}

func (b browser) resolve(s shown, target string) string {
	b.t.Helper()
	at, err := url.Parse(s.at)
	if err != nil {
		b.t.Fatal(err)
	}
	next, err := at.Parse(target)
	if err != nil {
		b.t.Fatal(err)
	}
	return next.String()
}

func (b browser) submit(s shown, selector string, values url.Values) shown {
	b.t.Helper()
	form := s.Find(selector).First()
	if form.Length() == 0 {
		b.t.Fatalf("%s has no %s", s.at, selector)
	}
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	maps.Copy(fields, values)
	return b.read(b.client.PostForm(b.resolve(s, form.AttrOr("action", "")), fields))
}

// signIn follows a link of s to org and proves there to be login.
func (b browser) signIn(s shown, link string, org *mockokta.Org, login string) shown {
	b.t.Helper()
	page := b.get(b.resolve(s, s.Find(link).AttrOr("href", "")))
	if !strings.HasPrefix(page.at, org.URL()) {
		b.t.Fatalf("%s leads to %s, want %s", link, page.at, org.URL())
	}
	return b.prove(page, login)
}

func (b browser) prove(s shown, login string) shown {
	b.t.Helper()
	name, _, _ := strings.Cut(login, "@")
	return b.submit(s, "form", url.Values{"username": {login}, "password": {fmt.Sprint("correct-horse-", name)}})
}

// TestLanguages: the app's page is in the language of the browser, and looks right.
func TestLanguages(t *testing.T) {
	t.Parallel()
	app, err := newApp(settings())
	if err != nil {
		t.Fatal(err)
	}
	b := drive.NewTab(t)
	for accept, want := range map[string][3]string{
		"en":    {"en ltr", "Hello Ada, you are here as staff.", "Nobody is here as customer."},
		"de-AT": {"de ltr", "Guten Tag, Ada, Sie gehören hier zum Personal.", "Niemand ist hier als Kundschaft."},
		"fr":    {"fr ltr", "Bonjour Ada, vous êtes ici en tant que membre du personnel.", "Personne n’est ici en tant que client."},
		"es":    {"es ltr", "Hola, Ada: está aquí como personal.", "Nadie está aquí como cliente."},
		"pt":    {"pt ltr", "Olá, Ada: você está aqui como equipe.", "Ninguém está aqui como cliente."},
		"ja":    {"ja ltr", "Ada さん、スタッフとしてサインイン中です。", "お客様としてサインインしている方はいません。"},
		"ar":    {"ar rtl", "مرحبًا Ada، أنت هنا بصفة موظف.", "لا أحد هنا بصفة عميل."},
	} {
		r := authtest.Request(t, app.staff, httptest.NewRequest(http.MethodGet, "/", nil), ada)
		r.Header.Set("Accept-Language", accept)
		html := get(app, r).Body.String()
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
		if err != nil {
			t.Fatal(err)
		}
		page := doc.Find("html")
		sheet := drive.NewSheet(t, app)
		sheet.Add("front page", html)
		b.CheckSheet(sheet, "language-"+want[0][:2]+"-sheet-two-orgs", want[0][:2])
		got := [3]string{page.AttrOr("lang", "") + " " + page.AttrOr("dir", ""), page.Find("#staff p").Text(), page.Find("#customer p").Text()}
		if id := regexp.MustCompile(`(staff|customer|twoorgs)\.[a-z]`).FindString(page.Text()); got != want || id != "" {
			t.Errorf("%q: %q, want %q; a text that is not there: %q", accept, got, want, id)
		}
	}
}

// TestTextsAreWhole: no language lacks a text or has one too many.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, tag := range []string{"en", "de", "fr", "es", "pt", "ja", "ar"} {
		content, err := files.ReadFile("texts/" + tag + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`(?m) = .*$`).ReplaceAllString(string(content), "")
		if lines = append(lines, names); names != lines[0] {
			t.Errorf("%s has the texts\n%s", tag, names)
		}
	}
}
