package okta

import (
	"errors"
	"testing"
	"time"
)

// FuzzTokenAnswer holds that a token answer is refused, or has an access token and a
// lifetime that is above nothing and below a century.
func FuzzTokenAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"a","token_type":"Bearer","expires_in":3600,"id_token":"x.y.z","refresh_token":"r"}`,
		`{"access_token":"a","expires_in":"3600"}`, `{"access_token":"a","expires_in":1e400}`, `{"access_token":"a","expires_in":-1}`,
		`{"access_token":"a","expires_in":9223372036854775807}`, `{"access_token":1,"token_type":[]}`, `{"access_token":"a","id_token":7}`,
		`{"access_token":"a","error":"invalid_grant"}`, `{"error":"invalid_grant"}`, `null`, `[]`, ``, `{"access_token":"a"} x`, `access_token=a`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		token, err := parseTokens(body)
		if err != nil {
			if refusal := new(Refusal); !errors.Is(err, ErrUntrusted) && !errors.As(err, &refusal) {
				t.Errorf("got %v", err)
			}
			return
		}
		if token.AccessToken == "" || lifetime(token) <= 0 || lifetime(token) > 100*365*24*time.Hour {
			t.Errorf("got %+v of %q", token, body)
		}
		if _, ok := token.Extra("id_token").(string); !ok {
			t.Errorf("the ID token of %q is no text", body)
		}
	})
}
