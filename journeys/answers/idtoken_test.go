package answers_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// payload signs something else than the claims.
func payload(text string) func(*apptest.App, string) string {
	return func(a *apptest.App, _ string) string { return a.Org.SignRaw([]byte(text), nil) }
}

func instead(text string) func(*apptest.App, string) string {
	return func(*apptest.App, string) string { return text }
}

func base64url(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// checkCause reports where the log does not give cause as why r was refused.
func checkCause(t *testing.T, r testkit.Reply, a *apptest.App, cause string) {
	t.Helper()
	if got, _ := a.Line(r)["error"].(string); !strings.Contains(got, cause) {
		t.Errorf("logged %q, want %q in it", got, cause)
	}
}

func TestIDTokenRefused(t *testing.T) {
	t.Parallel()
	site := apptest.Start(t, apptest.Setup{})
	site.Clock.Add(time.Hour) // the app's clock judges, not the machine's
	const (
		notRS256     = "not signed with RS256"
		badSignature = "the signature is wrong"
		unknownKey   = "a key that Okta does not publish"
		notAJWT      = "it is not a JWT"
		notAnObject  = "the payload is not a JSON object"
		issuer       = "iss: "
		audience     = "aud: "
		party        = "azp is another client"
		expired      = "expired"
		future       = "issued in the future"
		notYet       = "not valid yet"
		subject      = "sub is not a non-empty string"
		nonce        = "`Nonce` was not able to be validated"
		atHash       = "at_hash does not match"
		malformed    = "token must contain at least 1 period"
	)
	us, them := mockokta.DefaultClientID, "0oaSomeoneElse"
	tests := []apptest.TokenTest{
		{Name: "alg none", Tamper: apptest.Header("alg", "none"), Cause: notRS256},
		{Name: "alg nOnE", Tamper: apptest.Header("alg", "nOnE"), Cause: notRS256},
		{Name: "alg none and no signature", Cause: notRS256, Replace: func(_ *apptest.App, raw string) string {
			return base64url(`{"alg":"none"}`) + "." + strings.Split(raw, ".")[1] + "."
		}},
		{Name: "HS256 with the public key as secret", Tamper: apptest.Header("alg", "HS256"), Cause: notRS256},
		{Name: "RS384", Tamper: apptest.Header("alg", "RS384"), Cause: notRS256},
		{Name: "RS512", Tamper: apptest.Header("alg", "RS512"), Cause: notRS256},
		{Name: "PS256", Tamper: apptest.Header("alg", "PS256"), Cause: notRS256},
		{Name: "alg of another type", Tamper: apptest.Header("alg", 256), Cause: "alg in its header is not a string"},
		{Name: "no alg", Tamper: func(_ *apptest.App, header, _ apptest.Object) { delete(header, "alg") }, Cause: notRS256},

		{Name: "signed with another key under Okta's key id", Cause: badSignature, Replace: func(a *apptest.App, raw string) string {
			return a.Org.Forge(apptest.Part(raw, 1), nil)
		}},
		{Name: "signed with another key under its own id", Cause: unknownKey, Replace: func(a *apptest.App, raw string) string {
			return a.Org.Forge(apptest.Part(raw, 1), apptest.Object{"kid": "another"})
		}},
		{Name: "signed with another key that it brings along", Cause: unknownKey, Replace: func(a *apptest.App, raw string) string {
			return a.Org.Forge(apptest.Part(raw, 1), apptest.Object{"kid": "another", "jku": a.Org.URL(), "jwk": apptest.Object{"kty": "RSA"}})
		}},
		{Name: "no key id and several keys", Tamper: func(_ *apptest.App, header, _ apptest.Object) { delete(header, "kid") }, Cause: "names no key"},
		{Name: "key id of another type", Tamper: apptest.Header("kid", 1), Cause: "kid in its header is not a string"},
		{Name: "signature cut off", Cause: malformed, Replace: func(_ *apptest.App, raw string) string {
			return raw[:strings.LastIndex(raw, ".")+1]
		}},
		{Name: "claims changed after signing", Cause: badSignature, Replace: func(_ *apptest.App, raw string) string {
			parts := strings.Split(raw, ".")
			return parts[0] + "." + base64url(`{"sub":"00uSomeoneElse"}`) + "." + parts[2]
		}},
		{Name: "issued by the org's other server", Cause: unknownKey, Replace: func(a *apptest.App, raw string) string {
			claims := apptest.Part(raw, 1)
			claims["iss"] = a.Org.OrgIssuer()
			return a.Org.Sign(claims, nil)
		}},

		{Name: "typ of a logout token", Tamper: apptest.Header("typ", "logout+jwt"), Cause: `"logout+jwt" token`},
		{Name: "typ of an access token", Tamper: apptest.Header("typ", "at+jwt"), Cause: `"at+jwt" token`},
		{Name: "typ of a Universal Logout token", Tamper: apptest.Header("typ", "global-token-revocation+jwt"), Cause: "revocation+jwt"},
		{Name: "critical extension", Tamper: func(_ *apptest.App, header, _ apptest.Object) {
			header["crit"], header["exp"] = []string{"exp"}, 0
		}, Cause: "critical header"},
		{Name: "critical extensions, none", Tamper: apptest.Header("crit", []string{}), Cause: "critical header"},

		{Name: "another issuer", Tamper: apptest.Claim("iss", "https://evil.example"), Cause: issuer},
		{Name: "issuer with a slash more", Tamper: apptest.Claim("iss", site.Org.Issuer()+"/"), Cause: issuer},
		{Name: "issuer in capitals", Tamper: apptest.Claim("iss", strings.ToUpper(site.Org.Issuer())), Cause: issuer},
		{Name: "no issuer", Tamper: apptest.Without("iss"), Cause: issuer},
		{Name: "issuers", Tamper: apptest.Claim("iss", []string{site.Org.Issuer()}), Cause: issuer},

		{Name: "another audience", Tamper: apptest.Claim("aud", them), Cause: audience},
		{Name: "the API's audience", Tamper: apptest.Claim("aud", "api://default"), Cause: audience},
		{Name: "no audience", Tamper: apptest.Without("aud"), Cause: "Audience"},
		{Name: "no audiences", Tamper: apptest.Claim("aud", []string{}), Cause: audience},
		{Name: "audience of another type", Tamper: apptest.Claim("aud", 1), Cause: "Audience"},
		{Name: "other audiences", Tamper: apptest.Claim("aud", []string{them, them + "2"}), Cause: audience},
		{Name: "us and others without azp", Tamper: apptest.Claim("aud", []string{us, them}), Cause: "there is no azp"},
		{Name: "us and something odd without azp", Tamper: apptest.Claim("aud", []any{us, 1}), Cause: "there is no azp"},
		{Name: "us and others for another party", Tamper: func(_ *apptest.App, _, claims apptest.Object) {
			claims["aud"], claims["azp"] = []string{us, them}, them
		}, Cause: party},
		{Name: "for another party", Tamper: apptest.Claim("azp", them), Cause: party},
		{Name: "for an empty party", Tamper: apptest.Claim("azp", ""), Cause: party},
		{Name: "for a party of another type", Tamper: apptest.Claim("azp", []string{us}), Cause: party},

		{Name: "expired", Tamper: apptest.In(-2*time.Minute-5*time.Second, "exp"), Cause: expired},
		{Name: "no expiry", Tamper: apptest.Without("exp"), Cause: "exp: missing"},
		{Name: "expiry as text", Tamper: apptest.Claim("exp", "9999999999"), Cause: "exp: missing"},
		{Name: "no possible expiry", Tamper: apptest.Claim("exp", 1e300), Cause: expired},
		{Name: "issued in the future", Tamper: apptest.In(2*time.Minute+5*time.Second, "iat"), Cause: future},
		{Name: "no time of issue", Tamper: apptest.Without("iat"), Cause: "iat: missing"},
		{Name: "time of issue as text", Tamper: apptest.Claim("iat", "1"), Cause: "iat: missing"},
		{Name: "not valid yet", Tamper: apptest.In(2*time.Minute+5*time.Second, "nbf"), Cause: notYet},
		{Name: "valid from some text", Tamper: apptest.Claim("nbf", "now"), Cause: notYet},

		{Name: "no subject", Tamper: apptest.Without("sub"), Cause: subject},
		{Name: "empty subject", Tamper: apptest.Claim("sub", ""), Cause: subject},
		{Name: "subject is a number", Tamper: apptest.Claim("sub", 7), Cause: subject},
		{Name: "subject is null", Tamper: apptest.Claim("sub", nil), Cause: subject},
		{Name: "subject is a list", Tamper: apptest.Claim("sub", []string{"00u9mockAdaLove1a5d7"}), Cause: subject},

		{Name: "another nonce", Tamper: apptest.Claim("nonce", strings.Repeat("n", 43)), Cause: nonce},
		{Name: "no nonce", Tamper: apptest.Without("nonce"), Cause: nonce},
		{Name: "empty nonce", Tamper: apptest.Claim("nonce", ""), Cause: nonce},
		{Name: "nonce of another type", Tamper: apptest.Claim("nonce", []any{"n"}), Cause: nonce},

		{Name: "another at_hash", Tamper: apptest.Claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), Cause: atHash},
		{Name: "empty at_hash", Tamper: apptest.Claim("at_hash", ""), Cause: atHash},
		{Name: "at_hash of another type", Tamper: apptest.Claim("at_hash", 1), Cause: atHash},
		{Name: "another access token", Answer: func(o apptest.Object) { o["access_token"] = "another" }, Cause: atHash},

		{Name: "payload is an array", Replace: payload(`["sub"]`), Cause: notAnObject},
		{Name: "payload is a string", Replace: payload(`"sub"`), Cause: notAnObject},
		{Name: "payload is null", Replace: payload(`null`), Cause: notAnObject},
		{Name: "payload is a number", Replace: payload(`1`), Cause: notAnObject},
		{Name: "payload is not JSON", Replace: payload(`sub`), Cause: notAnObject},
		{Name: "payload is empty", Replace: payload(``), Cause: malformed},
		{Name: "payload is an empty object", Replace: payload(`{}`), Cause: issuer},

		{Name: "no JWT", Replace: instead("hello"), Cause: notAJWT},
		{Name: "five parts", Replace: func(_ *apptest.App, raw string) string { return raw + ".a.b" }, Cause: notAJWT},
		{Name: "two parts", Replace: func(_ *apptest.App, raw string) string { return raw[:strings.LastIndex(raw, ".")] }, Cause: notAJWT},
		{Name: "two tokens", Replace: func(_ *apptest.App, raw string) string { return raw + raw }, Cause: notAJWT},
		{Name: "white space", Replace: func(_ *apptest.App, raw string) string { return raw + "\n" }, Cause: notAJWT},
		{Name: "header is not base64", Replace: instead("?.e30.e30"), Cause: "header is not base64url"},
		{Name: "header is not JSON", Replace: instead(base64url("no") + ".e30.e30"), Cause: "header is not a JSON object"},
		{Name: "header is a list", Replace: instead(base64url("[]") + ".e30.e30"), Cause: "header is not a JSON object"},
		{Name: "huge", Tamper: apptest.Claim("note", strings.Repeat("x", 70<<10)), Cause: "is over 65536 bytes"},
		{Name: "the access token as ID token", Answer: func(o apptest.Object) { o["id_token"] = o["access_token"] }, Cause: audience},
	}
	for _, test := range tests {
		t.Run(test.Name, func(t *testing.T) {
			test.Apply(site)
			b := site.Browser()
			r := b.Get(b.ToCallback("/greet", testkit.Ada))
			apptest.CheckRefused(t, b, r, http.StatusUnauthorized, apptest.Unverified)
			checkCause(t, r, site, test.Cause)
			if got := r.Page(t).Find(".actions a.button").AttrOr("href", ""); got != testkit.LoginPath+"?return_to=%2Fgreet" {
				t.Errorf("the way on leads to %q", got)
			}
		})
	}
	apptest.TokenTest{}.Apply(site)
	if b := site.Browser(); b.SignIn("/greet", testkit.Ada).StatusCode != http.StatusOK || !b.SignedIn() {
		t.Error("a good token is refused too")
	}
}

// Without an ID token, it is Okta's answer that is broken.
func TestNoIDToken(t *testing.T) {
	t.Parallel()
	site := apptest.Start(t, apptest.Setup{})
	for name, test := range map[string]apptest.TokenTest{
		"empty":        {Replace: func(*apptest.App, string) string { return "" }},
		"none":         {Answer: func(o apptest.Object) { delete(o, "id_token") }},
		"another type": {Answer: func(o apptest.Object) { o["id_token"] = []string{o["id_token"].(string)} }},
	} {
		t.Run(name, func(t *testing.T) {
			test.Apply(site)
			b := site.Browser()
			r := b.Get(b.ToCallback("/greet", testkit.Ada))
			apptest.CheckRefused(t, b, r, http.StatusBadGateway, apptest.Unverified)
			checkCause(t, r, site, "has no ID token")
		})
	}
}

// With a slow clock here, what Okta's clock says is the future.
func TestIDTokenAheadOfASlowClock(t *testing.T) {
	t.Parallel()
	site := apptest.Start(t, apptest.Setup{})
	site.Clock.Add(-time.Hour)
	for _, claim := range []string{"iat", "nbf"} {
		apptest.TokenTest{Tamper: apptest.In(2*time.Minute+5*time.Second, claim)}.Apply(site)
		b := site.Browser()
		apptest.CheckRefused(t, b, b.Get(b.ToCallback("/greet", testkit.Ada)), http.StatusUnauthorized, apptest.Unverified)
	}
}

// A nonce belongs to one attempt: another sign-in's token is no answer to it.
func TestIDTokenOfAnotherAttempt(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	var first string
	app.Org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string {
			if first == "" {
				first = raw
			}
			return first
		}
	})
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Fatalf("first: status %d", r.StatusCode)
	}
	b = app.Browser()
	r := b.Get(b.ToCallback("/greet", testkit.Ada))
	apptest.CheckRefused(t, b, r, http.StatusUnauthorized, apptest.Unverified)
	checkCause(t, r, app, "`Nonce` was not able to be validated")
}
