package proxy

import (
	"net/http"
	"slices"
	"strings"

	"example.com/okta-gin/web"
)

// scripts are whom a service is called for.
type scripts struct {
	site    web.Site
	origins []string // of front ends elsewhere
}

// check lets the scripts of the app's own pages pass, and below /api/ those of the front
// ends that the app names; and programs, which are nobody's browser.
func (s scripts) check(r *http.Request) error {
	site, mode, dest := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Dest")
	origin := r.Header.Get("Origin")
	switch {
	case mode == "navigate", dest != "" && dest != "empty" && dest != "websocket":
		return scriptsOnly()
	case origin != "":
		if !s.knows(origin, r) {
			return crossOrigin()
		}
	case site != "" && site != "same-origin":
		return crossOrigin()
	case isUpgrade(r): // browsers always say where a WebSocket comes from, and nothing else keeps other sites' pages out
		return crossOrigin()
	}
	if mode == "" && !s.showsScript(r) {
		return scriptsOnly()
	}
	return nil
}

// knows reports whether the scripts of pages of origin may send r.
func (s scripts) knows(origin string, r *http.Request) bool {
	return origin == s.site.Origin() || s.site.IsAPI(r) && slices.Contains(s.origins, origin)
}

// showsScript reports whether r, which says nothing of how it came about, is none that a
// page could have sent without a script: by a link, a form or an image.
func (s scripts) showsScript(r *http.Request) bool {
	if isUpgrade(r) || r.Header.Get("X-Requested-With") != "" {
		return true
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		accept := r.Header.Get("Accept")
		return !strings.Contains(accept, "text/html") && !strings.HasPrefix(accept, "image/")
	case http.MethodPost:
		kind, _, _ := strings.Cut(strings.ToLower(r.Header.Get("Content-Type")), ";")
		switch strings.TrimSpace(kind) {
		case "application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "":
			return false
		}
	}
	return true
}

// isUpgrade reports whether r asks for a WebSocket (RFC 6455).
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket") &&
		strings.Contains(strings.ToLower(strings.Join(r.Header["Connection"], ",")), "upgrade")
}

func scriptsOnly() *web.Problem {
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "This is for scripts",
		Detail: "What is here is asked for by this app's pages, not by opening it or by sending a form.", Reason: "scripts_only",
	}
}

func crossOrigin() *web.Problem {
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "That came from another site",
		Detail: "This app takes requests only from its own pages. Please try again from here.", Reason: "cross_origin",
	}
}
