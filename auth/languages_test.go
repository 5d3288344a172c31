package auth_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

// An app adds Dutch and says "Log in" where sign-in would say "Sign in". Usually the
// files are in an embed.FS.
func ExampleOptions_texts() {
	files := fstest.MapFS{
		"nl.toml": {Data: []byte("[language]\nname = \"Nederlands\"\n[frame]\nsign_in = \"Inloggen\"\n[shop]\ncart = \"Winkelwagen\"")},
		"en.toml": {Data: []byte("[frame]\nsign_in = \"Log in\"\n[shop]\ncart = \"Cart\"")},
	}
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa1client", "OKTA_OAUTH2_CLIENT_SECRET": "4f1c8e07b92d65a3",
		"SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	okta, err := auth.New(cfg, auth.Options{Texts: []fs.FS{files}})
	if err != nil {
		fmt.Println(err)
		return
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/", func(c *gin.Context) {
		words := okta.Words(c)
		c.String(http.StatusOK, "%s: %s, %s", words.Tag(), words.Text("frame.sign_in"), words.Text("shop.cart"))
	})
	for _, languages := range []string{"en", "nl-BE, en;q=0.5"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", languages)
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		fmt.Println(w.Body)
	}
	// Output:
	// en: Log in, Cart
	// nl: Inloggen, Winkelwagen
}
