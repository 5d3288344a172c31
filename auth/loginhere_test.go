package auth_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

// linkLook is a look whose pages are the link of LoginHere alone.
type linkLook struct{ okta **auth.Auth }

func (l linkLook) Show(c *gin.Context, status int, _ auth.Page) error {
	c.String(status, "%s", (*l.okta).LoginHere(c))
	return nil
}

func TestLoginHere(t *testing.T) {
	t.Parallel()
	for base, prefix := range map[string]string{"http://localhost:8080": "", "http://localhost:8080/portal": "/portal"} {
		cfg, err := config.Load(map[string]string{
			"BASE_URL": base, "OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oaExample",
			"OKTA_OAUTH2_CLIENT_SECRET": "a-secret-of-thirty-two-characters!",
		})
		if err != nil {
			t.Fatal(err)
		}
		var okta *auth.Auth
		okta, err = auth.New(cfg, auth.Options{
			Log: slog.New(slog.DiscardHandler), Look: linkLook{&okta}, Paths: auth.Paths{Login: "/login", Logout: "/logout"},
		})
		if err != nil {
			t.Fatal(err)
		}
		engine := gin.New()
		if err := okta.Mount(engine); err != nil {
			t.Fatal(err)
		}
		engine.NoRoute(func(c *gin.Context) { okta.Fail(c, auth.NotFound()) })

		login := prefix + "/authorization-code/login-redirect"
		for path, want := range map[string]string{
			"/":           login,
			"/tea?page=2": login + "?return_to=" + escaped(prefix) + "%2Ftea%3Fpage%3D2",
			"/tea/%2F/x":  login + "?return_to=" + escaped(prefix) + "%2Ftea%2F%252F%2Fx",
			"/login?a=b":  login,
			"/logout?a=b": login,
			"/authorization-code/callback?code=secret&state=mine": login,
			"/authorization-code/signed-out":                      login,
		} {
			for _, asked := range []string{path, prefix + path} {
				w := httptest.NewRecorder()
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				r.URL.Path, r.RequestURI, r.Host = "/nowhere", asked, "localhost:8080"
				c := gin.CreateTestContextOnly(w, engine)
				c.Request = r
				if got := okta.LoginHere(c); got != want {
					t.Errorf("%s: %s at %s leads to %s, want %s", base, path, asked, got, want)
				}
			}
		}

		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, base+"/authorization-code/callback?code=secret&state=mine", nil))
		if w.Code != http.StatusBadRequest || w.Body.String() != login {
			t.Errorf("the callback's page: %d leads to %s, want %s", w.Code, w.Body, login)
		}
	}
}

func escaped(prefix string) string {
	if prefix == "" {
		return ""
	}
	return "%2Fportal"
}
