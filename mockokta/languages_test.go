package mockokta_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"

	"example.com/okta-gin/mockokta"
)

// TestSignInPageIsInThePersonsLanguage: what the app asks for goes before what the browser says.
func TestSignInPageIsInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	for _, test := range []struct{ uiLocales, accept, lang, dir, h1 string }{
		{"", "", "en", "ltr", "Sign in"},
		{"de", "", "de", "ltr", "Anmelden"},
		{"", "fr-CA,fr;q=0.9,en;q=0.5", "fr", "ltr", "Se connecter"},
		{"es", "ja", "es", "ltr", "Iniciar sesión"},
		{"pt-BR", "", "pt", "ltr", "Iniciar sessão"},
		{"ar", "", "ar", "rtl", "تسجيل الدخول"},
		{"nl ja de", "", "ja", "ltr", "サインイン"},
		{"nl", "de", "de", "ltr", "Anmelden"},
		{"nl", "nl", "en", "ltr", "Sign in"},
		{"\x00, ;q=", "-;;,\xff", "en", "ltr", "Sign in"},
	} {
		b := newBrowser(t, org)
		query := authorizeParams(map[string]string{"ui_locales": test.uiLocales}).Encode()
		page := b.do(http.MethodGet, org.URL()+b.as+"/v1/authorize?"+query, nil, http.Header{"Accept-Language": {test.accept}})
		html := page.doc(t).Find("html")
		if html.AttrOr("lang", "") != test.lang || html.AttrOr("dir", "") != test.dir || html.Find("h1").Text() != test.h1 || page.Header.Get("Vary") != "Accept-Language" {
			t.Errorf("ui_locales %q, Accept-Language %q: %s %s %q, want %s %s %q", test.uiLocales, test.accept,
				html.AttrOr("lang", ""), html.AttrOr("dir", ""), html.Find("h1").Text(), test.lang, test.dir, test.h1)
		}
	}
}

// TestAllPagesAreInThePersonsLanguage goes through the pages, in both shapes, with what the app has asked for or, where
// there is no app, with what the browser says.
func TestAllPagesAreInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	japanese := http.Header{"Accept-Language": {"ja"}}
	for shape, knobs := range map[string]func(*mockokta.Knobs){
		"own":      func(*mockokta.Knobs) {},
		"identity": func(k *mockokta.Knobs) { k.WidgetPages = true },
		"classic":  func(k *mockokta.Knobs) { k.WidgetPages, k.Classic = true, true },
	} {
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			org := start(t, mockokta.Options{})
			org.Set(func(k *mockokta.Knobs) { k.Interstitial = true })
			org.Set(knobs)
			check := func(name string, page reply) reply {
				t.Helper()
				if got := page.doc(t).Find("html").AttrOr("lang", ""); got != "ja" {
					t.Errorf("%s is in %q", name, got)
				}
				for attribute, elements := range map[string]string{"alt": "img", "title": "iframe", "aria-label": "*", "value": "input[type=submit]"} {
					page.doc(t).Find(elements).Each(func(_ int, e *goquery.Selection) { checkJapanese(t, name, e.AttrOr(attribute, "")) })
				}
				body := page.doc(t).Find("body")
				body.Find("code, [lang=en], summary + ul strong, .to, .tiles, .apps").Remove()
				checkJapanese(t, name, body.Text())
				return page
			}
			ask := map[string]string{"ui_locales": "ja", "acr_values": "urn:okta:loa:2fa:any"}
			b := newBrowser(t, org)
			check("sign-in", b.authorize(ask))
			check("wrong password", b.submit(b.authorize(ask), "ada@acme.test", "wrong"))
			page := check("two factors", b.submit(b.authorize(ask), "hedy", "correct-horse-hedy"))
			page = check("mail", b.factorForm(page, map[string]string{"factor": "email"}))
			check("wrong code", b.factorForm(page, map[string]string{"code": "000000"}))
			page = check("enrolment", b.submit(b.authorize(ask), "nora", "correct-horse-nora"))
			if page.doc(t).Find(".secret").Length() != 1 {
				t.Errorf("no enrolment: %s", page.body)
			}
			ask["prompt"] = "consent"
			check("consent", b.submit(b.authorize(ask), "ada", "correct-horse-ada"))
			delete(ask, "prompt")
			ask["response_mode"] = "form_post"
			check("form post", b.authorize(ask))
			check("again", b.authorize(map[string]string{"ui_locales": "ja", "max_age": "0"}))

			get := func(path string) reply { return b.do(http.MethodGet, org.URL()+path, nil, japanese) }
			check("dashboard", get("/"))
			check("dashboard's sign-in", get("/login/login.htm"))
			check("mails", get("/mail"))
			check("error", get(b.as+"/v1/authorize?client_id=unknown"))
			check("expired", b.do(http.MethodPost, org.URL()+"/login/factor", url.Values{}, japanese))
			check("sign-out", b.do(http.MethodPost, org.URL()+"/login/signout", url.Values{}, japanese))
		})
	}
}

// checkJapanese fails the test where words of several letters are English and no name.
func checkJapanese(t *testing.T, page, text string) {
	t.Helper()
	text = regexp.MustCompile(`\S+@acme\.test|https?://\S+|Google Authenticator|mockokta|Sample web app|Ada Lovelace|Grace Hopper|Okta|Acme|\d\d:\d\d:\d\d UTC|QR|ID`).ReplaceAllString(text, "")
	if found := regexp.MustCompile(`[A-Za-z][A-Za-z' ]{2,}`).FindString(text); found != "" {
		t.Errorf("%s says %q", page, found)
	}
}

// textsOf reads the texts of a language as they are written.
func textsOf(t *testing.T, tag string) map[string]*i18n.Message {
	t.Helper()
	content, err := os.ReadFile("hosted/texts/" + tag + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := i18n.ParseMessageBytes(content, toml.Unmarshal)
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]*i18n.Message)
	for _, message := range parsed {
		byID[message.ID] = message
	}
	return byID
}

// TestTextsAreWhole: no language lacks a text, has one too many, or other places to be filled in, and translators are
// told what each is.
func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	english, place := textsOf(t, "en"), regexp.MustCompile(`\{\{[^}]*\}\}`)
	for _, tag := range []string{"ar", "de", "en", "es", "fr", "ja", "pt"} {
		own := textsOf(t, tag)
		for id, text := range english {
			if own[id] == nil || own[id].Other == "" {
				t.Errorf("%s: %s is missing", tag, id)
				continue
			}
			got, want := place.FindAllString(own[id].Other, -1), place.FindAllString(text.Other, -1)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s has the places %v, in English they are %v", tag, id, got, want)
			}
		}
		for id := range own {
			if english[id] == nil {
				t.Errorf("%s: %s is no text of en.toml", tag, id)
			}
		}
	}
	for id, text := range english {
		if text.Description == "" {
			t.Errorf("%s has no description", id)
		}
	}
}

// TestEveryTextOfThePagesIsUsed: none is missing, and none is there for nothing.
func TestEveryTextOfThePagesIsUsed(t *testing.T) {
	t.Parallel()
	english := textsOf(t, "en")
	used, said := map[string]bool{}, map[string]bool{"locked out": true}
	for _, person := range mockokta.SamplePeople() {
		said[person.Note] = true
	}
	for _, pattern := range []string{"hosted/*.go", "hosted/pages/*.html", "state/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range regexp.MustCompile(`"([a-z]+\.[a-z_]+)"`).FindAllSubmatch(content, -1) {
				used[string(found[1])] = true
			}
			for _, found := range regexp.MustCompile(`Subject: "([^"]+)"`).FindAllSubmatch(content, -1) {
				said[string(found[1])] = true
			}
		}
	}
	words := map[string]bool{}
	for id, text := range english {
		section, _, _ := strings.Cut(id, ".")
		words[text.Other] = words[text.Other] || section == "note" || section == "subject"
		if !used[id] && !said[text.Other] {
			t.Errorf("nothing uses the text %s", id)
		}
		delete(used, id)
	}
	for id := range used {
		if section, name, _ := strings.Cut(id, "."); name != "html" && slices.Contains([]string{"signin", "problem", "factor", "enroll", "consent", "onward", "dashboard", "frame", "people"}, section) {
			t.Errorf("the text %s is not there", id)
		}
	}
	for english := range said {
		if !words[english] {
			t.Errorf("there is no text %q", english)
		}
	}
}
