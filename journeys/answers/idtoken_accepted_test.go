package answers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestIDTokenAccepted(t *testing.T) {
	t.Parallel()
	site := apptest.Start(t, apptest.Setup{})
	us, them := mockokta.DefaultClientID, "0oaSomeoneElse"
	tests := []apptest.TokenTest{
		{Name: "as it is"},
		{Name: "we alone in a list", Tamper: apptest.Claim("aud", []string{us})},
		{Name: "us and others, for us", Tamper: func(_ *apptest.App, _, claims apptest.Object) {
			claims["aud"], claims["azp"] = []string{them, us}, us
		}},
		{Name: "for us", Tamper: apptest.Claim("azp", us)},
		{Name: "expired within the leeway", Tamper: apptest.In(-time.Minute-50*time.Second, "exp")},
		{Name: "issued ahead within the leeway", Tamper: apptest.In(time.Minute+50*time.Second, "iat")},
		{Name: "valid from within the leeway", Tamper: apptest.In(time.Minute+50*time.Second, "nbf")},
		{Name: "no at_hash", Tamper: apptest.Without("at_hash")},
		{Name: "typ JWT", Tamper: apptest.Header("typ", "JWT")},
		{Name: "header of no meaning", Tamper: apptest.Header("x5t", "abc")},
		{Name: "claims of no meaning", Tamper: apptest.Claim("https://example.com/x", apptest.Object{"a": []any{1, nil}})},
		{Name: "auth_time unasked and odd", Tamper: apptest.Claim("auth_time", "long ago")},
		{Name: "thin", Tamper: func(_ *apptest.App, _, claims apptest.Object) {
			for name := range claims {
				if !slices.Contains([]string{"iss", "aud", "exp", "iat", "nonce", "sub"}, name) {
					delete(claims, name)
				}
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.Name, func(t *testing.T) {
			test.Apply(site)
			b := site.Browser()
			if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK || !b.SignedIn() {
				t.Fatalf("status %d: %s", r.StatusCode, r.Body)
			}
			profile := b.Get(apptest.ProfilePath).Page(t)
			for id, want := range map[string]string{"#claim-sub": "00u9mockAdaLove1a5d7", "#claim-email": testkit.Ada, "#claim-nickname": "Countess"} {
				if got := strings.TrimSpace(profile.Find(id).Text()); got != want {
					t.Errorf("%s: %q, want %q", id, got, want)
				}
			}
		})
	}
}

// A token without a key id is tried only with the one key there is.
func TestIDTokenWithoutKeyID(t *testing.T) {
	t.Parallel()
	oneKey := func(set apptest.Object) { set["keys"] = set["keys"].([]any)[:1] }
	noKeyID := func(header, _ apptest.Object) { delete(header, "kid") }
	app := apptest.Start(t, apptest.Setup{})
	app.Org.Set(func(k *mockokta.Knobs) { k.TamperKeys, k.TamperIDToken = oneKey, noKeyID })
	b := app.Browser()
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK || !b.SignedIn() {
		t.Errorf("one key: status %d", r.StatusCode)
	}
	app.Org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string { return app.Org.Forge(apptest.Part(raw, 1), apptest.Object{"kid": nil}) }
	})
	b = app.Browser()
	r := b.Get(b.ToCallback("/greet", testkit.Ada))
	apptest.CheckRefused(t, b, r, http.StatusUnauthorized, apptest.Unverified)
	checkCause(t, r, app, "the signature is wrong")
}
