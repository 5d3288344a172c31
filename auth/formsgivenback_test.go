package auth_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestFormIsGivenBack holds that a form that can't be kept is shown before the trip to
// Okta, with the text to be copied, and that nothing goes on by itself.
func TestFormIsGivenBack(t *testing.T) {
	t.Parallel()
	large, largeBody := withFile(t, map[string]string{"title": "Trip to Rome", "password": "hunter2"}, "large.bin", make([]byte, 70<<10))
	truncated := largeBody[:len(largeBody)-200]
	many := strings.Repeat("a=1&", 600) + "z=2"
	text := "letter=" + strings.Repeat("Dear all ", 10_000)
	for _, tt := range []struct {
		name, target, contentType, body string
		headers                         []string
		status                          int
		shown, hidden                   []string
	}{
		{"a long text", "/notes", urlencoded, text, nil, http.StatusRequestEntityTooLarge, []string{"too large", strings.Repeat("Dear all ", 10_000)}, nil},
		{"a very long text", "/notes", urlencoded, text + text + text + text, nil, http.StatusRequestEntityTooLarge, []string{"too large", "Dear all Dear all"}, nil},
		{"a large file", "/notes", large, largeBody, nil, http.StatusRequestEntityTooLarge, []string{"Trip to Rome", "large.bin", "choose the files again", "not shown"}, []string{"hunter2"}},
		{"half a form", "/notes", large, truncated[:60<<10], nil, http.StatusRequestEntityTooLarge, []string{"Trip to Rome", "not all of it"}, nil},
		{"too many fields", "/notes", urlencoded, many, nil, http.StatusRequestEntityTooLarge, []string{"more fields", "not all of it"}, nil},
		{"another kind", "/notes", "application/xml", "<a>Rome</a>", nil, http.StatusUnsupportedMediaType, []string{"of a kind", "<a>Rome</a>"}, nil},
		{"no kind", "/notes", "", "a=Rome", nil, http.StatusUnsupportedMediaType, []string{"Rome"}, nil},
		{"a kind that can't be read", "/notes", "text/;;", "Rome", nil, http.StatusUnsupportedMediaType, []string{"Rome"}, nil},
		{"another name of the app", "/notes", urlencoded, "a=Rome", []string{"Host", "other.example"}, http.StatusUnauthorized, []string{"Rome"}, nil},
		{"an address that leads away", "//evil.example/notes", urlencoded, "a=Rome", nil, http.StatusUnauthorized, []string{"Rome"}, nil},
		{"read before, with a file", "/read-before", large, largeBody, nil, http.StatusUnsupportedMediaType, []string{"Trip to Rome"}, []string{"hunter2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := &arrivals{}
			h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				formApp(t, got)(okta, r)
				r.NoRoute(okta.RequireLogin())
				return nil
			}})
			b := h.expired(testkit.Ada)
			target := tt.target
			if strings.HasPrefix(target, "//") {
				target = h.URL + target
			}
			r := send(b, target, tt.contentType, tt.body, tt.headers...)
			p := r.Page(t)
			if r.StatusCode != tt.status || p.Find("h1").Text() != "Please copy what you sent" || r.Onward(t) != "" {
				t.Fatalf("%d, leads to %q: %.2000s", r.StatusCode, r.Onward(t), r.Body)
			}
			if (r.StatusCode == http.StatusUnauthorized) != (r.Header.Get("WWW-Authenticate") != "") {
				t.Errorf("WWW-Authenticate %q", r.Header.Get("WWW-Authenticate"))
			}
			for _, want := range tt.shown {
				if !strings.Contains(p.Find("main").Text(), want) {
					t.Errorf("%q is not shown in %.2000s", want, r.Body)
				}
			}
			for _, hidden := range tt.hidden {
				if strings.Contains(r.Body, hidden) {
					t.Errorf("%q is shown", hidden)
				}
			}
			if u, err := url.Parse(p.Find("a#go-on").AttrOr("href", "")); err != nil || !strings.HasPrefix(u.Path, testkit.LoginPath) {
				t.Errorf("the button leads to %s", u)
			}
			if slices.ContainsFunc(cookieNames(b), func(name string) bool { return strings.Contains(name, "_form_") }) {
				t.Error("kept all the same")
			}
			if strings.Contains(h.logs.String(), "Rome") || strings.Contains(h.logs.String(), "Dear all") {
				t.Error("the log knows what was sent")
			}
		})
	}
}

// TestFormReadBefore holds that a form which the host's middleware has read is kept too.
func TestFormReadBefore(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(testkit.Ada)
	page := after(b, send(b, "/read-before", urlencoded, "a=1&b=2"), testkit.Ada)
	if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].body != "a=1&b=2" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFilesOfNobody holds that files take knowing whose they are: anybody could fill the
// store with them.
func TestFilesOfNobody(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}, nil)
	kind, body := withFile(t, nil, "large.bin", make([]byte, 70<<10))
	if r := send(h.browser(), "/notes", kind, body); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("of nobody: %d", r.StatusCode)
	}
	if r := send(h.expired(testkit.Ada), "/notes", kind, body); r.Onward(t) == "" {
		t.Errorf("of somebody: %d", r.StatusCode)
	}
}

// TestFormWithoutItsStore holds that what can't be written down is given back.
func TestFormWithoutItsStore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h, _ := formHost(t, map[string]string{"REDIS_URL": server.URL()}, nil)
	b := h.browser()
	server.Kill()
	r := send(b, "/notes", urlencoded, "a=precious")
	if r.StatusCode != http.StatusUnauthorized || r.Onward(t) != "" || !strings.Contains(r.Body, "precious") {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}
