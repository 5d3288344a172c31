// Program is no test, and signs somebody in by package authtest all the same.
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/authtest"
	"example.com/okta-gin/config"
)

// pretended passes for a test.
type pretended struct{ testing.TB }

func (pretended) Helper() {}

func main() {
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER":        "http://127.0.0.1:1/oauth2/default",
		"OKTA_OAUTH2_CLIENT_ID":     "0oaExample",
		"OKTA_OAUTH2_CLIENT_SECRET": "a-secret-of-thirty-two-characters!",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	okta, err := auth.New(cfg, auth.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := authtest.Request(pretended{}, okta, httptest.NewRequest(http.MethodGet, "/", nil), authtest.Person{})
	fmt.Println(r.Cookies())
}
