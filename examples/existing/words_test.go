package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"example.com/okta-gin/auth/authtest"
)

// TestLanguage: the shop's own pages and those of sign-in are in one language, which is the
// one chosen in the menu, else the browser's, else that of the person's profile.
func TestLanguage(t *testing.T) {
	t.Parallel()
	shop, _ := openShop(t)
	layla := authtest.Person{Subject: "00uLayla", Name: "ليلى", Claims: map[string]any{"locale": "ar-EG"}}
	for _, test := range []struct {
		name, path, chosen, accept string
		person                     *authtest.Person
		want                       []string
	}{
		{"nobody's", "/cart", "", "", nil, []string{`lang="en" dir="ltr"`, "Your cart", "Sign in", "It is empty."}},
		{"the browser's", "/cart", "", "de-CH", nil, []string{`lang="de" dir="ltr"`, "Ihr Warenkorb", "Anmelden", "Er ist leer."}},
		{"the person's", "/cart", "", "", &layla, []string{`lang="ar" dir="rtl"`, "سلتك", "مرحبًا"}},
		{"the browser's before the person's", "/cart", "", "ja", &layla, []string{`lang="ja" dir="ltr"`, "ようこそ、<bdi>ليلى</bdi> さん"}},
		{"the chosen one before all", "/cart", "fr", "ja", &layla, []string{`lang="fr" dir="ltr"`, "Votre panier", "Se déconnecter"}},
		{"a page of sign-in", "/authorization-code/logout", "es", "", &layla, []string{`lang="es"`, "¿Cerrar sesión?", "Corner Shop, desde 1842"}},
		{"an error", "/no-such-page", "pt", "", nil, []string{`lang="pt"`, "Procuramos em todas as prateleiras"}},
	} {
		r := httptest.NewRequest(http.MethodGet, test.path, nil)
		r.Header.Set("Accept-Language", test.accept)
		if test.person != nil {
			r = authtest.Request(t, shop.okta, r, *test.person)
		}
		if test.chosen != "" {
			for _, cookie := range choose(t, shop, test.chosen) {
				r.AddCookie(cookie)
			}
		}
		body := get(shop, r).Body.String()
		for _, want := range test.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%s", test.name, want, body)
			}
		}
	}
}

// choose chooses a language in the menu of the cart's page and returns what the browser keeps.
func choose(t *testing.T, shop *shop, tag string) []*http.Cookie {
	t.Helper()
	page := get(shop, httptest.NewRequest(http.MethodGet, "/cart", nil)).Body.String()
	menu := regexp.MustCompile(`action="([^"]+)" aria-label="Language"><input type="hidden" name="return_to" value="/cart">`).FindStringSubmatch(page)
	if menu == nil {
		t.Fatalf("no menu in\n%s", page)
	}
	form := url.Values{"language": {tag}, "return_to": {"/cart"}}
	r := httptest.NewRequest(http.MethodPost, menu[1], strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := get(shop, r)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/cart" {
		t.Fatalf("%d to %s\n%s", w.Code, w.Header().Get("Location"), w.Body)
	}
	return w.Result().Cookies()
}

// TestWords: each language has the words that the pages and the code use, and no others, with
// the same places. The shop had them before.
func TestWords(t *testing.T) {
	t.Parallel()
	used, text := map[string]bool{"line": true}, ""
	for _, file := range append(glob(t, "templates/*.html"), glob(t, "*.go")...) {
		text += read(t, file)
	}
	for _, found := range regexp.MustCompile(`\.Say "(\w+)"|\.html", "(\w+)"`).FindAllStringSubmatch(text, -1) {
		used[found[1]+found[2]] = true
	}
	english, place := parse(t, "words/en.toml"), regexp.MustCompile(`{{[^}]*}}`)
	for _, file := range glob(t, "words/*.toml") {
		if read(t, file) != read(t, "before/"+file) {
			t.Errorf("%s is not what it was before", file)
		}
		own := parse(t, file)
		for name := range used {
			if own[name] == "" || strings.Join(place.FindAllString(own[name], -1), "") != strings.Join(place.FindAllString(english[name], -1), "") {
				t.Errorf("%s: %s is %q, in English %q", file, name, own[name], english[name])
			}
		}
		for name := range own {
			if !used[name] {
				t.Errorf("%s: nothing uses %s", file, name)
			}
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < 3 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func parse(t *testing.T, file string) (words map[string]string) {
	t.Helper()
	if err := toml.Unmarshal([]byte(read(t, file)), &words); err != nil {
		t.Fatal(err)
	}
	return words
}
