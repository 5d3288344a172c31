package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/mockokta"
)

func TestIDTokenAccepted(t *testing.T) {
	t.Parallel()
	site := start(t, setup{})
	us, them := mockokta.DefaultClientID, "0oaSomeoneElse"
	tests := []tokenTest{
		{name: "as it is"},
		{name: "we alone in a list", tamper: claim("aud", []string{us})},
		{name: "us and others, for us", tamper: func(_ *app, _, claims object) {
			claims["aud"], claims["azp"] = []string{them, us}, us
		}},
		{name: "for us", tamper: claim("azp", us)},
		{name: "expired within the leeway", tamper: in(-time.Minute-50*time.Second, "exp")},
		{name: "issued ahead within the leeway", tamper: in(time.Minute+50*time.Second, "iat")},
		{name: "valid from within the leeway", tamper: in(time.Minute+50*time.Second, "nbf")},
		{name: "no at_hash", tamper: without("at_hash")},
		{name: "typ JWT", tamper: header("typ", "JWT")},
		{name: "header of no meaning", tamper: header("x5t", "abc")},
		{name: "claims of no meaning", tamper: claim("https://example.com/x", object{"a": []any{1, nil}})},
		{name: "auth_time unasked and odd", tamper: claim("auth_time", "long ago")},
		{name: "thin", tamper: func(_ *app, _, claims object) {
			for name := range claims {
				if !slices.Contains([]string{"iss", "aud", "exp", "iat", "nonce", "sub"}, name) {
					delete(claims, name)
				}
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.apply(site)
			b := site.browser()
			if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK || !b.signedIn() {
				t.Fatalf("status %d: %s", r.StatusCode, r.body)
			}
			profile := b.get(profilePath).page(t)
			for id, want := range map[string]string{"#claim-sub": "00u9mockAdaLove1a5d7", "#claim-email": ada, "#claim-nickname": "Countess"} {
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
	oneKey := func(set object) { set["keys"] = set["keys"].([]any)[:1] }
	noKeyID := func(header, _ object) { delete(header, "kid") }
	app := start(t, setup{})
	app.org.Set(func(k *mockokta.Knobs) { k.TamperKeys, k.TamperIDToken = oneKey, noKeyID })
	b := app.browser()
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK || !b.signedIn() {
		t.Errorf("one key: status %d", r.StatusCode)
	}
	app.org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string { return app.org.Forge(part(raw, 1), object{"kid": nil}) }
	})
	b = app.browser()
	r := b.get(b.toCallback("/greet", ada))
	checkRefused(t, b, r, http.StatusUnauthorized, unverified)
	checkCause(t, r, app, "the signature is wrong")
}

// What a step-up asked for must be in the ID token that answers it.
func TestIDTokenAnswersTheStepUp(t *testing.T) {
	t.Parallel()
	const second = "urn:okta:loa:2fa:any"
	site := start(t, setup{routes: func(auth further) {
		ok := func(c *gin.Context) { c.String(http.StatusOK, "inside") }
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR(second), ok)
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(5*time.Minute), ok)
	}})
	stronger := "A stronger or more recent sign-in is needed"
	tests := []struct {
		name, page string
		tamper     func(a *app, header, claims object)
		status     int
		heading    string
	}{
		{"acr as asked", "/strong", claim("acr", second), 200, ""},
		{"a stronger acr", "/strong", claim("acr", "phr"), 200, ""},
		{"no acr", "/strong", without("acr"), 403, stronger},
		{"a weaker acr", "/strong", claim("acr", "urn:okta:loa:1fa:any"), 403, stronger},
		{"an acr that Okta doesn't have", "/strong", claim("acr", "best"), 403, stronger},
		{"acr of another type", "/strong", claim("acr", []string{second}), 403, stronger},
		{"auth_time as asked", "/recent", in(-6*time.Minute, "auth_time"), 200, ""},
		{"too long ago", "/recent", in(-7*time.Minute-5*time.Second, "auth_time"), 403, stronger},
		{"no auth_time", "/recent", without("auth_time"), 401, unverified},
		{"auth_time of another type", "/recent", claim("auth_time", "now"), 403, stronger},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tokenTest{}.apply(site)
			b := site.browser()
			if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
				t.Fatalf("first sign-in: status %d", r.StatusCode)
			}
			site.clock.add(10 * time.Minute) // so that /recent asks again
			tokenTest{tamper: test.tamper}.apply(site)
			r := b.signIn(test.page, ada)
			if r.StatusCode != test.status || r.page(t).Find(".problem h1").Text() != test.heading {
				t.Errorf("status %d: %s", r.StatusCode, r.body)
			}
			if again := b.get(test.page); (again.StatusCode == http.StatusOK) != (test.status == http.StatusOK) {
				t.Errorf("then the page answers with status %d", again.StatusCode)
			}
		})
	}
}
