package hosted

import (
	"embed"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

//go:embed texts/*.toml
var textFiles embed.FS

// tongue is one language, with the pages in it.
type tongue struct {
	tag   language.Tag
	words *i18n.Localizer
	pages *template.Template
	said  map[string]string // ids of texts, by their English
}

// tongues are all languages, English first, and what finds one of them.
type tongues struct {
	all     []*tongue
	matcher language.Matcher
}

// spoken are the tongues. They are read once: they are the same for every org.
var spoken = sync.OnceValues(readTongues)

// readTongues reads the texts, and the pages for each language.
func readTongues() (*tongues, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	entries, err := textFiles.ReadDir("texts")
	if err != nil {
		return nil, fmt.Errorf("list the texts: %w", err)
	}
	said := make(map[string]string)
	for _, entry := range entries {
		file, err := bundle.LoadMessageFileFS(textFiles, "texts/"+entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the texts: %w", err)
		}
		if file.Tag == language.English {
			for _, message := range file.Messages {
				said[message.Other] = message.ID
			}
		}
	}
	pages, err := template.New("").Funcs((&tongue{}).funcs()).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	all := &tongues{matcher: language.NewMatcher(bundle.LanguageTags())}
	for _, tag := range bundle.LanguageTags() {
		t := &tongue{tag: tag, words: i18n.NewLocalizer(bundle, tag.String()), said: said}
		t.pages = template.Must(pages.Clone()).Funcs(t.funcs())
		all.all = append(all.all, t)
	}
	return all, nil
}

// choose returns the language that fits best: ui_locales, of an authorization request (OpenID Connect Core section
// 3.1.2.1), goes before the Accept-Language of the browser. English is for all others.
func (all *tongues) choose(uiLocales, acceptLanguage string) *tongue {
	_, i := language.MatchStrings(all.matcher, strings.Join(strings.Fields(uiLocales), ","), acceptLanguage)
	return all.all[i]
}

// dir is how the language is written: ltr or rtl.
func (t *tongue) dir() string {
	if script, _ := t.tag.Script(); script.String() == "Arab" {
		return "rtl"
	}
	return "ltr"
}

// text is the text of id, nothing for nothing. args are names of places in it, and by turns what stands there, escaped where that matters.
func (t *tongue) text(id string, args ...any) (string, error) {
	if id == "" {
		return "", nil
	}
	places := make(map[string]any)
	for i := 0; i+1 < len(args); i += 2 {
		places[fmt.Sprint(args[i])] = args[i+1]
	}
	return t.words.Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: places})
}

// say is what english says, in this language where there is a text with these words.
func (t *tongue) say(english string) (string, error) {
	if id := t.said[english]; id != "" {
		return t.text(id)
	}
	return english, nil
}

// funcs are what pages use: lang and dir of the page; t, a text; say, for words that come in English; markup, a text
// around elements, which element makes of what is to be shown, with an attribute where there is one.
func (t *tongue) funcs() template.FuncMap {
	return template.FuncMap{
		"lang": func() string { return t.tag.String() },
		"dir":  t.dir,
		"t":    t.text,
		"say":  t.say,
		"markup": func(id string, args ...any) (template.HTML, error) {
			for i, arg := range args {
				if words, plain := arg.(string); plain && i%2 == 1 {
					args[i] = "<bdi>" + template.HTMLEscapeString(words) + "</bdi>"
				}
			}
			text, err := t.text(id, args...)
			return template.HTML(text), err // what is not this package's own is escaped
		},
		"element": func(name, words string, attribute ...string) template.HTML {
			if len(attribute) == 2 {
				attribute = []string{` ` + attribute[0] + `="` + template.HTMLEscapeString(attribute[1]) + `"`}
			}
			return template.HTML("<" + name + strings.Join(attribute, "") + "><bdi>" + template.HTMLEscapeString(words) + "</bdi></" + name + ">")
		},
	}
}
