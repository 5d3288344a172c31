package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// TestOpenedUnderAnotherName holds that a person who comes under another name than
// BASE_URL's ends where they wanted, signed in, on the right name, and has been to Okta
// once.
func TestOpenedUnderAnotherName(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), options: func(o *auth.Options) { o.Paths.Login = "/login" }})
	other := strings.Replace(h.URL, "localhost", "127.0.0.1", 1)
	for _, tt := range []struct{ target, end, body string }{
		{"/closed?x=1", "/closed?x=1", "Ada Lovelace "},
		{testkit.LoginPath, "/", "front for Ada Lovelace"},
		{"/login?return_to=/closed", "/closed", "Ada Lovelace "},
	} {
		b := h.browser()
		before := h.org.Count("authorize")
		r, way := b.Visit(other+tt.target, testkit.Ada)
		if r.Request.URL.String() != h.URL+tt.end || r.Body != tt.body {
			t.Errorf("%s ended at %s: %d %q", tt.target, r.Request.URL, r.StatusCode, r.Body)
		}
		if !strings.HasPrefix(way[1], h.URL+testkit.LoginPath) {
			t.Errorf("%s went by way of %v", tt.target, way)
		}
		if asked := h.org.Count("authorize") - before; asked > 2 { // before and after the password
			t.Errorf("%s was %d times at Okta's authorize endpoint", tt.target, asked)
		}
	}
}

// TestNothingIsBuiltFromHost holds that no answer of sign-in's repeats the name that a
// request claims to have come for.
func TestNothingIsBuiltFromHost(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	for _, headers := range [][]string{
		{"Host", "evil.example"},
		{"Host", "localhost.evil.example:80"},
		{"X-Forwarded-Host", "evil.example"},
		{"Forwarded", "host=evil.example;proto=https"},
		{"X-Forwarded-Prefix", "/evil.example"},
	} {
		for _, target := range []string{"/closed", testkit.LoginPath, testkit.LoginPath + "?return_to=/x", testkit.CallbackPath, testkit.CallbackPath + "?state=x&code=y", testkit.LogoutPath, testkit.SignedOutPath, testkit.SignedOutPath + "?state=x", testkit.LogoutPath + "?state=x"} {
			for _, method := range []string{"GET", "POST"} {
				b := h.browser()
				var form url.Values
				if method == "POST" {
					form = url.Values{}
				}
				r := b.Do(method, target, form, headers...)
				if strings.Contains(r.Location()+r.Body, "evil.example") {
					t.Errorf("%s %s with %v: %d to %q\n%s", method, target, headers, r.StatusCode, r.Location(), r.Body)
				}
				if l := r.Location(); l != "" && !strings.HasPrefix(l, "/") && !strings.HasPrefix(l, h.URL) && !strings.HasPrefix(l, h.org.URL()) {
					t.Errorf("%s %s with %v leads to %s", method, target, headers, l)
				}
			}
		}
	}
}

// TestOpenedByHTTP holds that who came by http, as a trusted proxy says, is sent to
// https before Okta is asked, and that nobody else is believed.
func TestOpenedByHTTP(t *testing.T) {
	t.Parallel()
	org := start(t, setup{})
	for _, tt := range []struct {
		name, proxies, proto string
		moved                bool
	}{
		{"http, from a trusted proxy", "192.0.2.0/24", "http", true},
		{"https, from a trusted proxy", "192.0.2.0/24", "https", false},
		{"nothing, from a trusted proxy", "192.0.2.0/24", "", false},
		{"http, from anybody", "203.0.113.0/24", "http", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			okta, err := auth.New(testkit.Load(t, testkit.Settings(org.org, "https://app.example", map[string]string{"TRUSTED_PROXIES": tt.proxies})), auth.Options{})
			if err != nil {
				t.Fatal(err)
			}
			r := gin.New()
			mount(t, okta, r)
			r.GET("/closed", okta.RequireLogin(), say(okta, "closed"))
			get := func(target string) string {
				req := httptest.NewRequest("GET", target, nil)
				req.Header.Set("X-Forwarded-Proto", tt.proto)
				w := httptest.NewRecorder()
				r.ServeHTTP(w, req)
				return w.Header().Get("Location")
			}
			login := "https://app.example" + testkit.LoginPath
			if got := get("https://app.example/closed"); strings.HasPrefix(got, login) != tt.moved || !strings.HasSuffix(got, testkit.LoginPath+"?return_to=%2Fclosed") {
				t.Errorf("a closed page leads to %s", got)
			}
			got := get(login)
			if strings.HasPrefix(got, login) != tt.moved {
				t.Errorf("the sign-in leads to %s", got)
			}
			for range 3 { // a proxy behind the one that speaks https may say so for ever
				if strings.HasPrefix(got, login) {
					got = get(got)
				}
			}
			if !strings.HasPrefix(got, org.org.URL()) {
				t.Errorf("sent round in circles: %s", got)
			}
		})
	}
}

// TestProxyThatHidesTheName holds that people sign in behind a proxy that passes on
// its own name for the app, as nginx does unless it is told otherwise.
func TestProxyThatHidesTheName(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), front: func(app *url.URL) http.Handler {
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(app) }}
	}})
	b := h.browser()
	for target, want := range map[string]string{"/closed": "Ada Lovelace ", testkit.LoginPath: "front for Ada Lovelace"} {
		if r, _ := b.Visit(target, testkit.Ada); r.Body != want {
			t.Errorf("%s: %d %q", target, r.StatusCode, r.Body)
		}
	}
	out := b.Submit(b.Get(testkit.LogoutPath), nil)
	if out.StatusCode != http.StatusOK || out.Onward(t) == "" {
		t.Errorf("sign-out: %d\n%s", out.StatusCode, out.Body)
	}
	if r := b.Get("/closed"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("signed in after sign-out: %d", r.StatusCode)
	}
}
