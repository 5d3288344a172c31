package oktahttp

import (
	"strings"
	"unicode"
)

// maxQuoted bounds what an error quotes of an answer, in runes.
const maxQuoted = 200

// Quoted returns what an error may quote of an answer: OneLine of at most 200 runes.
func Quoted(text string) string { return OneLine(text, maxQuoted) }

// OneLine returns text as valid UTF-8 on one line of at most limit runes. Runs of
// white space and control characters become one space, bidirectional controls go.
func OneLine(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
