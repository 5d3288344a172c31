package language_test

import (
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	tags "golang.org/x/text/language"

	"example.com/okta-gin/language"
)

var spoken = []string{"ar", "de", "en", "es", "fr", "ja", "pt"}

// TestEveryLanguageIsWhole: no language lacks a text or has one too many, and where a
// text counts it has exactly the forms that the language needs.
func TestEveryLanguageIsWhole(t *testing.T) {
	t.Parallel()
	english := file(t, "en")
	for _, tag := range spoken {
		own := file(t, tag)
		for id, source := range english {
			text := own[id]
			if text == nil {
				t.Errorf("%s: %s is missing", tag, id)
				continue
			}
			want := []plural.Form{plural.Other}
			if source.One != "" {
				want = formsOf(tag)
			}
			for which, words := range formsIn(text) {
				if needed := slices.Contains(want, which); needed != (words != "") {
					t.Errorf("%s: %s: form %v is %q, needed: %v", tag, id, which, words, needed)
				}
			}
		}
		for id := range own {
			if english[id] == nil {
				t.Errorf("%s: %s is no text of en.toml", tag, id)
			}
		}
	}
	if got := slices.Collect(maps.Keys(namesOf(t))); len(got) != len(spoken) {
		t.Errorf("the languages are %v", got)
	}
}

func namesOf(t *testing.T) map[string]string {
	names := map[string]string{}
	for _, words := range texts(t).All() {
		names[words.Tag()] = words.Name()
	}
	return names
}

func formsIn(m *i18n.Message) map[plural.Form]string {
	return map[plural.Form]string{
		plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many, plural.Other: m.Other,
	}
}

// formsOf are the forms for whole numbers.
func formsOf(tag string) []plural.Form {
	forms := []plural.Form{plural.Other}
	for n := range 1000 {
		if form := plural.Cardinal.MatchPlural(tags.MustParse(tag), n, 0, 0, 0, 0); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

func TestNamesAndDirections(t *testing.T) {
	t.Parallel()
	got := ""
	for _, words := range texts(t).All() {
		got += words.Tag() + " " + words.Dir() + " " + words.Name() + "\n"
	}
	want := "de ltr Deutsch\nen ltr English\nes ltr Español\nfr ltr Français\npt ltr Português\nar rtl العربية\nja ltr 日本語\n"
	if got != want {
		t.Errorf("the menu is\n%s, want\n%s", got, want)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	all := texts(t)
	for _, test := range []struct{ chosen, accept, locale, want string }{
		{"", "", "", ""},
		{"fr", "de", "ja", "fr"},
		{"", "de", "ja", "de"},
		{"", "", "ja_JP", "ja"},
		{"", "nl", "ja_JP", "ja"},
		{"xx", "de", "", "de"},
		{"de-CH", "", "", ""}, // only tags of the menu
		{"", "de-CH,de;q=0.9,en;q=0.8", "", "de"},
		{"", "nl, fr;q=0.5", "", "fr"},
		{"", "en-GB, de", "", "en"},
		{"", "pt-BR", "", "pt"},
		{"", "pt-PT", "", "pt"},
		{"", "es-419", "", "es"},
		{"", "ar-EG", "", "ar"},
		{"", "fr;q=0, de;q=0.1", "", "de"},
		{"", "*", "", ""},
		{"", "nl", "", ""},
		{"", "\xff", "", ""},
		{"", "nonsense;;;", "", ""},
		{"", strings.Repeat("xx,", 10_000) + "de", "", ""},
		{"", "de," + strings.Repeat("xx,", 10_000), "", "de"},
		{"", strings.Repeat("-", 10_000), "", ""},
		{"", "", "de_DE", "de"},
		{"", "", "ko_KR", ""},
		{"", "x-klingon, xx, de;q=0.5, fr;q=0.7", "", "fr"},
	} {
		got := ""
		for range 2 { // the second time out of the memory
			got = ""
			if words := all.Choose(test.chosen, test.accept, test.locale); words != nil {
				got = words.Tag()
			}
		}
		if got != test.want {
			t.Errorf("%.40q: %q, want %q", []string{test.chosen, test.accept, test.locale}, got, test.want)
		}
	}
}

func FuzzAccepting(f *testing.F) {
	for _, seed := range []string{"de", "de-CH,de;q=0.9", "*", "\x00", "x-private", strings.Repeat("a-", 300)} {
		f.Add(seed)
	}
	all := texts(f)
	f.Fuzz(func(t *testing.T, header string) {
		if words := all.Accepting(header); words != nil && words.Name() == "" {
			t.Errorf("%q gives a language without a name", header)
		}
	})
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]map[int]string{
		"en": {0: "0 days", 1: "1 day", 2: "2 days"},
		"de": {0: "0 Tage", 1: "1 Tag", 2: "2 Tage"},
		"fr": {0: "0 jour", 1: "1 jour", 2: "2 jours"},
		"es": {0: "0 días", 1: "1 día", 2: "2 días"},
		"pt": {0: "0 dia", 1: "1 dia", 2: "2 dias"},
		"ja": {0: "0 日", 1: "1 日", 2: "2 日"},
		"ar": {0: "0 يوم", 1: "يوم", 2: "يومان", 3: "3 أيام", 10: "10 أيام", 11: "11 يومًا", 99: "99 يومًا", 100: "100 يوم", 103: "103 أيام"},
	} {
		words := texts(t).Tagged(tag)
		for n, want := range want {
			if got := words.Text("span.days", "Count", n); got != want {
				t.Errorf("%s: %d is %q, want %q", tag, n, got, want)
			}
			if got := words.Text("span.days", "Count", int64(n)); got != want {
				t.Errorf("%s: int64 %d is %q, want %q", tag, n, got, want)
			}
		}
	}
}

func TestDatesSpansAndNumbers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 15, 4, 5, 0, time.FixedZone("", 3600))
	for tag, want := range map[string][4]string{
		"en": {"2 March 2026, 14:04:05 UTC", "2 hours 5 minutes", "1,234,567", "less than a minute"},
		"de": {"2. März 2026, 14:04:05 UTC", "2 Stunden 5 Minuten", "1.234.567", "weniger als 1 Minute"},
		"fr": {"2 mars 2026, 14:04:05 UTC", "2 heures 5 minutes", "1\u00a0234\u00a0567", "moins d’une minute"},
		"es": {"2 de marzo de 2026, 14:04:05 UTC", "2 horas y 5 minutos", "1.234.567", "menos de un minuto"},
		"pt": {"2 de março de 2026, 14:04:05 UTC", "2 horas e 5 minutos", "1.234.567", "menos de um minuto"},
		"ja": {"2026年3月2日 14:04:05 UTC", "2 時間 5 分", "1,234,567", "1 分未満"},
		"ar": {"2 مارس 2026، 14:04:05 UTC", "ساعتان و5 دقائق", "1,234,567", "أقل من دقيقة"},
	} {
		words := texts(t).Tagged(tag)
		got := [4]string{words.Moment(at), words.Span(2*time.Hour + 5*time.Minute + 20*time.Second), words.Number(1234567), words.Span(time.Second)}
		if got != want {
			t.Errorf("%s: %q, want %q", tag, got, want)
		}
	}
	english := texts(t).English()
	for d, want := range map[time.Duration]string{
		29 * time.Second: "less than a minute", time.Minute: "1 minute", time.Hour: "1 hour", 25 * time.Hour: "1 day 1 hour",
		48*time.Hour + 10*time.Minute: "2 days", -time.Hour: "less than a minute",
	} {
		if got := english.Span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// TestValuesAreSetOff: a name in other letters does not disturb the words around it, and
// what is in it is no markup.
func TestValuesAreSetOff(t *testing.T) {
	t.Parallel()
	english, arabic := texts(t).English(), texts(t).Tagged("ar")
	for _, test := range []struct{ got, want string }{
		{english.Text("home.welcome", "Name", "Ada"), "Welcome, Ada"},
		{english.Text("home.welcome", "Name", "عدا"), "Welcome, \u2068عدا\u2069"},
		{arabic.Text("home.welcome", "Name", "Ada"), "مرحبًا، \u2068Ada\u2069"},
		{string(english.HTML("home.welcome", "Name", "<b>Ada")), "Welcome, <bdi>&lt;b&gt;Ada</bdi>"},
		{string(english.HTML("error.request_id", "ID", template.HTML("<code>1</code>"))), "If you ask for help, give this request ID: <code>1</code>"},
		{string(english.HTML("frame.more", "Count", 1234)), "Show 1,234 more"},
		{string(english.HTML("no.such <b>")), "no.such &lt;b&gt;"},
		{english.Text("no.such"), "no.such"},
		{string(texts(t).Tagged("fr").HTML("span.moment")), "moins d’une minute"},
		{language.Fill("{{.A}} {{.B}}", map[string]string{"A": "{{.B}}", "B": "b"}), "{{.B}} b"},
		{language.Fill("{{.A}}", nil), "{{.A}}"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}

func TestProblemsAreFoundByTheirWords(t *testing.T) {
	t.Parallel()
	german := texts(t).Tagged("de")
	args := map[string]string{"Method": "PUT"}
	for words, want := range map[string]string{
		"There is no such page":                                 "Diese Seite gibt es nicht",
		"The address exists, but not for {{.Method}} requests.": "Die Adresse gibt es, aber nicht für PUT-Anfragen.",
		"Something of the app's own, {{.Method}}":               "Something of the app's own, PUT",
	} {
		if got := german.Problem(words, args); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func folder(name, content string) fs.FS { return fstest.MapFS{name: {Data: []byte(content)}} }

func TestAddingAndOverruling(t *testing.T) {
	t.Parallel()
	all, err := language.New(
		folder("nl.toml", "[language]\nname = \"Nederlands\"\n[frame]\nsign_in = \"Inloggen\"\n[shop]\ncart = \"Winkelwagen\""),
		folder("en.toml", "[frame]\nsign_in = \"Log in\"\n[problem]\nnot_found = \"Nothing here\"\nempty = \"Your cart is empty\""),
		folder("de.toml", "[problem]\nempty = \"Ihr Warenkorb ist leer\"\n[frame]\nsign_in = \"Erstes\""),
		folder("de.toml", "[frame]\nsign_in = \"Einloggen\""),
	)
	if err != nil {
		t.Fatal(err)
	}
	english, german, dutch := all.English(), all.Tagged("de"), all.Accepting("nl-BE")
	for _, test := range []struct{ got, want string }{
		{english.Text("frame.sign_in"), "Log in"},
		{german.Text("frame.sign_in"), "Einloggen"},
		{dutch.Text("frame.sign_in"), "Inloggen"},
		{dutch.Text("frame.sign_out"), "Sign out"},
		{dutch.Text("span.days", "Count", 1), "1 day"},
		{dutch.Text("shop.cart"), "Winkelwagen"},
		{english.Problem("There is no such page", nil), "Nothing here"},
		{german.Problem("There is no such page", nil), "Diese Seite gibt es nicht"},
		{german.Problem("Your cart is empty", nil), "Ihr Warenkorb ist leer"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
	if got := texts(t).English().Text("frame.sign_in"); got != "Sign in" {
		t.Errorf("others' texts are %q now", got)
	}
}

func TestBadTextsAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, content, want string }{
		"no name":           {"nl.toml", "[frame]\nsign_in = \"Inloggen\"", "language.name"},
		"other places":      {"de.toml", "[home]\nwelcome = \"Willkommen, {{.Person}}\"", "home.welcome"},
		"a place too few":   {"de.toml", "[home]\nwelcome = \"Willkommen\"", "home.welcome"},
		"a template":        {"de.toml", "[frame]\nskip = \"{{if .A}}x{{end}}\"", "frame.skip"},
		"no usual form":     {"de.toml", "[frame]\nskip = { one = \"x\" }", "frame.skip"},
		"no TOML":           {"de.toml", "= =", "de.toml"},
		"no language's tag": {"german!.toml", "", "german!.toml"},
	} {
		if _, err := language.New(folder(test.file, test.content)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one that names %s", name, err, test.want)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	german := texts(b).Tagged("de")
	at := time.Date(2026, 3, 2, 15, 4, 5, 0, time.UTC)
	b.Run("text", func(b *testing.B) {
		for b.Loop() {
			german.Text("home.lead_in")
		}
	})
	b.Run("filled in", func(b *testing.B) {
		for b.Loop() {
			german.HTML("home.welcome", "Name", "Ada")
		}
	})
	b.Run("span", func(b *testing.B) {
		for b.Loop() {
			german.Span(125 * time.Minute)
		}
	})
	b.Run("moment", func(b *testing.B) {
		for b.Loop() {
			german.Moment(at)
		}
	})
	b.Run("choose", func(b *testing.B) {
		for b.Loop() {
			texts(b).Choose("", "de-CH,de;q=0.9,en;q=0.8", "")
		}
	})
}
