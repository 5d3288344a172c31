package doctor

import (
	"errors"
	"strings"
	"time"
	"unicode"
)

// maxSaid bounds what is quoted of an answer, in runes.
const maxSaid = 300

// plain returns somebody else's text on one line, of maxSaid runes at most, without
// what steers a terminal.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxSaid {
		return string(runes[:maxSaid]) + "…"
	}
	return string(runes)
}

// rounded is a length of time as people read it.
func rounded(d time.Duration) string { return d.Round(100 * time.Microsecond).String() }

// cause is the last of the errors that err wraps, which says most in the fewest words.
func cause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return plain(err.Error())
		}
		err = next
	}
}
