package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/web"
)

// FuzzLocal holds that what is accepted leads to this origin, for whoever
// reads it: net/url, a browser, or net/http's redirect.
func FuzzLocal(f *testing.F) {
	for _, seed := range []string{
		"/", "/greet?a=b", "//evil.example", `/\evil.example`, "/%2f%2fevil.example", "/..//evil.example", "/%2e%2e//evil.example", "/\t/evil.example",
		"/a/..//b", "https://evil.example", "javascript:alert(1)", "/@evil.example", "/%5cevil.example", "/\x00", "/é", "/%zz", "/#x", "/?//x", "//", "//?x", "%2f", "//@/", "/;//x",
		"//evil.example/../../x", "/%2fevil.example/../../x", "/#%0",
	} {
		f.Add(seed)
	}
	base, err := url.Parse("https://app.example/authorization-code/callback")
	if err != nil {
		f.Fatal(err)
	}
	site, err := web.NewSite("https://app.example", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s, ok := site.Local(s)
		if !ok {
			return
		}
		w := httptest.NewRecorder()
		http.Redirect(w, httptest.NewRequest(http.MethodGet, base.String(), nil), s, http.StatusSeeOther)
		for _, sent := range []string{s, w.Header().Get("Location")} {
			u, err := base.Parse(sent)
			if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil {
				t.Errorf("%q leads to %v, %v", sent, u, err)
			}
			if !strings.HasPrefix(sent, "/") || strings.HasPrefix(sent, "//") || strings.HasPrefix(asBrowsersRead(sent), "//") {
				t.Errorf("%q reads as %q", sent, asBrowsersRead(sent))
			}
			if decoded, err := url.PathUnescape(sent); err != nil && !strings.Contains(sent, "?") || strings.HasPrefix(asBrowsersRead(decoded), "//") {
				t.Errorf("%q decodes to %q, %v", sent, decoded, err)
			}
			if strings.ContainsAny(sent, "\r\n\x00") {
				t.Errorf("%q would end the header", sent)
			}
		}
	})
}

// asBrowsersRead follows the URL Standard (url.spec.whatwg.org, section 4.4) for
// http: tabs and line breaks are dropped, a backslash is a slash, and dots are
// resolved without making two slashes one.
func asBrowsersRead(s string) string {
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(s)
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, "#")
	var kept []string
	for _, segment := range strings.Split(s, "/")[1:] {
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}
