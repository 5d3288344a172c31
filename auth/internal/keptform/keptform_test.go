package keptform_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/okta-gin/auth/internal/keptform"
)

// TestNamesOfSecrets holds which fields are shown: by words, not by letters that happen
// to be in one.
func TestNamesOfSecrets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"password": "secret", "newPassword": "secret", "user[password_confirmation]": "secret", "PASSWD": "secret", "pin": "secret", "pinCode": "secret",
		"api_key": "secret", "apiKey": "secret", "x-api-key": "secret", "clientSecret": "secret", "card-number": "secret", "cvv2": "secret", "token": "secret", "otp": "secret", "accessToken": "secret",
		"csrf_token": "token", "X-CSRF-Token": "token", "__RequestVerificationToken": "token", "authenticity_token": "token", "_token": "token", "gorilla.csrf.Token": "token",
		"": "shown", "name": "shown", "secretary": "shown", "spinner": "shown", "opinion": "shown", "compass": "shown", "tokens_left": "shown", "key": "shown", "パス": "shown", "card": "shown",
	} {
		got := "shown"
		if keptform.Token(name) {
			got = "token"
		} else if keptform.Secret(name) {
			got = "secret"
		}
		if got != want {
			t.Errorf("%q is %s, want %s", name, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", []byte("a=1&b=%zz&=&%00=\xff&password=x"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--x--"))
	f.Add("multipart/form-data", []byte("--"))
	f.Add("text/plain; charset=utf-16", []byte("a=1\x00"))
	f.Add("", []byte("a"))
	f.Add("multipart/form-data; boundary=\"\"", []byte("--\r\n\r\n"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		fields, files, text, _ := keptform.Parsed(contentType, body)
		if len(fields)+len(files) > keptform.MaxFields {
			t.Errorf("%d fields and files", len(fields)+len(files))
		}
		for _, field := range fields {
			if !utf8.ValidString(field.Name+field.Value) || strings.Contains(field.Name+field.Value, "\x00") || field.Secret && field.Value != "" {
				t.Errorf("%+v", field)
			}
		}
		if !utf8.ValidString(text) {
			t.Errorf("%q", text)
		}
	})
}

// FuzzConfirmed holds that to look for the button's request leaves a body as it was.
func FuzzConfirmed(f *testing.F) {
	for _, body := range []string{"", "okta_kept_form=abc", "okta_kept_form=abc&a=1", "okta_kept_form=", "a=1", "okta_kept_form=" + strings.Repeat("x", 100)} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		name, ok := keptform.Confirmed(r)
		if ok != (name != "" && len(name) <= 64 && (body == "okta_kept_form="+name || strings.HasPrefix(body, "okta_kept_form="+name+"&"))) {
			t.Errorf("%q: %q %v", body, name, ok)
		}
		if again, okAgain := keptform.Confirmed(r); again != name || okAgain != ok {
			t.Errorf("%q, looked at twice: %q %v", body, again, okAgain)
		}
		if rest, err := io.ReadAll(r.Body); err != nil || !bytes.Equal(rest, []byte(body)) {
			t.Errorf("%q became %q, %v", body, rest, err)
		}
	})
}
