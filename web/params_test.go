package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

func TestQueryParams(t *testing.T) {
	t.Parallel()
	for query, ok := range map[string]bool{
		"":                true,
		"a=b&c=d":         true,
		"a":               true,
		"a=%C3%A9":        true,
		"a=b&a=c":         false,
		"a&a":             false,
		"a=b;c=d":         false,
		"a=%zz":           false,
		"a%00=b":          false,
		"a=%0a":           false,
		"state=x&STATE=y": true,
	} {
		p, err := web.QueryParams(&http.Request{URL: asked("GET", "/").URL.JoinPath()})
		if err != nil || p.Has("a") {
			t.Fatal(err)
		}
		r := asked("GET", "/")
		r.URL.RawQuery = query
		if _, err := web.QueryParams(r); (err == nil) != ok {
			t.Errorf("%q: %v", query, err)
		} else if err != nil && problem(t, err).Status != http.StatusBadRequest {
			t.Errorf("%q: %+v", query, err)
		}
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	r := asked("GET", "/")
	r.URL.RawQuery = "a=b&empty=&text=x%0ay"
	p, err := web.QueryParams(r, "text")
	if err != nil {
		t.Fatal(err)
	}
	if p.Get("a") != "b" || !p.Has("empty") || p.Has("none") || p.Get("none") != "" {
		t.Errorf("%v", p)
	}
	if got := p.Get("text"); got != "x\ny" {
		t.Errorf("a text came as %q", got)
	}
	if _, err := web.QueryParams(r); err == nil || problem(t, err).Status != http.StatusBadRequest {
		t.Errorf("a line break in what is no text: %v", err)
	}
}

func TestFormParams(t *testing.T) {
	t.Parallel()
	const kind = "application/x-www-form-urlencoded"
	for _, tt := range []struct {
		name, kind, body string
		status           int
	}{
		{"a form", kind, "a=b", 0},
		{"with a charset", kind + "; charset=UTF-8", "a=b", 0},
		{"nothing at all", "", "", 0},
		{"64 KB", kind, "a=" + strings.Repeat("b", 64<<10-2), 0},
		{"more", kind, "a=" + strings.Repeat("b", 64<<10), http.StatusRequestEntityTooLarge},
		{"JSON", "application/json", `{"a":"b"}`, http.StatusUnsupportedMediaType},
		{"multipart", "multipart/form-data; boundary=x", "--x--", http.StatusUnsupportedMediaType},
		{"no kind", "", "a=b", http.StatusUnsupportedMediaType},
		{"twice", kind, "a=b&a=c", http.StatusBadRequest},
		{"bad escape", kind, "a=%zz", http.StatusBadRequest},
	} {
		p, err := web.FormParams(httptest.NewRecorder(), form(tt.kind, tt.body))
		switch {
		case tt.status == 0 && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.status != 0 && (err == nil || problem(t, err).Status != tt.status):
			t.Errorf("%s: %v, %v", tt.name, p, err)
		}
	}
	r := form(kind, "a=b")
	r.URL.RawQuery = "a=query&c=d"
	p, err := web.FormParams(httptest.NewRecorder(), r)
	if err != nil || p.Get("a") != "b" || p.Has("c") {
		t.Errorf("the query counts: %v, %v", p, err)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.Use(a.answers.Limit)
	a.GET("/*any", func(c *gin.Context) { c.String(http.StatusOK, "fine") })
	cookie := func(size int) string { return "c=" + strings.Repeat("a", size-2) }
	for _, tt := range []struct {
		name    string
		target  string
		headers []string
		status  int
		reason  string
	}{
		{"nothing", "/", nil, http.StatusOK, ""},
		{"8 KB of query", "/?" + strings.Repeat("a", 8<<10), nil, http.StatusOK, ""},
		{"more", "/?" + strings.Repeat("a", 8<<10+1), nil, http.StatusRequestURITooLong, "query_too_long"},
		{"a cookie of 8 KB", "/", []string{"Cookie", cookie(8 << 10)}, http.StatusOK, ""},
		{"a larger one", "/", []string{"Cookie", cookie(8<<10 + 1)}, http.StatusRequestHeaderFieldsTooLarge, "cookies_too_large"},
		{"a larger one behind others", "/", []string{"Cookie", "a=b; " + cookie(9<<10)}, http.StatusRequestHeaderFieldsTooLarge, "cookies_too_large"},
		{"33 KB of cookies", "/", []string{"Cookie", strings.Repeat("a="+strings.Repeat("b", 998)+";", 33)}, http.StatusRequestHeaderFieldsTooLarge, "cookies_too_large"},
		{"31 KB of cookies", "/", []string{"Cookie", strings.Repeat("a="+strings.Repeat("b", 997)+";", 31)}, http.StatusOK, ""},
		{"control character", "/%00", nil, http.StatusBadRequest, "bad_request"},
		{"line break", "/x%0dy", nil, http.StatusBadRequest, "bad_request"},
		{"delete", "/x%7f", nil, http.StatusBadRequest, "bad_request"},
		{"Unicode", "/%C3%A9", nil, http.StatusOK, ""},
	} {
		w := a.ask("GET", tt.target, append([]string{"Accept", "application/json"}, tt.headers...)...)
		if w.Code != tt.status || tt.reason != "" && !strings.Contains(w.Body.String(), tt.reason) || tt.reason != "" && strings.Contains(w.Body.String(), "fine") {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
		}
	}
	r := asked("GET", "/", "Accept", "application/json")
	for range 5 {
		r.Header.Add("Cookie", cookie(8<<10))
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("40 KB in five headers: %d", w.Code)
	}
}
