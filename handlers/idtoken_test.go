package handlers_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// object is the header or the claims of a JWT, or another JSON object.
type object = map[string]any

// tokenTest is one ID token: made by the org as always, then changed.
type tokenTest struct {
	name    string
	tamper  func(a *app, header, claims object) // before it is signed
	replace func(a *app, raw string) string     // afterwards
	answer  func(tokenResponse object)          // what it comes in
	cause   string                              // why it is refused
}

func (test tokenTest) apply(a *app) {
	a.org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken, k.ReplaceIDToken, k.TamperToken = nil, nil, test.answer
		if test.tamper != nil {
			k.TamperIDToken = func(header, claims object) { test.tamper(a, header, claims) }
		}
		if test.replace != nil {
			k.ReplaceIDToken = func(raw string) string { return test.replace(a, raw) }
		}
	})
}

func claim(name string, value any) func(*app, object, object) {
	return func(_ *app, _, claims object) { claims[name] = value }
}

func without(name string) func(*app, object, object) {
	return func(_ *app, _, claims object) { delete(claims, name) }
}

func header(name string, value any) func(*app, object, object) {
	return func(_ *app, header, _ object) { header[name] = value }
}

// in sets a claim to the time so far from now.
func in(d time.Duration, name string) func(*app, object, object) {
	return func(a *app, _, claims object) { claims[name] = a.clock.Now().Add(d).Unix() }
}

// payload signs something else than the claims.
func payload(text string) func(*app, string) string {
	return func(a *app, _ string) string { return a.org.SignRaw([]byte(text), nil) }
}

func instead(text string) func(*app, string) string {
	return func(*app, string) string { return text }
}

// part decodes the header (0) or the claims (1) of a JWT.
func part(raw string, i int) object {
	decoded, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[i])
	var o object
	if err != nil || json.Unmarshal(decoded, &o) != nil {
		panic("not a JWT of the org: " + raw)
	}
	return o
}

func base64url(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func TestIDTokenRefused(t *testing.T) {
	t.Parallel()
	site := start(t, setup{})
	site.clock.add(time.Hour) // the app's clock judges, not the machine's
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
	tests := []tokenTest{
		{name: "alg none", tamper: header("alg", "none"), cause: notRS256},
		{name: "alg nOnE", tamper: header("alg", "nOnE"), cause: notRS256},
		{name: "alg none and no signature", cause: notRS256, replace: func(_ *app, raw string) string {
			return base64url(`{"alg":"none"}`) + "." + strings.Split(raw, ".")[1] + "."
		}},
		{name: "HS256 with the public key as secret", tamper: header("alg", "HS256"), cause: notRS256},
		{name: "RS384", tamper: header("alg", "RS384"), cause: notRS256},
		{name: "RS512", tamper: header("alg", "RS512"), cause: notRS256},
		{name: "PS256", tamper: header("alg", "PS256"), cause: notRS256},
		{name: "alg of another type", tamper: header("alg", 256), cause: "alg in its header is not a string"},
		{name: "no alg", tamper: func(_ *app, header, _ object) { delete(header, "alg") }, cause: notRS256},

		{name: "signed with another key under Okta's key id", cause: badSignature, replace: func(a *app, raw string) string {
			return a.org.Forge(part(raw, 1), nil)
		}},
		{name: "signed with another key under its own id", cause: unknownKey, replace: func(a *app, raw string) string {
			return a.org.Forge(part(raw, 1), object{"kid": "another"})
		}},
		{name: "signed with another key that it brings along", cause: unknownKey, replace: func(a *app, raw string) string {
			return a.org.Forge(part(raw, 1), object{"kid": "another", "jku": a.org.URL(), "jwk": object{"kty": "RSA"}})
		}},
		{name: "no key id and several keys", tamper: func(_ *app, header, _ object) { delete(header, "kid") }, cause: "names no key"},
		{name: "key id of another type", tamper: header("kid", 1), cause: "kid in its header is not a string"},
		{name: "signature cut off", cause: malformed, replace: func(_ *app, raw string) string {
			return raw[:strings.LastIndex(raw, ".")+1]
		}},
		{name: "claims changed after signing", cause: badSignature, replace: func(_ *app, raw string) string {
			parts := strings.Split(raw, ".")
			return parts[0] + "." + base64url(`{"sub":"00uSomeoneElse"}`) + "." + parts[2]
		}},
		{name: "issued by the org's other server", cause: unknownKey, replace: func(a *app, raw string) string {
			claims := part(raw, 1)
			claims["iss"] = a.org.OrgIssuer()
			return a.org.Sign(claims, nil)
		}},

		{name: "typ of a logout token", tamper: header("typ", "logout+jwt"), cause: `"logout+jwt" token`},
		{name: "typ of an access token", tamper: header("typ", "at+jwt"), cause: `"at+jwt" token`},
		{name: "typ of a Universal Logout token", tamper: header("typ", "global-token-revocation+jwt"), cause: "revocation+jwt"},
		{name: "critical extension", tamper: func(_ *app, header, _ object) {
			header["crit"], header["exp"] = []string{"exp"}, 0
		}, cause: "critical header"},
		{name: "critical extensions, none", tamper: header("crit", []string{}), cause: "critical header"},

		{name: "another issuer", tamper: claim("iss", "https://evil.example"), cause: issuer},
		{name: "issuer with a slash more", tamper: claim("iss", site.org.Issuer()+"/"), cause: issuer},
		{name: "issuer in capitals", tamper: claim("iss", strings.ToUpper(site.org.Issuer())), cause: issuer},
		{name: "no issuer", tamper: without("iss"), cause: issuer},
		{name: "issuers", tamper: claim("iss", []string{site.org.Issuer()}), cause: issuer},

		{name: "another audience", tamper: claim("aud", them), cause: audience},
		{name: "the API's audience", tamper: claim("aud", "api://default"), cause: audience},
		{name: "no audience", tamper: without("aud"), cause: "Audience"},
		{name: "no audiences", tamper: claim("aud", []string{}), cause: audience},
		{name: "audience of another type", tamper: claim("aud", 1), cause: "Audience"},
		{name: "other audiences", tamper: claim("aud", []string{them, them + "2"}), cause: audience},
		{name: "us and others without azp", tamper: claim("aud", []string{us, them}), cause: "there is no azp"},
		{name: "us and something odd without azp", tamper: claim("aud", []any{us, 1}), cause: "there is no azp"},
		{name: "us and others for another party", tamper: func(_ *app, _, claims object) {
			claims["aud"], claims["azp"] = []string{us, them}, them
		}, cause: party},
		{name: "for another party", tamper: claim("azp", them), cause: party},
		{name: "for an empty party", tamper: claim("azp", ""), cause: party},
		{name: "for a party of another type", tamper: claim("azp", []string{us}), cause: party},

		{name: "expired", tamper: in(-2*time.Minute-5*time.Second, "exp"), cause: expired},
		{name: "no expiry", tamper: without("exp"), cause: "exp: missing"},
		{name: "expiry as text", tamper: claim("exp", "9999999999"), cause: "exp: missing"},
		{name: "no possible expiry", tamper: claim("exp", 1e300), cause: expired},
		{name: "issued in the future", tamper: in(2*time.Minute+5*time.Second, "iat"), cause: future},
		{name: "no time of issue", tamper: without("iat"), cause: "iat: missing"},
		{name: "time of issue as text", tamper: claim("iat", "1"), cause: "iat: missing"},
		{name: "not valid yet", tamper: in(2*time.Minute+5*time.Second, "nbf"), cause: notYet},
		{name: "valid from some text", tamper: claim("nbf", "now"), cause: notYet},

		{name: "no subject", tamper: without("sub"), cause: subject},
		{name: "empty subject", tamper: claim("sub", ""), cause: subject},
		{name: "subject is a number", tamper: claim("sub", 7), cause: subject},
		{name: "subject is null", tamper: claim("sub", nil), cause: subject},
		{name: "subject is a list", tamper: claim("sub", []string{"00u9mockAdaLove1a5d7"}), cause: subject},

		{name: "another nonce", tamper: claim("nonce", strings.Repeat("n", 43)), cause: nonce},
		{name: "no nonce", tamper: without("nonce"), cause: nonce},
		{name: "empty nonce", tamper: claim("nonce", ""), cause: nonce},
		{name: "nonce of another type", tamper: claim("nonce", []any{"n"}), cause: nonce},

		{name: "another at_hash", tamper: claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), cause: atHash},
		{name: "empty at_hash", tamper: claim("at_hash", ""), cause: atHash},
		{name: "at_hash of another type", tamper: claim("at_hash", 1), cause: atHash},
		{name: "another access token", answer: func(o object) { o["access_token"] = "another" }, cause: atHash},

		{name: "payload is an array", replace: payload(`["sub"]`), cause: notAnObject},
		{name: "payload is a string", replace: payload(`"sub"`), cause: notAnObject},
		{name: "payload is null", replace: payload(`null`), cause: notAnObject},
		{name: "payload is a number", replace: payload(`1`), cause: notAnObject},
		{name: "payload is not JSON", replace: payload(`sub`), cause: notAnObject},
		{name: "payload is empty", replace: payload(``), cause: malformed},
		{name: "payload is an empty object", replace: payload(`{}`), cause: issuer},

		{name: "no JWT", replace: instead("hello"), cause: notAJWT},
		{name: "five parts", replace: func(_ *app, raw string) string { return raw + ".a.b" }, cause: notAJWT},
		{name: "two parts", replace: func(_ *app, raw string) string { return raw[:strings.LastIndex(raw, ".")] }, cause: notAJWT},
		{name: "two tokens", replace: func(_ *app, raw string) string { return raw + raw }, cause: notAJWT},
		{name: "white space", replace: func(_ *app, raw string) string { return raw + "\n" }, cause: notAJWT},
		{name: "header is not base64", replace: instead("?.e30.e30"), cause: "header is not base64url"},
		{name: "header is not JSON", replace: instead(base64url("no") + ".e30.e30"), cause: "header is not a JSON object"},
		{name: "header is a list", replace: instead(base64url("[]") + ".e30.e30"), cause: "header is not a JSON object"},
		{name: "huge", tamper: claim("note", strings.Repeat("x", 70<<10)), cause: "is over 65536 bytes"},
		{name: "the access token as ID token", answer: func(o object) { o["id_token"] = o["access_token"] }, cause: audience},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.apply(site)
			b := site.browser()
			r := b.get(b.toCallback("/greet", ada))
			checkRefused(t, b, r, http.StatusUnauthorized, unverified)
			checkCause(t, r, site, test.cause)
			if got := r.page(t).Find(".actions a.button").AttrOr("href", ""); got != loginPath+"?return_to=%2Fgreet" {
				t.Errorf("the way on leads to %q", got)
			}
		})
	}
	tokenTest{}.apply(site)
	if b := site.browser(); b.signIn("/greet", ada).StatusCode != http.StatusOK || !b.signedIn() {
		t.Error("a good token is refused too")
	}
}

// Without an ID token, it is Okta's answer that is broken.
func TestNoIDToken(t *testing.T) {
	t.Parallel()
	site := start(t, setup{})
	for name, test := range map[string]tokenTest{
		"empty":        {replace: func(*app, string) string { return "" }},
		"none":         {answer: func(o object) { delete(o, "id_token") }},
		"another type": {answer: func(o object) { o["id_token"] = []string{o["id_token"].(string)} }},
	} {
		t.Run(name, func(t *testing.T) {
			test.apply(site)
			b := site.browser()
			r := b.get(b.toCallback("/greet", ada))
			checkRefused(t, b, r, http.StatusBadGateway, unverified)
			checkCause(t, r, site, "has no ID token")
		})
	}
}

// With a slow clock here, what Okta's clock says is the future.
func TestIDTokenAheadOfASlowClock(t *testing.T) {
	t.Parallel()
	site := start(t, setup{})
	site.clock.add(-time.Hour)
	for _, claim := range []string{"iat", "nbf"} {
		tokenTest{tamper: in(2*time.Minute+5*time.Second, claim)}.apply(site)
		b := site.browser()
		checkRefused(t, b, b.get(b.toCallback("/greet", ada)), http.StatusUnauthorized, unverified)
	}
}

// A nonce belongs to one attempt: another sign-in's token is no answer to it.
func TestIDTokenOfAnotherAttempt(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	var first string
	app.org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string {
			if first == "" {
				first = raw
			}
			return first
		}
	})
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Fatalf("first: status %d", r.StatusCode)
	}
	b = app.browser()
	r := b.get(b.toCallback("/greet", ada))
	checkRefused(t, b, r, http.StatusUnauthorized, unverified)
	checkCause(t, r, app, "`Nonce` was not able to be validated")
}
