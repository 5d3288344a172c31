package language

import (
	"errors"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	tags "golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
	"golang.org/x/text/unicode/bidi"
)

// Words are the texts of one language. They are safe for concurrent use.
type Words struct {
	all     *Texts
	tag     tags.Tag
	name    string // of the tag
	rtl     bool
	byID    map[string]*text // with English where this language lacks one
	numbers *message.Printer
	months  [12]string
}

// newWords makes a language of its messages. english is nil for English itself.
func newWords(all *Texts, tag tags.Tag, messages map[string]*i18n.Message, english *Words) (*Words, error) {
	w := &Words{all: all, tag: tag, name: tag.String(), rtl: fromTheRight(tag), byID: make(map[string]*text, len(messages))}
	var faults []error
	for id, m := range messages {
		compiled, err := compile(tag, m)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		w.byID[id] = compiled
	}
	if english != nil {
		for id, source := range english.byID {
			own := w.byID[id]
			if own == nil {
				w.byID[id] = source
			} else if !slices.Equal(own.places(), source.places()) {
				faults = append(faults, fmt.Errorf("%s: the places to be filled in are %v, in English they are %v", id, own.places(), source.places()))
			}
		}
	}
	if messages[nameID] == nil {
		faults = append(faults, fmt.Errorf("%s, the language's own name, is missing", nameID))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("the texts of %s: %w", w.name, err)
	}
	latin, err := tag.SetTypeForKey("nu", "latn")
	if err != nil {
		return nil, fmt.Errorf("the numbers of %s: %w", w.name, err)
	}
	w.numbers = message.NewPrinter(latin)
	for i := range w.months {
		w.months[i] = w.Text("date.month_" + strconv.Itoa(i+1))
	}
	return w, nil
}

// nameID is the text that holds a language's own name.
const nameID = "language.name"

// fromTheRight reports whether a language is written from right to left.
func fromTheRight(tag tags.Tag) bool {
	script, _ := tag.Script()
	return slices.Contains([]string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"}, script.String())
}

// All are the languages that there are besides this one, and this one, in the order of
// their names.
func (w *Words) All() []*Words { return w.all.All() }

// Tag is the language's tag (BCP 47), for lang attributes.
func (w *Words) Tag() string { return w.name }

// Dir is how the language is written, for dir attributes: ltr or rtl.
func (w *Words) Dir() string {
	if w.rtl {
		return "rtl"
	}
	return "ltr"
}

// Name is the language's own name for itself.
func (w *Words) Name() string { return w.Text(nameID) }

// Has reports whether there is a text of that id.
func (w *Words) Has(id string) bool { return w.byID[id] != nil }

// Text returns the text of id, with args in its places: names and values by turns. The
// value of Count, a whole number, decides on the form. Where letters could mix that are
// written from the left and from the right, values are set off by invisible characters
// (Unicode's isolates). Without such a text it returns the id.
func (w *Words) Text(id string, args ...any) string {
	t := w.byID[id]
	if t == nil {
		return id
	}
	f := w.form(t, args)
	return fill(f.pieces, f.places, func(name string) string {
		switch v := valueOf(name, args).(type) {
		case string:
			return w.isolated(v)
		case template.HTML:
			return string(v)
		default:
			return w.plain(v)
		}
	})
}

// HTML is Text for the inside of an element: values are escaped, and set off in a bdi
// element, but for numbers and what is HTML already.
func (w *Words) HTML(id string, args ...any) template.HTML {
	t := w.byID[id]
	if t == nil {
		return template.HTML(html.EscapeString(id)) // #nosec: escaped
	}
	f := w.form(t, args)
	return template.HTML(fill(f.escaped, f.places, func(name string) string { // #nosec: escaped
		switch v := valueOf(name, args).(type) {
		case string:
			return "<bdi>" + html.EscapeString(v) + "</bdi>"
		case template.HTML:
			return string(v)
		default:
			return html.EscapeString(w.plain(v))
		}
	}))
}

// Problem returns, in this language, what english says, which the texts whose ids begin
// with "problem." have word by word: where none has, it stays as it is. args are put in
// its places.
func (w *Words) Problem(english string, args map[string]string) string {
	t := w.byID[w.all.problems[english]]
	if t == nil {
		return Fill(english, args)
	}
	f := &t.usual
	return fill(f.pieces, f.places, func(name string) string { return w.isolated(args[name]) })
}

// form is that for the count in args, if there is one.
func (w *Words) form(t *text, args []any) *form {
	switch n := valueOf("Count", args).(type) {
	case int:
		return t.counted(int64(n))
	case int64:
		return t.counted(n)
	default:
		return &t.usual
	}
}

// valueOf is what args have for a place, nil for nothing.
func valueOf(name string, args []any) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

// phrase is part of a text, in words of its language.
type phrase string

func (w *Words) plain(value any) string {
	switch v := value.(type) {
	case phrase:
		return string(v)
	case int:
		return w.Number(int64(v))
	case int64:
		return w.Number(v)
	default:
		return fmt.Sprint(v)
	}
}

// Number is n as people of this language write it, in Latin digits.
func (w *Words) Number(n int64) string {
	if 0 <= n && n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return w.numbers.Sprint(number.Decimal(n))
}

// isolated sets value off by Unicode's isolates (UAX #9) where its letters or this
// language's are written from right to left.
func (w *Words) isolated(value string) string {
	const first, pop = "\u2068", "\u2069"
	if !w.rtl && !hasRight(value) {
		return value
	}
	return first + value + pop
}

// hasRight reports whether a letter of s is written from right to left.
func hasRight(s string) bool {
	for _, r := range s {
		if r < 0x590 {
			continue
		}
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		}
	}
	return false
}
