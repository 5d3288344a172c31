package proxy_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestScriptsAlone holds that pages of other sites, links, forms and what browsers load
// by themselves reach no service, and that the app's own scripts do.
func TestScriptsAlone(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	const site, mode, dest = "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest"
	const own, form = "https://app.example.com", "application/x-www-form-urlencoded"
	tests := map[string]struct {
		method, headers string // NAME=VALUE, separated by |
		want            string // the reason of the refusal; "" for none
	}{
		"a script":                       {"GET", "", ""},
		"its change":                     {"POST", "Origin=" + own, ""},
		"its form data":                  {"POST", "Origin=" + own + "|Content-Type=multipart/form-data; boundary=x", ""},
		"of a front end":                 {"POST", "Origin=" + frontEnd + "|" + site + "=same-site", ""},
		"of a front end, to read":        {"GET", "Origin=" + frontEnd + "|" + site + "=same-site", ""},
		"of a sibling":                   {"GET", "Origin=https://evil.example.com|" + site + "=same-site", "cross_origin"},
		"of a sibling, without origin":   {"GET", site + "=same-site", "cross_origin"},
		"of another site":                {"POST", "Origin=https://evil.test|" + site + "=cross-site", "cross_origin"},
		"of another site, no-cors":       {"GET", site + "=cross-site|" + mode + "=no-cors", "cross_origin"},
		"of a sandbox":                   {"POST", "Origin=null|" + site + "=cross-site", "cross_origin"},
		"of the app on http":             {"POST", "Origin=http://app.example.com|" + site + "=", "cross_origin"},
		"of the app on another port":     {"POST", "Origin=" + own + ":444|" + site + "=same-site", "cross_origin"},
		"of what begins like the app":    {"POST", "Origin=" + own + ".evil.test|" + site + "=cross-site", "cross_origin"},
		"a click on a link":              {"GET", mode + "=navigate|" + dest + "=document|" + site + "=none", "scripts_only"},
		"a click, no more is said":       {"GET", mode + "=navigate|" + dest + "=", "scripts_only"},
		"a form of the app":              {"POST", "Origin=" + own + "|" + mode + "=navigate|" + dest + "=document|Content-Type=" + form, "scripts_only"},
		"a frame":                        {"GET", mode + "=navigate|" + dest + "=iframe", "scripts_only"},
		"a script element":               {"GET", mode + "=no-cors|" + dest + "=script", "scripts_only"},
		"an image":                       {"GET", mode + "=no-cors|" + dest + "=image", "scripts_only"},
		"a worker":                       {"GET", mode + "=same-origin|" + dest + "=serviceworker", "scripts_only"},
		"an old browser's page":          {"GET", site + "=|" + mode + "=|" + dest + "=|Accept=text/html,*/*", "scripts_only"},
		"an old browser's image":         {"GET", site + "=|" + mode + "=|" + dest + "=|Accept=image/avif,*/*", "scripts_only"},
		"an old browser's form":          {"POST", site + "=|" + mode + "=|" + dest + "=|Origin=" + own + "|Content-Type=" + form, "scripts_only"},
		"an old browser's form, plain":   {"POST", site + "=|" + mode + "=|" + dest + "=|Content-Type=text/plain;x", "scripts_only"},
		"an old browser's form, no type": {"POST", site + "=|" + mode + "=|" + dest + "=", "scripts_only"},
		"an old browser's script":        {"POST", site + "=|" + mode + "=|" + dest + "=|Origin=" + own + "|Content-Type=application/json", ""},
		"an old browser's, by a header":  {"POST", site + "=|" + mode + "=|" + dest + "=|X-Requested-With=x|Content-Type=" + form, ""},
		"an old browser's, from another": {"POST", site + "=|" + mode + "=|" + dest + "=|Origin=https://evil.test|Content-Type=application/json", "cross_origin"},
		"a program":                      {"GET", site + "=|" + mode + "=|" + dest + "=|Accept=*/*", ""},
		"a deletion":                     {"DELETE", site + "=|" + mode + "=|" + dest + "=", ""},
	}
	for name, test := range tests {
		before := service.count()
		var headers []string
		for pair := range strings.SplitSeq(test.headers, "|") {
			if name, value, ok := strings.Cut(pair, "="); ok {
				headers = append(headers, name, "", name, value)
			}
		}
		got := a.do(test.method, route, nil, headers...)
		if served := service.count() > before; served != (test.want == "") {
			t.Errorf("%s: reached the service: %v", name, served)
		}
		if test.want != "" {
			got.refuses(t, http.StatusForbidden, test.want)
		}
	}
	a.do(http.MethodGet, route+"?a=b&access%5Ftoken=x", nil).refuses(t, http.StatusBadRequest, "bad_request")
}

// TestFrontEndsBelowAPI holds that the front ends of other origins have what is below
// /api/ and nothing else.
func TestFrontEndsBelowAPI(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{route: "/orders"})
	a.do(http.MethodGet, "/orders", nil, "Origin", frontEnd).refuses(t, http.StatusForbidden, "cross_origin")
	if got := a.do(http.MethodGet, "/orders", nil, "Origin", site); got.StatusCode != http.StatusOK {
		t.Errorf("the app's own: %d", got.StatusCode)
	}
}
