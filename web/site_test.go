package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/web"
)

func site(t testing.TB, baseURL string, proxies ...string) web.Site {
	t.Helper()
	var trusted []netip.Prefix
	for _, proxy := range proxies {
		trusted = append(trusted, netip.MustParsePrefix(proxy))
	}
	s, err := web.NewSite(baseURL, trusted)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewSite(t *testing.T) {
	t.Parallel()
	if _, err := web.NewSite("https://%zz", nil); err == nil {
		t.Error("accepted")
	}
	for _, tt := range []struct {
		baseURL, origin, base string
		secure                bool
	}{
		{"https://app.example", "https://app.example", "", true},
		{"https://app.example/", "https://app.example", "", true},
		{"http://localhost:8080/portal", "http://localhost:8080", "/portal", false},
		{"https://app.example/a/b/", "https://app.example", "/a/b", true},
	} {
		s := site(t, tt.baseURL)
		if s.Origin() != tt.origin || s.Base() != tt.base || s.Secure() != tt.secure {
			t.Errorf("%s: %s %s %v", tt.baseURL, s.Origin(), s.Base(), s.Secure())
		}
	}
}

func TestPathAndURL(t *testing.T) {
	t.Parallel()
	root, portal := site(t, "https://app.example"), site(t, "https://app.example/portal")
	for _, tt := range []struct {
		site            web.Site
		asked, path, ur string // what r asks for, Path of it, URL of that
	}{
		{root, "/", "/", "/"},
		{root, "/portal/x", "/portal/x", "/portal/x"},
		{portal, "/", "/", "/portal/"},
		{portal, "/portal", "/", "/portal/"},
		{portal, "/portal/", "/", "/portal/"},
		{portal, "/portal/x", "/x", "/portal/x"},
		{portal, "/x", "/x", "/portal/x"},
		{portal, "/portals", "/portals", "/portal/portals"},
		{portal, "/portal/portal/x", "/portal/x", "/portal/x"}, // the path of a URL is the site's, once
		{portal, "/PORTAL/x", "/PORTAL/x", "/portal/PORTAL/x"},
	} {
		path := tt.site.Path(httptest.NewRequest(http.MethodGet, tt.asked, nil))
		if path != tt.path || tt.site.URL(path) != tt.ur {
			t.Errorf("%s%s: path %s, URL %s, want %s and %s", tt.site.Base(), tt.asked, path, tt.site.URL(path), tt.path, tt.ur)
		}
		if got := tt.site.URL(tt.site.URL(path)); got != tt.ur {
			t.Errorf("twice: %s", got)
		}
	}
	if got := portal.Absolute("/x"); got != "https://app.example/portal/x" {
		t.Errorf("absolute: %s", got)
	}
	if got := portal.URL("/portal?x=1"); got != "/portal?x=1" {
		t.Errorf("with a query: %s", got)
	}
}

func TestAsked(t *testing.T) {
	t.Parallel()
	portal := site(t, "https://app.example/portal")
	for _, tt := range []struct{ target, want string }{
		{"/x?a=b", "/portal/x?a=b"},
		{"/portal/x?a=b", "/portal/x?a=b"},
		{"/a%2Fb;c?q=100%&r=%zz", "/portal/a%2Fb;c?q=100%&r=%zz"},
		{"http://evil.example/x?a=b", "/portal/x?a=b"},
		{"/%C3%A9", "/portal/%C3%A9"},
	} {
		if got := portal.Asked(httptest.NewRequest(http.MethodGet, tt.target, nil)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.target, got, tt.want)
		}
	}
	inTest := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/x", RawQuery: "a=b"}}
	if got := portal.Asked(inTest); got != "/portal/x?a=b" {
		t.Errorf("a request without a target: %s", got)
	}
}

func TestStrip(t *testing.T) {
	t.Parallel()
	var got *http.Request
	next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })
	for _, tt := range []struct{ base, asked, path, raw string }{
		{"", "/portal/x", "/portal/x", ""},
		{"/portal", "/portal/x?a=b", "/x", ""},
		{"/portal", "/portal", "/", ""},
		{"/portal", "/portal/a%2Fb", "/a/b", "/a%2Fb"},
		{"/portal", "/x", "/x", ""},
		{"/portal", "/portals", "/portals", ""},
		{"/portal", "/p%6Frtal/a%2Fb", "/a/b", "/p%6Frtal/a%2Fb"},
	} {
		r := httptest.NewRequest(http.MethodGet, tt.asked, nil)
		site(t, "https://app.example"+tt.base).Strip(next).ServeHTTP(nil, r)
		if got.URL.Path != tt.path || got.URL.RawPath != tt.raw || got.URL.RawQuery != r.URL.RawQuery || got.RequestURI != tt.asked {
			t.Errorf("%s below %s: %+v", tt.asked, tt.base, got.URL)
		}
		if !strings.HasPrefix(r.URL.Path, "/p") && tt.asked != "/x" {
			t.Errorf("the caller's request was changed: %s", r.URL.Path)
		}
	}
}

// TestLocal holds that a deep link is kept letter by letter, and that what leads
// elsewhere is refused.
func TestLocal(t *testing.T) {
	t.Parallel()
	root, portal := site(t, "https://app.example"), site(t, "https://app.example/portal")
	long := "/d/" + strings.Repeat("a", 2<<10)
	encoded := "/d?q=" + strings.Repeat("%C3%A9", 600)
	for _, tt := range []struct{ name, path, atRoot, atPortal string }{ // "" where it is refused
		{"front page", "/", "/", "/portal/"},
		{"query", "/x?a=b&c", "/x?a=b&c", "/portal/x?a=b&c"},
		{"fragment", "/x?a=b#c?d/e//f", "/x?a=b#c?d/e//f", "/portal/x?a=b#c?d/e//f"},
		{"2 KB", long, long, "/portal" + long},
		{"3.6 KB of escapes", encoded, encoded, "/portal" + encoded},
		{"over 4 KB", "/" + strings.Repeat("a", 4<<10), "", ""},
		{"escapes", "/a%20b%2Fc%25", "/a%20b%2Fc%25", "/portal/a%20b%2Fc%25"},
		{"Unicode", "/é/日本?q=ü#ß", "/é/日本?q=ü#ß", "/portal/é/日本?q=ü#ß"},
		{"semicolons", "/a;b=c/d?e;f", "/a;b=c/d?e;f", "/portal/a;b=c/d?e;f"},
		{"backslash in the query", `/x?a=\b`, `/x?a=\b`, `/portal/x?a=\b`},
		{"backslash in the path", `/a\b`, "", ""},
		{"lone % in the query", "/x?q=100%", "/x?q=100%", "/portal/x?q=100%"},
		{"lone % in the path", "/100%", "", ""},
		{"lone % in the fragment", "/x#100%", "", ""},
		{"a URL in the query", "/x?u=https://evil.example//", "/x?u=https://evil.example//", "/portal/x?u=https://evil.example//"},
		{"a URL in the path", "/x/https://a.example", "/x/https://a.example", "/portal/x/https://a.example"},
		{"two slashes inside", "/a//b", "/a//b", "/portal/a//b"},
		{"colon", "/a:b", "/a:b", "/portal/a:b"},
		{"at sign", "/@evil.example", "/@evil.example", "/portal/@evil.example"},
		{"below the path already", "/portal/x", "/portal/x", "/portal/x"},
		{"the path itself", "/portal", "/portal", "/portal"},
		{"dots that stay", "/a/../b", "/a/../b", "/portal/a/../b"},
		{"dots that climb", "/../x", "/../x", ""},
		{"dots that climb out of the path", "/portal/../x", "/portal/../x", ""},
		{"escaped dots", "/portal/%2e%2e/x", "/portal/%2e%2e/x", ""},
		{"dots escaped twice", "/portal/%252e%252e/x", "/portal/%252e%252e/x", "/portal/%252e%252e/x"},
		{"escaped slash after dots", "/portal/..%2fx", "/portal/..%2fx", ""},
		{"dots in the query", "/portal/x?/../../y", "/portal/x?/../../y", "/portal/x?/../../y"},
		{"dots in the fragment", "/portal/x#/../../y", "/portal/x#/../../y", "/portal/x#/../../y"},
		{"nothing", "", "", ""},
		{"no slash", "x", "", ""},
		{"a query alone", "?x", "", ""},
		{"another host", "//evil.example", "", ""},
		{"another host, backslashes", `/\evil.example`, "", ""},
		{"another host, escaped", "/%2f/evil.example", "", ""},
		{"another host, escaped twice", "/%252fevil.example", "/%252fevil.example", "/portal/%252fevil.example"},
		{"another host, behind dots", "/a/..//evil.example", "", ""},
		{"another host, behind escaped dots", "/%2e%2e//evil.example", "", ""},
		{"another host, before dots", "//evil.example/../../x", "", ""},
		{"another host, before escaped dots", "//evil.example/%2e%2e/%2e%2e/x", "", ""},
		{"another host, before dots alone", "//evil.example/../..", "", ""},
		{"a host of dots", "//../x", "", ""},
		{"another host, escaped, before dots", "/%2fevil.example/../../x", "", ""},
		{"another host, backslash, before dots", `/%5cevil.example/../../x`, "", ""},
		{"another host, between dots", "/a/..//evil.example/../..", "", ""},
		{"another scheme", "https://evil.example", "", ""},
		{"script", "javascript:alert(1)", "", ""},
		{"tab", "/\t/evil.example", "", ""},
		{"line break", "/x\r\nSet-Cookie: a=b", "", ""},
		{"escaped line break in the path", "/x%0d%0a", "", ""},
		{"escaped line break in the query", "/x?a=%0d%0a", "/x?a=%0d%0a", "/portal/x?a=%0d%0a"},
		{"no UTF-8", "/\xff", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for s, want := range map[*web.Site]string{&root: tt.atRoot, &portal: tt.atPortal} {
				got, ok := s.Local(tt.path)
				if got != want || ok != (want != "") {
					t.Errorf("at %q: %q, %v, want %q", s.Base(), got, ok, want)
				}
			}
		})
	}
}

func TestHere(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, baseURL, host, proto, peer string
		want                             bool
	}{
		{"the right name", "https://app.example", "app.example", "", "203.0.113.9:1", true},
		{"in capitals", "https://app.example", "App.Example", "", "203.0.113.9:1", true},
		{"www", "https://app.example", "www.app.example", "", "203.0.113.9:1", false},
		{"another port", "http://localhost:8080", "localhost:8081", "", "127.0.0.1:1", false},
		{"a number for the name", "http://localhost:8080", "127.0.0.1:8080", "", "127.0.0.1:1", false},
		{"http, from a trusted proxy", "https://app.example", "app.example", "http", "10.0.0.7:1", false},
		{"HTTP, from a trusted proxy", "https://app.example", "app.example", "HTTP", "10.0.0.7:1", false},
		{"https, from a trusted proxy", "https://app.example", "app.example", "https", "10.0.0.7:1", true},
		{"http, from anybody", "https://app.example", "app.example", "http", "203.0.113.9:1", true},
		{"http where that is right", "http://localhost:8080", "localhost:8080", "http", "10.0.0.7:1", true},
		{"no name", "https://app.example", "", "", "203.0.113.9:1", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Host, r.RemoteAddr = tt.host, tt.peer
			r.Header.Set("X-Forwarded-Proto", tt.proto)
			if got := site(t, tt.baseURL, "10.0.0.0/8").Here(r); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
	if !(web.Site{}).Here(httptest.NewRequest(http.MethodGet, "/", nil)) {
		t.Error("the site at an unknown host is elsewhere")
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for peer, want := range map[string]string{
		"203.0.113.9:1":            "203.0.113.9",
		"[::ffff:203.0.113.9]:1":   "203.0.113.9",
		"[2001:db8:1:2::7]:1":      "2001:db8:1:2::/64",
		"[2001:db8:1:2:a:b:c:d]:1": "2001:db8:1:2::/64",
		"[2001:db8:1:3::7]:1":      "2001:db8:1:3::/64",
		"[fe80::1%eth0]:1":         "fe80::/64",
		"@":                        "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = peer
		if got := site(t, "https://app.example").Network(r); got != want {
			t.Errorf("%s: %q, want %q", peer, got, want)
		}
	}
}

func TestClient(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"alone", "203.0.113.9:1234", nil, "203.0.113.9"},
		{"IPv6", "[2001:db8::1]:1234", nil, "2001:db8::1"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.9]:1", nil, "203.0.113.9"},
		{"a Unix socket", "@", nil, ""},
		{"forged", "203.0.113.9:1", []string{"198.51.100.1"}, "203.0.113.9"},
		{"a trusted proxy", "10.0.0.7:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"a trusted proxy, and forged before", "10.0.0.7:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		{"two proxies", "10.0.0.7:1", []string{"1.1.1.1, 198.51.100.1, 10.0.0.8"}, "198.51.100.1"},
		{"two headers", "10.0.0.7:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"a trusted proxy that says nothing", "10.0.0.7:1", nil, "10.0.0.7"},
		{"proxies alone", "10.0.0.7:1", []string{"10.0.0.9"}, "10.0.0.9"},
		{"nonsense", "10.0.0.7:1", []string{"198.51.100.1, nonsense"}, "10.0.0.7"},
		{"empty", "10.0.0.7:1", []string{""}, "10.0.0.7"},
		{"with its port", "10.0.0.7:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"IPv6 with its port", "10.0.0.7:1", []string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		{"log injection", "10.0.0.7:1", []string{"198.51.100.1\nfake line"}, "10.0.0.7"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-For"] = tt.forwarded
			s := site(t, "https://app.example", "10.0.0.0/8")
			if got := s.Client(r); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got, want := s.FromProxy(r), strings.HasPrefix(tt.peer, "10."); got != want {
				t.Errorf("from a proxy: %v", got)
			}
		})
	}
}
