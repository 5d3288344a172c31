package auth_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

// host is an adopter's app with one closed page.
func widgetHost(t *testing.T, o auth.Options) http.Handler {
	t.Helper()
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "not-a-secret",
		"OKTA_ENGINE": "identity", "CORS_ALLOWED_ORIGINS": "https://spa.example",
		"SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	})
	if err != nil {
		t.Fatal(err)
	}
	o.Log = slog.New(slog.DiscardHandler)
	a, err := auth.New(cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	if err := a.Mount(engine); err != nil {
		t.Fatal(err)
	}
	engine.GET("/closed", a.RequireLogin(), func(c *gin.Context) { c.String(http.StatusOK, "inside") })
	return engine
}

func get(app http.Handler, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	return w
}

const customPath = "/authorization-code/login-custom"

func TestWidgetByOneOption(t *testing.T) {
	t.Parallel()
	app := widgetHost(t, auth.Options{Widget: true, Paths: auth.Paths{Login: "/sign-in"}})
	if got := get(app, "/closed").Header().Get("Location"); got != customPath+"?return_to=%2Fclosed" {
		t.Errorf("a closed page leads to %q", got)
	}
	if got := get(app, "/sign-in?return_to=%2Fclosed").Header().Get("Location"); got != customPath+"?return_to=%2Fclosed" {
		t.Errorf("the short name leads to %q", got)
	}
	if got := get(widgetHost(t, auth.Options{}), "/closed").Header().Get("Location"); !strings.HasPrefix(got, "/authorization-code/login-redirect") {
		t.Errorf("without it a closed page leads to %q", got)
	}
}

func TestWidgetInTheDefaultLook(t *testing.T) {
	t.Parallel()
	app := widgetHost(t, auth.Options{Widget: true})
	w := get(app, customPath)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="sign-in-widget"`) || !strings.Contains(w.Body.String(), "<h1") {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'nonce-") || !strings.Contains(csp, "connect-src 'self' https://acme.okta.com;") {
		t.Errorf("policy %q", csp)
	}
	for query, want := range map[string]string{"": "same-origin", "?display=popup&origin=https%3A%2F%2Fspa.example": ""} {
		if got := get(app, customPath+query).Header().Get("Cross-Origin-Opener-Policy"); got != want {
			t.Errorf("%q: opener policy %q, want %q", query, got, want)
		}
	}
}

func TestWidgetInTheAppsOwnLook(t *testing.T) {
	t.Parallel()
	app := widgetHost(t, auth.Options{Widget: true, Look: lookFunc(func(c *gin.Context, status int, page auth.Page) error {
		shown, ok := page.(auth.WidgetPage)
		if !ok {
			return auth.ErrDefaultLook
		}
		if shown.Nonce == "" || !strings.Contains(shown.Policy, shown.Nonce) {
			return errors.New("the policy does not allow the nonce")
		}
		c.Header("Content-Security-Policy", shown.Policy+"; media-src 'self'")
		c.Data(status, "text/html", []byte("<head>"+shown.Head+"</head><body class=ours>"+shown.Body+"</body>"))
		return nil
	})})
	w := get(app, customPath)
	if !strings.Contains(w.Body.String(), "<body class=ours>") || !strings.Contains(w.Header().Get("Content-Security-Policy"), "media-src") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %v: %s", w.Code, w.Header(), w.Body)
	}
}
