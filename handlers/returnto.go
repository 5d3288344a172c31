package handlers

import (
	"net/url"
	"path"
	"strings"
)

// maxReturnTo keeps an attempt's cookie small.
const maxReturnTo = 1000

// localPath accepts a path of this origin, with or without a query, and nothing
// that any browser could take for another place: no scheme, no host, no
// backslash, no control character, no "//" in front, also not after the dots
// are resolved.
func localPath(s string) bool {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") || strings.ContainsRune(s, '\\') || hasControl(s) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Fragment != "" {
		return false
	}
	return !strings.HasPrefix(s, "//") && !strings.HasPrefix(path.Clean(u.Path), "//") &&
		!strings.ContainsAny(u.Path, "\\") && !hasControl(u.Path) && !strings.HasPrefix(u.Path, "//")
}
