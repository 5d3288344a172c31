package language

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
	tags "golang.org/x/text/language"
)

// text is ready to be filled in. It has a form for each way to count; most have the usual
// one alone, which is that of plural.Other.
type text struct {
	source  string
	tag     tags.Tag // of its language
	usual   form
	special map[plural.Form]form // for counting
}

// form is pieces of a text and the names of the places between them: one fewer.
type form struct {
	pieces, escaped, places []string
}

func compile(tag tags.Tag, m *i18n.Message) (*text, error) {
	if m.Other == "" {
		return nil, fmt.Errorf("%s: there is nothing for %q", m.ID, "other")
	}
	t := &text{source: m.Other, tag: tag}
	for which, source := range map[plural.Form]string{
		plural.Other: m.Other, plural.Zero: m.Zero, plural.One: m.One, plural.Two: m.Two, plural.Few: m.Few, plural.Many: m.Many,
	} {
		if source == "" {
			continue
		}
		f := parse(source)
		if strings.Contains(strings.Join(f.pieces, ""), "{{") {
			return nil, fmt.Errorf("%s: places to be filled in are such as {{.Name}}: %q", m.ID, source)
		}
		switch {
		case which == plural.Other:
			t.usual = f
		case t.special == nil:
			t.special = map[plural.Form]form{which: f}
		default:
			t.special[which] = f
		}
	}
	return t, nil
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func parse(source string) form {
	var f form
	rest := source
	for {
		before, name, after, found := cutPlace(rest)
		f.pieces = append(f.pieces, before)
		if !found {
			break
		}
		f.places = append(f.places, name)
		rest = after
	}
	f.escaped = f.pieces
	if html.EscapeString(source) != source {
		f.escaped = make([]string, len(f.pieces))
		for i, piece := range f.pieces {
			f.escaped[i] = html.EscapeString(piece)
		}
	}
	return f
}

// cutPlace cuts source around the first place to be filled in, which is {{.Name}} with
// nothing but letters of ASCII for its name. Without one, before is all of source.
func cutPlace(source string) (before, name, after string, found bool) {
	for from := 0; ; from++ {
		i := strings.Index(source[from:], "{{.")
		if i < 0 {
			return source, "", "", false
		}
		from += i
		name, after, closed := strings.Cut(source[from+len("{{."):], "}}")
		if closed && name != "" && strings.Trim(name, letters) == "" {
			return source[:from], name, after, true
		}
	}
}

// places are what all forms together have to be filled in.
func (t *text) places() []string {
	all := slices.Clone(t.usual.places)
	for _, f := range t.special {
		all = append(all, f.places...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// counted returns the form for n things, the usual one where there is no other.
func (t *text) counted(n int64) *form {
	which := plural.Cardinal.MatchPlural(t.tag, int(n%1e7), 0, 0, 0, 0) // as its documentation asks
	if f, ok := t.special[which]; ok {
		return &f
	}
	return &t.usual
}

// fill puts a text together. value says what is in a place.
func fill(pieces, places []string, value func(name string) string) string {
	if len(places) == 0 {
		return pieces[0]
	}
	var b strings.Builder
	for i, name := range places {
		b.WriteString(pieces[i])
		b.WriteString(value(name))
	}
	b.WriteString(pieces[len(places)])
	return b.String()
}

// Fill puts args in the places of source, which has them as {{.Name}}.
func Fill(source string, args map[string]string) string {
	if len(args) == 0 {
		return source
	}
	f := parse(source)
	return fill(f.pieces, f.places, func(name string) string { return args[name] })
}
