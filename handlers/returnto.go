package handlers

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxReturnTo keeps an attempt's cookie small.
const maxReturnTo = 1000

// localPath accepts a path of this origin, with or without a query, and nothing
// that any browser or proxy could take for another place: no scheme, no host, no
// backslash, no control character, and no "//" that might come to the front once
// escapes and dots are resolved.
func localPath(s string) bool {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return false
	}
	if strings.Contains(s, `\`) || hasControl(s) || !utf8.ValidString(s) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.Fragment != "" {
		return false
	}
	return !strings.Contains(u.Path, "//") && !strings.Contains(u.Path, `\`) && !hasControl(u.Path)
}
