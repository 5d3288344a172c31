package web

import (
	"net/http"
	"strings"
)

// apiPrefix is where programs are at home: a request below it is never answered
// with a page.
const apiPrefix = "/api/"

// IsAPI reports whether r asks for something below /api/.
func (s Site) IsAPI(r *http.Request) bool { return strings.HasPrefix(s.Path(r), apiPrefix) }

// IsProgram tells programs from people. Programs get a status and JSON, never a
// page and never a redirect to a sign-in, which they could not follow. Where a
// browser says what it is about (Fetch Metadata), that decides, whatever a gateway
// has added; else the headers do that scripts and programs send.
func (s Site) IsProgram(r *http.Request) bool {
	if s.IsAPI(r) {
		return true
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode != "navigate"
	}
	for _, scheme := range []string{"Bearer", "DPoP"} {
		if _, token := CutScheme(r.Header.Get("Authorization"), scheme); token {
			return true
		}
	}
	for _, name := range []string{"X-Requested-With", "Hx-Request", "Upgrade"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	accept := r.Header.Get("Accept")
	wantsData := strings.Contains(accept, "json") || strings.Contains(accept, "text/event-stream")
	return wantsData && !strings.Contains(accept, "text/html")
}

// IsScript reports whether a script in a browser sent r, by Fetch Metadata.
func IsScript(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return mode != "" && mode != "navigate"
}

// IsNavigation reports whether r is a person's way to a page.
func (s Site) IsNavigation(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !s.IsProgram(r)
}

// IsSpeculative reports whether a browser, or what shows a preview of a link, asks
// for a page that nobody has asked to see yet.
func IsSpeculative(r *http.Request) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		purpose := strings.ToLower(r.Header.Get(name))
		if strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "prerender") || strings.Contains(purpose, "preview") {
			return true
		}
	}
	return false
}

// OnlyLooks reports whether r is to change nothing and use nothing up: nobody is
// waiting for the page.
func OnlyLooks(r *http.Request) bool { return r.Method == http.MethodHead || IsSpeculative(r) }

// CutScheme takes scheme off an Authorization header. ok is false if it is of
// another one.
func CutScheme(header, scheme string) (credentials string, ok bool) {
	first, rest, _ := strings.Cut(header, " ")
	return strings.TrimLeft(rest, " "), strings.EqualFold(first, scheme)
}
