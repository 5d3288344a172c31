package auth_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// proxy passes requests on to app, under the name that the browser asked for and
// without the path strip.
func proxy(strip string) func(app *url.URL) http.Handler {
	return func(app *url.URL) http.Handler {
		return http.StripPrefix(strip, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(app)
			r.Out.Host = r.In.Host
		}})
	}
}

func TestBelowAPath(t *testing.T) {
	t.Parallel()
	app := func(at string, closeAll bool) func(*auth.Auth, *gin.Engine) http.Handler {
		return func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			group := r.Group(at)
			group.GET("/", say(okta, "front"))
			group.GET("/cart", okta.RequireLogin(), say(okta, "cart"))
			group.GET("/stock", say(okta, "stock"))
			if !closeAll {
				return okta.BelowBasePath(r)
			}
			closed, err := okta.CloseAll(r, auth.Open{at + "/": auth.Public})
			if err != nil {
				t.Fatal(err)
			}
			return okta.BelowBasePath(closed)
		}
	}
	for _, tt := range []struct {
		name  string
		front func(*url.URL) http.Handler
		app   func(*auth.Auth, *gin.Engine) http.Handler
	}{
		{"a proxy that strips the path", proxy("/portal"), app("", false)},
		{"a proxy that does not", proxy(""), app("", false)},
		{"no proxy", nil, app("", false)},
		{"everything closed, stripped", proxy("/portal"), app("", true)},
		{"everything closed, not stripped", proxy(""), app("", true)},
		{"the app's own routes are below the path", proxy(""), func(okta *auth.Auth, r *gin.Engine) http.Handler {
			app("/portal", false)(okta, r)
			return r
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{base: "/portal", front: tt.front, app: tt.app})
			b := h.browser()
			r, way := b.Visit("/cart", testkit.Ada)
			if r.Body != "cart for Ada Lovelace" || r.Request.URL.Path != "/portal/cart" {
				t.Fatalf("ended at %s: %d %q", r.Request.URL, r.StatusCode, r.Body)
			}
			origin := strings.TrimSuffix(h.URL, "/portal")
			for _, u := range way {
				if strings.HasPrefix(u, origin) && !strings.HasPrefix(u, h.URL+"/") {
					t.Errorf("the way leads out of the path: %s", u)
				}
			}
			if r := b.Get("/"); r.Body != "front for Ada Lovelace" {
				t.Errorf("front page: %d %q", r.StatusCode, r.Body)
			}
			if got := h.auth.LoginURL("/stock"); got != "/portal/authorization-code/login-redirect?return_to=%2Fportal%2Fstock" {
				t.Errorf("LoginURL is %s", got)
			}
			for _, path := range []string{"/stock", "/portal/stock"} {
				if r := b.Get(testkit.LoginPath + "?return_to=" + path); r.Location() != "/portal/stock" {
					t.Errorf("return_to=%s leads to %q", path, r.Location())
				}
			}
			confirm := b.Get(testkit.LogoutPath)
			if got := confirm.Page(t).Find("form").AttrOr("action", ""); got != "/portal"+testkit.LogoutPath {
				t.Errorf("the sign-out button posts to %s", got)
			}
			css := confirm.Page(t).Find(`link[rel="stylesheet"]`).AttrOr("href", "")
			if r := b.Get(origin + css); !strings.HasPrefix(css, "/portal/") || r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Content-Type"), "css") {
				t.Errorf("the stylesheet %s: %d", css, r.StatusCode)
			}
			out := b.Submit(confirm, nil)
			end, _ := b.Visit(origin+out.Onward(t), testkit.Ada)
			if end.Request.URL.Path != "/portal"+testkit.SignedOutPath || end.Request.URL.RawQuery != "" || !strings.Contains(end.Body, "You are signed out") {
				t.Errorf("sign-out ended at %s: %d", end.Request.URL, end.StatusCode)
			}
			if got := end.Page(t).Find("#login-button").AttrOr("href", ""); got != "/portal"+testkit.LoginPath {
				t.Errorf("the way back in is %s", got)
			}
		})
	}
}

// TestReturnToStaysBelowThePath holds that no way back climbs out of the site's path,
// to another app of the same host.
func TestReturnToStaysBelowThePath(t *testing.T) {
	t.Parallel()
	h := start(t, setup{base: "/portal", app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		return okta.BelowBasePath(r)
	}})
	for _, bad := range []string{
		"/portal/../x", "/portal/%2e%2e/x", "/portal/%2E./x", "/../x", "/%2e%2e/x", "/portal/..%2fx", "/portal/a/../../x",
		"/portal/..", "/portal//../../x", `/portal/..\x`, "//portal/x",
	} {
		if r := h.browser().Get(testkit.LoginPath + "?" + url.Values{"return_to": {bad}}.Encode()); r.StatusCode != http.StatusBadRequest {
			t.Errorf("return_to=%s: %d to %s", bad, r.StatusCode, r.Location())
		}
	}
	b := h.browser()
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for returnTo, want := range map[string]string{
		"/portalx":                     "/portal/portalx",
		"/portal":                      "/portal",
		"/portal/a/../b":               "/portal/a/../b",
		"/portal/a#/../../../../x":     "/portal/a#/../../../../x",
		"/portal/a?next=/../../../x/y": "/portal/a?next=/../../../x/y",
	} {
		if r := b.Get(testkit.LoginPath + "?" + url.Values{"return_to": {returnTo}}.Encode()); r.Location() != want {
			t.Errorf("return_to=%s leads to %q, want %q (%d)", returnTo, r.Location(), want, r.StatusCode)
		}
	}
}
