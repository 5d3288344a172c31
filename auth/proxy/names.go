package proxy

import (
	"net/http"
	"slices"
	"strings"
)

// names are names of headers, in their canonical form: whole ones, and what others
// begin with.
type names struct {
	whole  map[string]bool
	begins map[byte][]string // by their first letter
}

func (n names) has(name string) bool {
	return name != "" && (n.whole[name] || slices.ContainsFunc(n.begins[name[0]], func(prefix string) bool { return strings.HasPrefix(name, prefix) }))
}

// signs are what names of headers may hold beside letters, digits and - (RFC 9110 section
// 5.6.2). CGI and what came after it write all of them and - alike, so X_Real_Ip is X-Real-Ip.
const signs = "!#$%&'*+.^_`|~"

// removeFrom takes the headers of those names out of header.
func (n names) removeFrom(header http.Header) {
	for name := range header {
		plain := name
		if strings.ContainsAny(name, signs) {
			plain = http.CanonicalHeaderKey(strings.Map(dashed, name))
		}
		if n.has(plain) {
			delete(header, name)
		}
	}
}

func dashed(r rune) rune {
	if strings.ContainsRune(signs, r) {
		return '-'
	}
	return r
}

func beginnings(all ...string) map[byte][]string {
	m := make(map[byte][]string)
	for _, prefix := range all {
		prefix = http.CanonicalHeaderKey(prefix)
		m[prefix[0]] = append(m[prefix[0]], prefix)
	}
	return m
}

func set(all ...string) map[string]bool {
	m := make(map[string]bool, len(all))
	for _, name := range all {
		m[http.CanonicalHeaderKey(name)] = true
	}
	return m
}
