package answers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// Sign-in goes on without userinfo, with what the ID token says.
func TestUserinfoFails(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	impatient := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_TIMEOUT": apptest.Impatient}})
	document := func(change func(apptest.Object)) func(*mockokta.Knobs) {
		return func(k *mockokta.Knobs) { k.TamperUserinfo = change }
	}
	tests := []struct {
		name string
		knob func(*mockokta.Knobs)
	}{
		{"unauthorized", apptest.Answer("userinfo", 401, "", "")},
		{"forbidden", apptest.Answer("userinfo", 403, "", "")},
		{"rate limit", func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "userinfo" } }},
		{"failure", apptest.Answer("userinfo", 500, jsonType, "{}")},
		{"a page", apptest.Answer("userinfo", 200, htmlType, "<h1>Hotel</h1>")},
		{"a list", apptest.Answer("userinfo", 200, jsonType, "[]")},
		{"null", apptest.Answer("userinfo", 200, jsonType, "null")},
		{"an empty object", apptest.Answer("userinfo", 200, jsonType, "{}")},
		{"2 MB", apptest.Answer("userinfo", 200, jsonType, `{"sub":"00u9mockAdaLove1a5d7","nickname":"`+strings.Repeat("x", 2<<20)+`"}`)},
		{"redirect", redirect("userinfo")},
		{"hang", hang("userinfo")},
		{"another person", document(func(o apptest.Object) { o["sub"] = "00u9mockGraceHop15d7" })},
		{"nobody", document(func(o apptest.Object) { delete(o, "sub") })},
		{"a person of another type", document(func(o apptest.Object) { o["sub"] = []string{"00u9mockAdaLove1a5d7"} })},
		{"the login as person", document(func(o apptest.Object) { o["sub"] = testkit.Ada })},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := app
			if test.name == "hang" {
				app = impatient
			}
			app.Org.Set(func(k *mockokta.Knobs) { wellAgain(k); test.knob(k) })
			b := app.Browser()
			r := b.Get(b.ToCallback("/greet", testkit.Ada))
			if r.StatusCode != http.StatusSeeOther || r.Location() != "/greet" {
				t.Fatalf("status %d to %q", r.StatusCode, r.Location())
			}
			warned := slices.ContainsFunc(app.Lines(r), func(line map[string]any) bool {
				text, _ := line["msg"].(string)
				return strings.HasPrefix(text, "userinfo failed") && line["level"] == "WARN"
			})
			if !warned {
				t.Error("nothing is logged")
			}
			page := b.Get(apptest.ProfilePath).Page(t)
			if got := strings.TrimSpace(page.Find("#claim-email").Text()); got != testkit.Ada {
				t.Errorf("email %q", got)
			}
			if page.Find("#claim-nickname").Length() != 0 {
				t.Errorf("nickname %q", page.Find("#claim-nickname").Text())
			}
		})
	}
}

// Userinfo speaks of the person; the ID token has the first word, and the only
// one on how they signed in.
func TestUserinfoDoesNotOverrideTheIDToken(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	said := apptest.Object{
		"email": "eve@evil.example", "name": "Eve", "iss": "https://evil.example", "aud": "other", "nonce": "n", "exp": 1, "iat": 1, "nbf": 1,
		"auth_time": 1, "acr": "phrh", "amr": []string{"hwk"}, "azp": "other", "at_hash": "h", "c_hash": "h", "jti": "j", "sid": "s", "idp": "i", "ver": 9,
	}
	app.Org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken = func(_, claims apptest.Object) {
			for _, name := range []string{"auth_time", "acr", "amr", "idp", "jti", "ver"} {
				delete(claims, name)
			}
		}
		k.TamperUserinfo = func(claims apptest.Object) {
			for name, value := range said {
				claims[name] = value
			}
		}
	})
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	page := b.Get(apptest.ProfilePath).Page(t)
	for id, want := range map[string]string{
		"#claim-email": testkit.Ada, "#claim-name": "Ada Lovelace", "#claim-iss": app.Org.Issuer(), "#claim-aud": mockokta.DefaultClientID, "#claim-nickname": "Countess",
	} {
		if got := strings.TrimSpace(page.Find(id).Text()); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for _, name := range []string{"auth_time", "acr", "amr", "azp", "c_hash", "jti", "sid", "idp", "ver", "nbf"} {
		if got := page.Find("#claim-" + name); got.Length() != 0 {
			t.Errorf("%s is taken from userinfo: %q", name, got.Text())
		}
	}
}
