package proxy_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestNoOtherTarget holds that no spelling of an address leads anywhere but below the
// service's own path.
func TestNoOtherTarget(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{})
	tests := map[string]string{ // the target of the request line → what the service is asked for, "" for nothing
		route:                                 "/v1/orders",
		route + "/":                           "/v1/orders/",
		route + "/7?q=a+b&q=%2F..":            "/v1/orders/7?q=a+b&q=%2F..",
		route + "/a%2Fb":                      "/v1/orders/a%2Fb",
		route + "/100%25":                     "/v1/orders/100%25",
		route + "/a;v=1/b":                    "/v1/orders/a;v=1/b",
		route + "/...a/.well-known":           "/v1/orders/...a/.well-known",
		route + "/%C3%BC":                     "/v1/orders/%C3%BC",
		route + "/@evil.test/x":               "/v1/orders/@evil.test/x",
		route + "/http://evil.test":           "",
		route + "/http:%2F%2Fevil":            "",
		route + "?//evil.test/":               "/v1/orders?//evil.test/",
		"http://evil.test" + route:            "/v1/orders", // absolute-form: the host is not looked at
		"http://u:p@evil.test" + route + "/x": "/v1/orders/x",

		route + "?a=b#&c=d":                  "",
		route + "/7?#":                       "",
		route + "/..":                        "",
		route + "/../admin":                  "",
		route + "/a/../../admin":             "",
		route + "/./a":                       "",
		route + "/%2e%2e/admin":              "",
		route + "/.%2E/admin":                "",
		route + "/%2e%2e%2fadmin":            "",
		route + "/..%2fadmin":                "",
		route + "/%252e%252e/admin":          "",
		route + "/%252e%252e%252fadmin":      "",
		route + "/%25252e%25252e/admin":      "",
		route + "/%2525252e%2525252e/admin":  "",
		route + "/%252e%252e/%25zz":          "",
		route + `/..\admin`:                  "",
		route + "/..%5cadmin":                "",
		route + "/%5c%5cevil.test/x":         "",
		route + "/..;/admin":                 "",
		route + "/..;a=b/admin":              "",
		route + "/..%3b/admin":               "",
		route + "/..%20/admin":               "",
		route + "/.../admin":                 "",
		route + "//evil.test/x":              "",
		route + "/a//b":                      "",
		route + "/%2f%2fevil.test":           "",
		route + "/;/b":                       "",
		route + "/%00":                       "",
		route + "/a%0d%0aX-User:%20root":     "",
		route + "/a%250d%250aX-User:%20root": "",
		route + "/%7f":                       "",
		route + "/%c0%ae%c0%ae/admin":        "", // no UTF-8
		route + "/%EF%BC%8E%EF%BC%8E/admin":  "", // full-width dots
		route + "/%E2%80%A5/admin":           "", // a two dot leader
		route + "/..%EF%BC%8Fadmin":          "", // a full-width slash
		"/api/%6frders/x":                    "", // another spelling of the route itself
		"/api/orders%2fx":                    "",
		"/api/orders@evil.test/":             "",
		"/api/orders.evil.test/":             "",
		"/api/orders%23@evil.test/":          "",
		"/api/orders/%23/../x":               "",
		"//evil.test" + route:                "",
		"/x/.." + route:                      "",
	}
	for target, want := range tests {
		t.Run(target, func(t *testing.T) {
			before := service.count()
			conn, answer := a.dial("GET " + target + " HTTP/1.1\r\nHost: app.example.com\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\r\n")
			defer conn.Close()
			line, err := answer.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if service.count() > before {
				got = service.last().RequestURI
			}
			if got != want {
				t.Errorf("the service was asked for %q, want %q; the answer is %s", got, want, line)
			}
			if refused := strings.Contains(line, " 400 ") || strings.Contains(line, " 404 "); refused != (want == "") {
				t.Errorf("answered %s", line)
			}
		})
	}
}

// TestTargetAtTheRoot holds that a service without a path of its own has none but its own
// host either.
func TestTargetAtTheRoot(t *testing.T) {
	t.Parallel()
	service := &seen{}
	a := start(t, service, setup{path: "/"})
	for target, want := range map[string]string{"": "/", "/": "/", "/x": "/x", "//evil.test/x": "", "/%2fevil.test/x": "", `/\evil.test/x`: ""} {
		before := service.count()
		r := a.request(http.MethodGet, route, nil)
		r.URL.Opaque = route + target
		a.send(r)
		got := ""
		if service.count() > before {
			got = service.last().RequestURI
		}
		if got != want {
			t.Errorf("%q: the service was asked for %q, want %q", target, got, want)
		}
	}
}
