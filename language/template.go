package language

import (
	"fmt"
	"html"
	"html/template"
	"strings"
	"time"
)

// Funcs are what templates in this language may use: lang and dir for the page's frame, and
// languages, the buttons of the menu; t and markup, which are Text and HTML and fail without such a text; moment
// and span for times; mark, code, address and strong for values that markup is to put into an
// element of their own.
func (w *Words) Funcs() template.FuncMap {
	menu := w.menu()
	return template.FuncMap{
		"lang":      w.Tag,
		"dir":       w.Dir,
		"languages": func() template.HTML { return menu },
		"t": func(id string, args ...any) (string, error) {
			return w.Text(id, args...), w.check(id, args)
		},
		"markup": func(id string, args ...any) (template.HTML, error) {
			return w.HTML(id, args...), w.check(id, args)
		},
		"moment": w.momentElement,
		"span":   func(from, to time.Time) string { return w.Span(to.Sub(from)) },
		"mark": func(class, text string) template.HTML {
			return template.HTML(`<bdi class="` + html.EscapeString(class) + `">` + html.EscapeString(text) + `</bdi>`) // #nosec: escaped
		},
		"code": func(text string) template.HTML { return element("code", text) },
		"address": func(url string) template.HTML {
			return template.HTML(`<code dir="ltr">` + html.EscapeString(url) + `</code>`) // #nosec: escaped
		},
		"strong": func(n int64) template.HTML { return element("strong", w.Number(n)) },
	}
}

// menu is a button for each language, which sends its tag.
func (w *Words) menu() template.HTML {
	var b strings.Builder
	for _, other := range w.All() {
		current := ""
		if other == w {
			current = ` aria-current="true"`
		}
		fmt.Fprintf(&b, `<button name="language" value="%[1]s" lang="%[1]s" dir="%s"%s>%s</button>`+"\n", other.Tag(), other.Dir(), current, html.EscapeString(other.Name()))
	}
	return template.HTML(b.String()) // #nosec: tags are letters, digits and hyphens
}

// check reports a text that is not there, and a place in it that args have nothing for.
func (w *Words) check(id string, args []any) error {
	t := w.byID[id]
	if t == nil {
		return fmt.Errorf("there is no text %q", id)
	}
	for _, name := range t.usual.places {
		if valueOf(name, args) == nil {
			return fmt.Errorf("the text %q needs %s", id, name)
		}
	}
	return nil
}

// element is text in an element.
func element(name, text string) template.HTML {
	return template.HTML("<" + name + ">" + html.EscapeString(text) + "</" + name + ">") // #nosec: escaped
}

// momentElement is t as an element that scripts may put into the reader's time zone.
func (w *Words) momentElement(t time.Time) template.HTML {
	if t.IsZero() {
		return template.HTML(`<span class="quiet">` + html.EscapeString(w.Text("frame.unknown_time")) + `</span>`) // #nosec: escaped
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `">` + html.EscapeString(w.Moment(t)) + `</time>`) // #nosec: escaped
}
