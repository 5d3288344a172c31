package config

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isPlain reports whether text is UTF-8 without control characters and line breaks.
func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp)
	})
}

// quotes are the straight and typographic ones that editors, shells and chats put around values.
const quotes = "\"'`´“”„‟‘’‚‛«»‹›′″＂＇"

// wrapped reports whether text begins and ends with a quote.
func wrapped(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	return text != "" && strings.ContainsRune(quotes, first) && strings.ContainsRune(quotes, last)
}

// quotedAtAnEnd reports whether text begins or ends with a quote.
func quotedAtAnEnd(text string) bool { return strings.Trim(text, quotes) != text }

// blank matches the blanks that documentation leaves in its examples.
var blank = regexp.MustCompile(`(?i)^[{<].*[}>]$|^\$\{.*\}$|^(…|\.\.\.)$|…$|^your[a-z_ -]*$|^(replace|change)[-_ ]?me$|x{8}`)

// blankInside matches those that stand inside a value, where it cannot be anything else.
var blankInside = regexp.MustCompile(`[{<].*[}>]|\.\.\.|…|//ORG\.|(?i)your-?okta-?domain`)

// isPlaceholder recognises the blanks of examples. A secret may be any text, so that only what is a
// blank as a whole counts.
func isPlaceholder(text string, secret bool) bool {
	return blank.MatchString(text) || !secret && blankInside.MatchString(text)
}
