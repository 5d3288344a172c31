package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

const languagePath = "/authorization-code/language"

// TestPagesSpeakTheBrowsersLanguage: in words, tag and direction, errors too.
func TestPagesSpeakTheBrowsersLanguage(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for accept, want := range map[string][4]string{
		"":                    {"en", "ltr", "Sign in with Okta", "There is no such page"},
		"nl":                  {"en", "ltr", "Sign in with Okta", "There is no such page"},
		"de-AT, en;q=0.5":     {"de", "ltr", "Mit Okta anmelden", "Diese Seite gibt es nicht"},
		"fr":                  {"fr", "ltr", "Se connecter avec Okta", "Cette page n’existe pas"},
		"es-MX":               {"es", "ltr", "Iniciar sesión con Okta", "Esa página no existe"},
		"pt-BR":               {"pt", "ltr", "Iniciar sessão com Okta", "Essa página não existe"},
		"ja":                  {"ja", "ltr", "Okta でサインイン", "ページが見つかりません"},
		"nl, ar-EG;q=0.9, en": {"en", "ltr", "Sign in with Okta", "There is no such page"},
		"ar":                  {"ar", "rtl", "تسجيل الدخول عبر Okta", "لا توجد صفحة كهذه"},
	} {
		b := app.Browser()
		for path, heading := range map[string]string{"/": want[2], "/nothing-here": want[3]} {
			page := b.Get(path, "Accept-Language", accept).Page(t)
			root := page.Find("html")
			if got := [3]string{root.AttrOr("lang", ""), root.AttrOr("dir", ""), strings.TrimSpace(page.Find("h1").Text())}; got != [3]string{want[0], want[1], heading} {
				t.Errorf("%q: %s is %q, want %q", accept, path, got, heading)
			}
		}
	}
}

// TestEveryLanguageShowsEveryPage: nothing of a page fails in any language, and none is
// stored, so that nobody sees what was made for another.
func TestEveryLanguageShowsEveryPage(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins"}})
	nobody, b := app.Browser(), app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for _, words := range app.Okta().Texts().All() {
		check := func(b *apptest.Browser, paths ...string) {
			for _, path := range paths {
				r := b.Get(path, "Accept-Language", words.Tag())
				if got := r.Page(t).Find("html").AttrOr("lang", ""); got != words.Tag() || r.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s: %s is in %q, status %d, %s", words.Tag(), path, got, r.StatusCode, r.Header.Get("Cache-Control"))
				}
			}
		}
		check(nobody, "/", testkit.LogoutPath, testkit.SignedOutPath, apptest.CustomPath, testkit.CallbackPath+"?state=x&code=y", "/nothing-here")
		check(b, "/", "/greet", apptest.ProfilePath, apptest.AdminPath, apptest.AdminPath+"?q="+testkit.Ada, "/authorization-code/sessions", testkit.LogoutPath, testkit.SignedOutPath, "/nothing-here")
	}
}

// TestTheMenuOfLanguages: what is chosen is remembered, overrules the browser's and
// leads back to the page.
func TestTheMenuOfLanguages(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	page := b.Get("/nothing-here?a=1&b=2", "Accept-Language", "fr").Page(t)
	form := page.Find("footer form")
	if got := form.Find("button").Length(); got != 7 || form.AttrOr("action", "") != languagePath || form.Find("[aria-current]").Text() != "Français" {
		t.Fatalf("the menu has %d languages and posts to %q", got, form.AttrOr("action", ""))
	}
	r := b.Post(languagePath, url.Values{"language": {"ar"}, "return_to": {form.Find("[name=return_to]").AttrOr("value", "")}})
	if r.StatusCode != http.StatusSeeOther || r.Location() != "/nothing-here?a=1&b=2" {
		t.Fatalf("status %d to %q", r.StatusCode, r.Location())
	}
	cookie := r.Cookies()[0]
	if cookie.Name != "okta_session_language" || cookie.Value != "ar" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.MaxAge != 365*24*3600 {
		t.Errorf("the cookie is %v", cookie)
	}
	if got := b.Get("/", "Accept-Language", "fr").Page(t).Find("html").AttrOr("lang", ""); got != "ar" {
		t.Errorf("the page is in %q", got)
	}
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	if got := b.Get(apptest.ProfilePath).Page(t).Find("h1").Parent().Parent().Parent().Find("#claims").Last().Text(); got != "ما تقوله Okta عنك" {
		t.Errorf("the profile says %q", got)
	}
}

func TestTheMenuRefuses(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	for name, test := range map[string]struct {
		form     url.Values
		headers  []string
		status   int
		location string
	}{
		"an unknown language": {url.Values{"language": {"xx"}}, nil, http.StatusBadRequest, ""},
		"no language":         {url.Values{}, nil, http.StatusBadRequest, ""},
		"a tag with more":     {url.Values{"language": {"de; Domain=evil.example"}}, nil, http.StatusBadRequest, ""},
		"another site's form": {url.Values{"language": {"de"}}, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden, ""},
		"another site":        {url.Values{"language": {"de"}, "return_to": {"https://evil.example/"}}, nil, http.StatusSeeOther, "/"},
		"two slashes":         {url.Values{"language": {"de"}, "return_to": {"//evil.example/"}}, nil, http.StatusSeeOther, "/"},
		"no page":             {url.Values{"language": {"de"}}, nil, http.StatusSeeOther, "/"},
	} {
		r := b.Post(languagePath, test.form, test.headers...)
		if r.StatusCode != test.status || r.Location() != test.location {
			t.Errorf("%s: status %d to %q", name, r.StatusCode, r.Location())
		}
		if kept := len(r.Cookies()) > 0; kept != (test.status == http.StatusSeeOther) {
			t.Errorf("%s: cookies %v", name, r.Cookies())
		}
	}
}

func TestTheLanguagesCookieOnHTTPS(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"BASE_URL": "https://app.example"}})
	r := app.Browser().Post(languagePath, url.Values{"language": {"de"}}, "Host", "app.example", "Sec-Fetch-Site", "same-origin")
	if len(r.Cookies()) != 1 || r.Cookies()[0].Name != "__Host-okta_session_language" || !r.Cookies()[0].Secure {
		t.Errorf("status %d, cookies %v", r.StatusCode, r.Cookies())
	}
}

// TestTheMenuLeadsToNoStepOfASignIn: a page at the callback leads to the front page.
func TestTheMenuLeadsToNoStepOfASignIn(t *testing.T) {
	t.Parallel()
	b := apptest.Start(t, apptest.Setup{}).Browser()
	for path, want := range map[string]string{
		testkit.CallbackPath + "?code=secret&state=x": "/", testkit.SignedOutPath: testkit.SignedOutPath, testkit.LogoutPath: testkit.LogoutPath, apptest.CustomPath: apptest.CustomPath, "/greet?x=//y": "/greet?x=//y",
	} {
		r := b.Get(path)
		if r.StatusCode == http.StatusSeeOther { // closed
			continue
		}
		if got := r.Page(t).Find("form [name=return_to]").Last().AttrOr("value", ""); got != want {
			t.Errorf("%s: the menu leads to %q", path, got)
		}
	}
}

// TestTheLocaleClaim: it counts where the browser says nothing that helps.
func TestTheLocaleClaim(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	const login = "hanako@acme.test"
	app.Org.AddPerson(mockokta.Person{
		ID: "00u9mockHanako01a5d7", Login: login, Password: "correct-horse-hanako", FirstName: "Hanako", LastName: "Yamada", Assigned: true,
		Profile: map[string]any{"locale": "ja_JP"},
	})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, login)
	for accept, want := range map[string]string{"": "ja", "nl": "ja", "de": "de"} {
		if got := b.Get(apptest.ProfilePath, "Accept-Language", accept).Page(t).Find("html").AttrOr("lang", ""); got != want {
			t.Errorf("%q: %q, want %q", accept, got, want)
		}
	}
}

// TestClaimsAreRememberedByLanguage: what was shown to somebody in one language is not
// shown again in another.
func TestClaimsAreRememberedByLanguage(t *testing.T) {
	t.Parallel()
	b := apptest.Start(t, apptest.Setup{}).Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for range 2 {
		for accept, want := range map[string]string{"en": "Full name", "de": "Vollständiger Name", "ar": "الاسم الكامل"} {
			if got := b.Get(apptest.ProfilePath, "Accept-Language", accept).Page(t).Find("#claim-name").Parent().Find("th span").Text(); got != want {
				t.Errorf("%s: the claim name is %q, want %q", accept, got, want)
			}
		}
	}
}

// TestOktaIsToldTheLanguage: that of the app's pages, unless only Okta speaks the
// person's.
func TestOktaIsToldTheLanguage(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for accept, want := range map[string]string{"": "", "nl": "", "de-CH": "de", "pt-PT": "pt-BR pt", "ar": "ar", "nl, fr": "fr"} {
		b := app.Browser()
		if got := apptest.AuthorizeQuery(t, app, b.Get(testkit.LoginPath, "Accept-Language", accept)).Get("ui_locales"); got != want {
			t.Errorf("%q: ui_locales is %q, want %q", accept, got, want)
		}
		widget := b.Widget(b.Get(apptest.CustomPath, "Accept-Language", accept))
		if want, _, _ = strings.Cut(want, " "); want == "" {
			want = "en"
		}
		if widget.Widget.Language != want {
			t.Errorf("%q: the widget speaks %q, want %q", accept, widget.Widget.Language, want)
		}
	}
}

// TestProgramsGetEnglish: with a reason that stays the same.
func TestProgramsGetEnglish(t *testing.T) {
	t.Parallel()
	b := apptest.Start(t, apptest.Setup{}).Browser()
	for path, want := range map[string]string{
		"/nothing-here": `"title":"There is no such page"`, languagePath: `"detail":"The address exists, but not for GET requests."`,
	} {
		if r := b.Get(path, "Accept", "application/json", "Accept-Language", "de"); !strings.Contains(r.Body, want) {
			t.Errorf("%s: %s", path, r.Body)
		}
	}
	if r := b.Get(languagePath, "Accept-Language", "de"); !strings.Contains(r.Body, "aber nicht für GET-Anfragen") {
		t.Errorf("a person gets %s", r.Body)
	}
}
