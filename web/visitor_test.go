package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/web"
)

// asked is a request with headers name, value, name, value.
func asked(method, target string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func TestIsProgram(t *testing.T) {
	t.Parallel()
	const page = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, tt := range []struct {
		name    string
		target  string
		headers []string
		want    bool
	}{
		{"a browser", "/", []string{"Accept", page, "Sec-Fetch-Mode", "navigate"}, false},
		{"an old browser", "/", []string{"Accept", page}, false},
		{"nothing said", "/", nil, false},
		{"anything", "/", []string{"Accept", "*/*"}, false},
		{"fetch", "/", []string{"Accept", "*/*", "Sec-Fetch-Mode", "cors"}, true},
		{"fetch that asks for a page", "/", []string{"Accept", page, "Sec-Fetch-Mode", "same-origin"}, true},
		{"an image", "/", []string{"Sec-Fetch-Mode", "no-cors"}, true},
		{"WebSocket, with Fetch Metadata", "/", []string{"Sec-Fetch-Mode", "websocket"}, true},
		{"a gateway adds a token to a navigation", "/", []string{"Accept", page, "Sec-Fetch-Mode", "navigate", "Authorization", "Bearer x"}, false},
		{"a gateway adds X-Requested-With to a navigation", "/", []string{"Accept", page, "Sec-Fetch-Mode", "navigate", "X-Requested-With", "gw"}, false},
		{"bearer", "/", []string{"Authorization", "bearer x"}, true},
		{"basic", "/", []string{"Authorization", "Basic x"}, false},
		{"X-Requested-With", "/", []string{"X-Requested-With", "XMLHttpRequest"}, true},
		{"HX-Request", "/", []string{"HX-Request", "true"}, true},
		{"event stream", "/", []string{"Accept", "text/event-stream"}, true},
		{"upgrade", "/", []string{"Upgrade", "websocket", "Connection", "Upgrade"}, true},
		{"Upgrade-Insecure-Requests is a browser's", "/", []string{"Upgrade-Insecure-Requests", "1", "Accept", page}, false},
		{"JSON", "/", []string{"Accept", "application/json"}, true},
		{"problem JSON", "/", []string{"Accept", "application/problem+json"}, true},
		{"JSON or a page", "/", []string{"Accept", "application/json, text/html;q=0.5"}, false},
		{"the API, whoever asks", "/api/me", []string{"Accept", page, "Sec-Fetch-Mode", "navigate"}, true},
		{"the API, below the site's path", "/portal/api/me", []string{"Accept", page}, true},
		{"no API", "/apis/me", []string{"Accept", page}, false},
		{"no API either", "/api", []string{"Accept", page}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := site(t, "https://app.example/portal")
			r := asked(http.MethodGet, tt.target, tt.headers...)
			if got := s.IsProgram(r); got != tt.want {
				t.Errorf("got %v", got)
			}
			if got := s.IsNavigation(r); got == tt.want {
				t.Errorf("navigation: %v", got)
			}
			if post := asked(http.MethodPost, tt.target, tt.headers...); s.IsNavigation(post) {
				t.Error("a POST is a navigation")
			}
		})
	}
}

func TestIsSpeculative(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		headers []string
		want    bool
	}{
		{"a person", nil, false},
		{"prefetch", []string{"Sec-Purpose", "prefetch"}, true},
		{"prerender", []string{"Sec-Purpose", "prefetch;prerender"}, true},
		{"anonymous", []string{"Sec-Purpose", "prefetch;anonymous-client-ip"}, true},
		{"old Chromium", []string{"Purpose", "prefetch"}, true},
		{"old Firefox", []string{"X-Moz", "prefetch"}, true},
		{"Safari", []string{"X-Purpose", "preview"}, true},
		{"in capitals", []string{"Sec-Purpose", "Prefetch"}, true},
		{"another purpose", []string{"Purpose", "fetch"}, false},
	} {
		if got := web.IsSpeculative(asked(http.MethodGet, "/", tt.headers...)); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestIsScript(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]bool{"": false, "navigate": false, "cors": true, "no-cors": true, "same-origin": true} {
		if got := web.IsScript(asked(http.MethodGet, "/", "Sec-Fetch-Mode", mode)); got != want {
			t.Errorf("%q: %v", mode, got)
		}
	}
}

func TestCutScheme(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		header, credentials string
		ok                  bool
	}{
		{"Bearer x", "x", true}, {"bearer   x", "x", true}, {"BEARER", "", true}, {"Bearer x y", "x y", true},
		{"Bearerx", "", false}, {"Basic x", "x", false}, {"", "", false},
	} {
		if got, ok := web.CutScheme(tt.header, "Bearer"); ok != tt.ok || ok && got != tt.credentials {
			t.Errorf("%q: %q, %v", tt.header, got, ok)
		}
	}
}
