package templates

import (
	"html/template"
	"strings"
	"time"

	"example.com/okta-gin/language"
)

// funcs are what templates in one language may use.
func funcs(words *language.Words) template.FuncMap {
	all := words.Funcs()
	all["status"] = func(constant string) string { return status(words, constant) }
	all["since"] = func(from, to time.Time) template.HTML { return since(words, from, to) }
	all["both"] = func() string {
		return words.Text("span.both", "Long", template.HTML("%1"), "Short", template.HTML("%2"))
	}
	return all
}

// iso is a time for machines, RFC 3339 in UTC.
func iso(t time.Time) string {
	return t.UTC().Format(time.RFC3339)
}

// since says how long it is from one time to another, as an element that a script keeps
// up to date.
func since(words *language.Words, from, to time.Time) template.HTML {
	return template.HTML(`<span data-since>` + template.HTMLEscapeString(words.Span(to.Sub(from))) + `</span>`)
}

// seconds is the whole number of seconds from one time to another, never below zero.
func seconds(from, to time.Time) int {
	return max(0, int(to.Sub(from)/time.Second))
}

// status says in words what Okta calls an account. A constant that is new here is made
// readable.
func status(words *language.Words, constant string) string {
	if id := "status." + constant; words.Has(id) {
		return words.Text(id)
	}
	return strings.ToLower(strings.ReplaceAll(constant, "_", " "))
}
