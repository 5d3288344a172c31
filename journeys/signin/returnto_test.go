package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func TestReturnTo(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	refused := map[string]string{
		"empty":                        "",
		"another origin":               "https://evil.example/",
		"this origin in full":          app.URL + "/greet",
		"without scheme":               "//evil.example",
		"a host before dots":           "//evil.example/../../greet",
		"a host before escaped dots":   "//evil.example/%2e%2e/%2E%2e/greet",
		"two slashes alone":            "//",
		"two slashes, query":           "//?a=b",
		"three slashes":                "///evil.example",
		"slash and backslash":          `/\evil.example`,
		"backslashes":                  `\\evil.example`,
		"backslash and slash":          `\/evil.example`,
		"backslash later":              `/greet\..\..\evil.example`,
		"escaped slashes":              "/%2f%2fevil.example?",
		"an escaped slash":             "/%2Fevil.example",
		"escaped backslash":            "/%5cevil.example",
		"dots before slashes":          "/..//evil.example",
		"escaped dots before slashes":  "/%2e%2e//evil.example",
		"a dot before slashes":         "/.//evil.example",
		"down and up to slashes":       "/a/..//evil.example",
		"tab between slashes":          "/\t/evil.example",
		"escaped tab between slashes":  "/%09/evil.example",
		"line break":                   "/greet\r\nX-Injected: 1",
		"escaped line break":           "/greet%0d%0aX-Injected: 1",
		"NUL":                          "/greet\x00",
		"script":                       "javascript:alert(1)",
		"script after a slash and tab": "\tjavascript:alert(1)",
		"data":                         "data:text/html,x",
		"no slash in front":            "greet",
		"host alone":                   "evil.example",
		"an empty user":                "//@/",
		"escaped slash in front":       "%2fgreet",
		"user and host":                "/@evil.example\\",
		"a query alone":                "?a=b",
		"bad escape":                   "/greet%zz",
		"bad escape in the fragment":   "/login?prompt=login#100%",
		"not UTF-8":                    "/greet?\xff",
		"far too long":                 "/" + strings.Repeat("a", 5000),
		"white space in front":         " /greet",
	}
	for name, returnTo := range refused {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := app.Browser()
			r := b.Get(testkit.LoginPath + "?return_to=" + url.QueryEscape(returnTo))
			apptest.CheckRefused(t, b, r, http.StatusBadRequest, apptest.NotUnderstood)
			if len(r.Cookies()) > 0 {
				t.Errorf("cookies %v", r.Cookies())
			}
		})
	}
	b := app.Browser()
	apptest.CheckRefused(t, b, b.Get(testkit.LoginPath+"?return_to=%2F"+strings.Repeat("a", 10<<10)), http.StatusRequestURITooLong, "That address is too long")

	accepted := map[string]string{ // and where it leads
		"/":                             "/",
		"/greet":                        "/greet",
		"/greet?a=b&c=https://x.test":   "/greet?a=b&c=https://x.test",
		"/greet?a=//evil.example":       "/greet?a=//evil.example",
		"/../greet":                     "/../greet",
		"/docs?x=1#part":                "/docs?x=1#part",
		"/a//b?c=//d":                   "/a//b?c=//d",
		"/page?q=100%":                  "/page?q=100%",
		"/page;v=1?a=1;b=2":             "/page;v=1?a=1;b=2",
		`/page?path=C:\dir`:             `/page?path=C:\dir`,
		"/dir%5Cfile":                   "/dir%5Cfile",
		"/@evil.example":                "/@evil.example",
		"/:80":                          "/:80",
		"/javascript:alert(1)":          "/javascript:alert(1)",
		"/%252f%252fevil.example":       "/%252f%252fevil.example",
		"/／／evil.example":               "/%ef%bc%8f%ef%bc%8fevil.example",
		"/\u2044\u2044evil.example":     "/%e2%81%84%e2%81%84evil.example",
		"/\u2028evil.example":           "/%e2%80%a8evil.example",
		"/；/evil":                       "/%ef%bc%9b/evil",
		"/" + strings.Repeat("a", 2047): "/" + strings.Repeat("a", 2047),
	}
	for returnTo, want := range accepted {
		t.Run(returnTo, func(t *testing.T) {
			t.Parallel()
			b := app.Browser()
			r := b.Get(b.ToCallback(testkit.LoginPath+"?return_to="+url.QueryEscape(returnTo), testkit.Ada))
			if r.StatusCode != http.StatusSeeOther || r.Location() != want {
				t.Fatalf("status %d to %q, want %q", r.StatusCode, r.Location(), want)
			}
			if next, err := r.Request.URL.Parse(r.Location()); err != nil || next.Host != r.Request.URL.Host {
				t.Errorf("it leads to %v", next)
			}
		})
	}
}

// A closed page's address comes back as it was asked for.
func TestDeepLink(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	for _, path := range []string{
		"/greet", "/greet?a=b&a=c", "/profile?q=%2F%2Fx", "/greet?x=%ff", "/greet?a;b=c", "/greet?100%", `/greet?a\b`, "/greet?" + strings.Repeat("x", 2040),
	} {
		b := app.Browser()
		r := b.SignIn(path, testkit.Ada)
		if got := r.Request.URL.RequestURI(); r.StatusCode != http.StatusOK || got != path {
			t.Errorf("%s: status %d at %s", path, r.StatusCode, got)
		}
	}
}
