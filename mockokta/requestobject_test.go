package mockokta_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta"
)

// requestClaims is a good request object with changes: nil removes a claim.
func (b *browser) requestClaims(changes map[string]any) map[string]any {
	claims := map[string]any{"iss": mockokta.DefaultClientID, "aud": b.org.Issuer(), "exp": b.org.Now().Add(time.Minute).Unix()}
	if b.as == "/oauth2" {
		claims["aud"] = b.org.OrgIssuer()
	}
	for name := range authorizeParams(nil) {
		claims[name] = authorizeParams(nil).Get(name)
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// signed is a request object that a key signs, or with HS256 a secret.
func signed(t *testing.T, claims map[string]any, alg jwa.SignatureAlgorithm, key any) string {
	t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jws.Sign(payload, jws.WithKey(alg, key))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// ask sends a request object to the authorize endpoint, with parameters beside it.
func (b *browser) ask(object string, beside ...string) reply {
	b.t.Helper()
	params := url.Values{"client_id": {mockokta.DefaultClientID}, "request": {object}}
	for i := 0; i < len(beside); i += 2 {
		params.Set(beside[i], beside[i+1])
	}
	return b.get(b.as + "/v1/authorize?" + params.Encode())
}

// startSigning starts an org whose app has this key.
func startSigning(t *testing.T, key jwk.Key, change func(*mockokta.Client)) *browser {
	t.Helper()
	client := mockokta.DefaultClient()
	client.JWKS = published(t, key)
	if change != nil {
		change(&client)
	}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	b.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	return b
}

func wantPage(t *testing.T, name string, got reply, code, says string) {
	t.Helper()
	if text := got.doc(t).Text(); got.StatusCode != http.StatusBadRequest || !strings.Contains(text, code) || !strings.Contains(text, says) {
		t.Errorf("%s: %d %s, want %s %q", name, got.StatusCode, strings.Join(strings.Fields(text), " "), code, says)
	}
}

func TestRequestObject(t *testing.T) {
	t.Parallel()
	key := newKey(t, "one")
	b := startSigning(t, key, nil)
	for _, as := range []*browser{b, b.atOrg()} {
		for name, got := range map[string]reply{
			"by key":        as.ask(signed(t, as.requestClaims(nil), jwa.ES256, key)),
			"by secret":     as.ask(signed(t, as.requestClaims(nil), jwa.HS256, []byte(mockokta.DefaultClientSecret))),
			"POST":          as.post(as.as+"/v1/authorize", url.Values{"client_id": {mockokta.DefaultClientID}, "request": {signed(t, as.requestClaims(nil), jwa.ES256, key)}}),
			"inside counts": as.ask(signed(t, as.requestClaims(nil), jwa.ES256, key), "state", "other", "nonce", "other", "code_challenge", "other"),
			"outside fills": as.ask(signed(t, as.requestClaims(map[string]any{"scope": nil, "redirect_uri": nil}), jwa.ES256, key), "scope", "openid", "redirect_uri", callback),
			"numbers":       as.ask(signed(t, as.requestClaims(map[string]any{"max_age": 300, "prompt": "login"}), jwa.ES256, key)),
		} {
			answer := as.submit(got, "ada@acme.test", "correct-horse-ada").redirect(t, callback)
			as.c.Jar.SetCookies(got.Request.URL, []*http.Cookie{{Name: "sid", Path: "/", MaxAge: -1}})
			tokens := as.token(tokenParams(answer.Get("code"), nil))
			if answer.Get("state") != "state-1" || tokens.StatusCode != http.StatusOK || claimsOf(t, tokens.json(t)["id_token"])["nonce"] != "nonce-1" {
				t.Errorf("%s: %v, %s", name, answer, tokens.body)
			}
		}
	}

	// pushed
	claims := b.requestClaims(map[string]any{"jti": "pushed"})
	form := url.Values{"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret}, "request": {signed(t, claims, jwa.ES256, key)}}
	uri, _ := b.post(b.as+"/v1/par", form).json(t)["request_uri"].(string)
	if answer := b.submit(b.pull(mockokta.DefaultClientID, uri), "ada@acme.test", "correct-horse-ada").redirect(t, callback); answer.Get("state") != "state-1" || answer.Get("code") == "" {
		t.Errorf("pushed: %v", answer)
	}
	wantOAuthError(t, b.post(b.as+"/v1/par", form), 400, "invalid_request_object", "The request object has already been used.")
}

// TestRequestObjectRefused: where a request object is no good nothing in it is believed, and nobody is sent on.
func TestRequestObjectRefused(t *testing.T) {
	t.Parallel()
	key, encryption := newKey(t, "one"), newKey(t, "two")
	encryption.Set(jwk.KeyUsageKey, "enc")
	b := startSigning(t, key, func(c *mockokta.Client) { c.JWKS = published(t, key, encryption) })
	with := func(changes map[string]any) string { return signed(t, b.requestClaims(changes), jwa.ES256, key) }
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	impostor := newKey(t, "one")
	parts := strings.Split(with(nil), ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."

	used := with(map[string]any{"jti": "used"})
	b.ask(used)
	for name, tc := range map[string]struct {
		object     string
		code, says string
	}{
		"no JWT":                    {"hello", "invalid_request_object", "The request object cannot be parsed."},
		"encrypted":                 {"a.b.c.d.e", "invalid_request_object", "The request object cannot be parsed."},
		"no object":                 {signed(t, nil, jwa.ES256, key), "invalid_client", "The issuer of the request object is invalid."},
		"alg none":                  {none, "invalid_request_object", "The JWT signature algorithm of the request object is invalid."},
		"alg PS256":                 {base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"PS256","kid":"one"}`)) + "." + parts[1] + "." + parts[2], "invalid_request_object", "The JWT signature algorithm"},
		"alg RS256":                 {base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"one"}`)) + "." + parts[1] + "." + parts[2], "invalid_request_object", "The JWT signature algorithm"},
		"other key":                 {signed(t, b.requestClaims(nil), jwa.ES256, impostor), "invalid_request_object", "The signature of the request object is invalid."},
		"key for a secret":          {signed(t, b.requestClaims(nil), jwa.HS256, []byte(published(t, key))), "invalid_request_object", "The signature of the request object is invalid."},
		"unknown kid":               {signed(t, b.requestClaims(nil), jwa.ES256, newKey(t, "three")), "invalid_request_object", "The JWT kid of the request object is invalid."},
		"key for encryption":        {signed(t, b.requestClaims(nil), jwa.ES256, encryption), "invalid_request_object", "The request object needs to be signed using a signing key."},
		"no iss":                    {with(map[string]any{"iss": nil}), "invalid_client", "The issuer of the request object is invalid."},
		"other iss":                 {with(map[string]any{"iss": mockokta.MachineClientID}), "invalid_client", "The issuer of the request object is invalid."},
		"no aud":                    {with(map[string]any{"aud": nil}), "invalid_request_object", "The audience of the request object is invalid."},
		"aud of the token endpoint": {with(map[string]any{"aud": b.org.Issuer() + "/v1/token"}), "invalid_request_object", "The audience of the request object is invalid."},
		"aud of the other server":   {with(map[string]any{"aud": b.org.OrgIssuer()}), "invalid_request_object", "The audience"},
		"expired":                   {with(map[string]any{"exp": at(-time.Second)}), "invalid_request_object", "The request object is expired."},
		"too long":                  {with(map[string]any{"exp": at(2 * time.Hour)}), "invalid_request_object", "The request object expires too far in the future."},
		"iat":                       {with(map[string]any{"iat": at(10 * time.Minute)}), "invalid_request_object", "The request object is issued in the future."},
		"nbf":                       {with(map[string]any{"nbf": at(10 * time.Minute)}), "invalid_request_object", "The request object is issued too early."},
		"used":                      {used, "invalid_request_object", "The request object has already been used."},
		"other client inside":       {with(map[string]any{"client_id": mockokta.MachineClientID}), "invalid_request_object", "The authorize request object is invalid."},
		"one in another":            {with(map[string]any{"request": "x"}), "invalid_request_object", "The authorize request object is invalid."},
		"request_uri inside":        {with(map[string]any{"request_uri": "urn:okta:x"}), "invalid_request_object", "The authorize request object is invalid."},
		"redirect URI":              {with(map[string]any{"redirect_uri": "https://evil.example/"}), "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI"},
	} {
		wantPage(t, name, b.ask(tc.object), tc.code, tc.says)
	}
	wantPage(t, "twice", b.ask(with(nil), "scope", "openid groups"), "invalid_request", "Duplicated parameters: [scope].")
	wantPage(t, "and a URI", b.ask(with(nil), "request_uri", "urn:okta:x"), "invalid_request", "The authorize request must not contain both a request object and a request uri.")
	wantPage(t, "URI of the web", b.pull(mockokta.DefaultClientID, "https://app.example/request.jwt"), "invalid_request_uri", "The authorize request_uri is invalid.")
	if got := b.ask(with(map[string]any{"scope": "openid nothing"})).redirect(t, callback); got.Get("error") != "invalid_scope" || got.Get("state") != "state-1" {
		t.Errorf("what is wrong in a good object goes back to the app: %v", got)
	}

	b.org.Set(func(k *mockokta.Knobs) { k.NoRequestObjects = true })
	wantPage(t, "not supported", b.ask(with(nil)), "request_not_supported", "The authorize request object is not supported by this client.")
	if doc := b.get(b.as + "/.well-known/openid-configuration").json(t); doc["request_parameter_supported"] != false {
		t.Errorf("offered: %v", doc["request_parameter_supported"])
	}
}

func TestRequestObjectByClient(t *testing.T) {
	t.Parallel()
	key := newKey(t, "one")
	for name, tc := range map[string]struct {
		change     func(*mockokta.Client)
		alg        jwa.SignatureAlgorithm
		key        any
		code, says string
	}{
		"no keys":      {func(c *mockokta.Client) { c.JWKS = "" }, jwa.ES256, key, "invalid_client", "The client does not have a JWKSet configured, but the request object requires one."},
		"bad keys":     {func(c *mockokta.Client) { c.JWKS = "{" }, jwa.ES256, key, "invalid_request_object", "The client JWKSet is invalid."},
		"keys away":    {func(c *mockokta.Client) { c.JWKS, c.JWKSURI = "", "http://127.0.0.1:1/" }, jwa.ES256, key, "invalid_client", "Error retrieving the client JWKSet from jwks_uri."},
		"no secret":    {func(c *mockokta.Client) { c.Secret = "" }, jwa.HS256, []byte(mockokta.DefaultClientSecret), "request_not_supported", "The issuer of the request object does not have a client secret."},
		"short secret": {func(c *mockokta.Client) { c.Secret = "short" }, jwa.HS256, []byte("short"), "invalid_request_object", "The JWT signature secret length is too short."},
		"pinned":       {func(c *mockokta.Client) { c.RequestObjectAlg = "RS256" }, jwa.ES256, key, "invalid_request_object", "The signing algorithm used is not supported by this client."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startSigning(t, key, tc.change)
			wantPage(t, name, b.ask(signed(t, b.requestClaims(nil), tc.alg, tc.key)), tc.code, tc.says)
		})
	}
	if _, err := mockokta.New(mockokta.Options{Clients: []mockokta.Client{{ID: "x", RequestObjectAlg: "none"}}}); err == nil {
		t.Error("alg none was taken")
	}
}

// TestRequiredRequestObject: what stands outside of it counts for nothing (RFC 9101 section 5).
func TestRequiredRequestObject(t *testing.T) {
	t.Parallel()
	key := newKey(t, "one")
	b := startSigning(t, key, func(c *mockokta.Client) { c.RequireRequestObject = true })
	wantPage(t, "none", b.authorize(nil), "invalid_request", "The client requires a signed request object.")
	wantOAuthError(t, b.post(b.as+"/v1/par", pushParams(nil)), 400, "invalid_request", "The client requires a signed request object.")
	object := signed(t, b.requestClaims(map[string]any{"scope": "openid"}), jwa.ES256, key)
	answer := b.submit(b.ask(object, "scope", "openid groups", "login_hint", "eve", "prompt", "none"), "ada@acme.test", "correct-horse-ada").redirect(t, callback)
	if got := b.token(tokenParams(answer.Get("code"), nil)).json(t); got["scope"] != "openid" {
		t.Errorf("got %v", got)
	}
}

func TestResourceParameter(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	orders, bills := "https://orders.example/", "https://bills.example/"
	ask := func(resources ...string) reply {
		params := authorizeParams(map[string]string{"scope": "openid offline_access", "prompt": "login"})
		params["resource"] = resources
		return b.get(b.as + "/v1/authorize?" + params.Encode())
	}
	redeem := func(got reply, resources ...string) reply {
		t.Helper()
		form := tokenParams(b.submit(got, "ada@acme.test", "correct-horse-ada").redirect(t, callback).Get("code"), nil)
		form["resource"] = resources
		return b.token(form)
	}
	audience := func(got reply) any { return claimsOf(t, got.json(t)["access_token"])["aud"] }

	if got := ask(orders).redirect(t, callback); got.Get("error") != "invalid_target" || got.Get("error_description") != "The authorization server has rejected the 'resource' parameter: "+orders {
		t.Errorf("unknown: %v", got)
	}
	if aud := audience(redeem(ask("api://default"))); aud != "api://default" {
		t.Errorf("the server's own: %v", aud)
	}
	b.org.Set(func(k *mockokta.Knobs) { k.Resources = []string{orders, bills} })
	if aud := audience(redeem(ask())); aud != "api://default" {
		t.Errorf("none: %v", aud)
	}
	if aud := audience(redeem(ask(orders))); aud != orders {
		t.Errorf("one: %v", aud)
	}
	both := redeem(ask(orders, bills), bills)
	if aud := audience(both); aud != bills {
		t.Errorf("one of two: %v", aud)
	}
	renew := func(resources ...string) reply {
		return b.token(url.Values{
			"grant_type": {"refresh_token"}, "refresh_token": {both.json(t)["refresh_token"].(string)}, "resource": resources,
			"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
		})
	}
	if aud := audience(renew(orders)); aud != orders {
		t.Errorf("renewed for the other: %v", aud)
	}
	if aud, _ := audience(renew()).([]any); len(aud) != 2 {
		t.Errorf("renewed for none: %v", aud)
	}
	wantOAuthError(t, renew("api://default"), 400, "invalid_request", "The 'resource' parameter does not match the resource used in the authorization request.")
	wantOAuthError(t, renew(orders, bills), 400, "invalid_target", "Too many 'resource' parameters in the request; maximum allowed is 1.")
	wantOAuthError(t, redeem(ask(orders), bills), 400, "invalid_request", "The 'resource' parameter does not match")
	if got := ask(strings.Split(strings.Repeat(orders+" ", 11), " ")[:11]...).redirect(t, callback); got.Get("error") != "invalid_target" {
		t.Errorf("eleven: %v", got)
	}

	machine := url.Values{"grant_type": {"client_credentials"}, "scope": {"messages:read"}, "resource": {bills}, "client_id": {mockokta.MachineClientID}, "client_secret": {mockokta.MachineClientSecret}}
	if aud := audience(b.token(machine)); aud != bills {
		t.Errorf("machine: %v", aud)
	}
	machine.Set("resource", "https://evil.example/")
	wantOAuthError(t, b.token(machine), 400, "invalid_target", "The authorization server has rejected the 'resource' parameter: https://evil.example/")

	b.org.Set(func(k *mockokta.Knobs) { k.IgnoreResource = true })
	if aud := audience(redeem(ask("https://evil.example/"), "https://other.example/")); aud != "api://default" {
		t.Errorf("ignored: %v", aud)
	}
}
